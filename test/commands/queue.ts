// npm run test:queue [-- LINE]: the packed package in n8n's queue mode, with one worker killed in the middle of its work.
import { Checks } from '../e2e/checks';
import { checkQueue } from '../e2e/queue/queue-checks';
import { checkLeftovers } from '../e2e/queue/secret-checks';
import { withCleanUp } from '../real-n8n/clean-up';
import { N8N_LINES, type N8nLine } from '../real-n8n/install';
import { duration } from '../real-n8n/progress';
import { startCluster } from '../real-n8n/queue/cluster';
import { serverPrograms } from '../real-n8n/queue/programs';

const MESSAGES = 500;

/** Redelivery after 90 s instead of 30 minutes: like those, longer than a busy queue takes. */
const REDELIVERY_SPEED = 20;

/** @throws Error if the named line does not exist */
function chosenLine(name: string = N8N_LINES[0]): N8nLine {
	const line = N8N_LINES.find((one) => one === name);
	if (line === undefined) throw new Error(`Unknown n8n line ${name}; available: ${N8N_LINES.join(', ')}.`);
	return line;
}

async function main(): Promise<number> {
	const checks = new Checks();
	const started = Date.now();
	// Checked before the long setup, which would be useless without them.
	const programs = serverPrograms();
	const line = chosenLine(process.argv[2]);
	await withCleanUp(async (cleanUp) => {
		console.log('\nSetting up');
		const cluster = await startCluster(cleanUp, programs, { line, redeliverySpeed: REDELIVERY_SPEED });
		console.log(`\nn8n ${cluster.version}: ${MESSAGES} notifications; a worker is killed after a quarter of them`);
		const ledger = await checkQueue(checks, cluster, MESSAGES);
		await checkLeftovers(checks, cluster);
		const { posted, handled, acknowledged, lost, duplicates, redelivered } = ledger;
		console.log(`\nposted / handled / acknowledged / lost = ${posted} / ${handled} / ${acknowledged} / ${lost}`);
		console.log(`redelivered by Roche: ${redelivered}, files received twice by the EMR: ${duplicates}`);
	});
	console.log(`Time: ${duration(Date.now() - started)}.`);
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
