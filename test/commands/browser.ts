// npm run test:browser: uses the packed package in n8n's editor as a user would, in a headless browser.
import { Checks } from '../e2e/checks';
import { checkBrowser } from '../e2e/browser/browser-checks';
import { chromiumProgram } from '../e2e/browser/chromium';
import { withCleanUp } from '../real-n8n/clean-up';
import { duration } from '../real-n8n/progress';
import { setUpWorkbench } from '../real-n8n/workbench';

async function main(): Promise<number> {
	const checks = new Checks();
	const started = Date.now();
	// Checked before the long setup, which would be useless without it.
	const program = chromiumProgram();
	await withCleanUp(async (cleanUp) => {
		console.log('\nSetting up');
		const bench = await setUpWorkbench(cleanUp);
		console.log('\nIn the editor');
		await checkBrowser(checks, cleanUp, bench, program);
	});
	console.log(`\nScreenshots are in docs/screenshots. Time: ${duration(Date.now() - started)}.`);
	checks.printTotals();
	return checks.failures.length === 0 ? 0 : 1;
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(`\n${error instanceof Error ? error.message : String(error)}`);
		console.log('\n0 passed, 1 failed');
		process.exit(1);
	},
);
