// npm run test:proxies: the built package behind squid and tinyproxy, the kind of proxies that hospitals use.
import { Checks } from '../e2e/checks';
import { proxyPrograms } from '../proxies/programs';
import { runProxySuite } from '../proxies/suite';
import { withCleanUp } from '../real-n8n/clean-up';
import { duration } from '../real-n8n/progress';

async function main(): Promise<number> {
	const checks = new Checks();
	const started = Date.now();
	// Checked before the setup, which would be useless without them.
	const programs = proxyPrograms();
	await withCleanUp(async (cleanUp) => await runProxySuite(checks, cleanUp, programs));
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
