// npm run test:browser: uses the packed package in n8n's editor as a user would, in a headless browser.
import { checkBrowser } from '../e2e/browser/browser-checks';
import { chromiumProgram } from '../e2e/browser/chromium';
import { setUpWorkbench } from '../real-n8n/workbench';
import { runChecks } from './command';

runChecks(async (checks, cleanUp) => {
	// Checked before the long setup, which would be useless without it.
	const program = chromiumProgram();
	console.log('\nSetting up');
	const bench = await setUpWorkbench(cleanUp);
	console.log('\nIn the editor');
	await checkBrowser(checks, cleanUp, bench, program);
	console.log('\nScreenshots are in docs/screenshots.');
});
