// npm run test:n8n3: n8n with the default settings of n8n 3 installs the package from a registry only if its checksum is given.
import { Checks } from '../e2e/checks';
import { checkUnverified } from '../e2e/unverified-checks';
import { withCleanUp } from '../real-n8n/clean-up';
import { duration } from '../real-n8n/progress';

async function main(): Promise<number> {
	const checks = new Checks();
	const started = Date.now();
	await withCleanUp(async (cleanUp) => await checkUnverified(checks, cleanUp));
	console.log(`\nTime: ${duration(Date.now() - started)}.`);
	checks.printTotals();
	return checks.failures.length === 0 && checks.passed > 0 ? 0 : 1;
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(`\n${error instanceof Error ? error.message : String(error)}`);
		console.log('\n0 passed, 1 failed');
		process.exit(1);
	},
);
