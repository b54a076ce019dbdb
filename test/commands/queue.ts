// npm run test:queue [-- LINE]: the packed package in n8n's queue mode, with one worker killed in the middle of its work.
import { checkQueue } from '../e2e/queue/queue-checks';
import { checkLeftovers } from '../e2e/queue/secret-checks';
import { startCluster } from '../real-n8n/queue/cluster';
import { serverPrograms } from '../real-n8n/queue/programs';
import { runChecks } from './command';
import { chosenLine } from './lines';

const MESSAGES = 500;

/** Redelivery after 90 s instead of 30 minutes: like those, longer than a busy queue takes. */
const REDELIVERY_SPEED = 20;

runChecks(async (checks, cleanUp) => {
	// Checked before the long setup, which would be useless without them.
	const programs = serverPrograms();
	const line = chosenLine(process.argv[2]);
	console.log('\nSetting up');
	const cluster = await startCluster(cleanUp, programs, { line, redeliverySpeed: REDELIVERY_SPEED });
	console.log(`\nn8n ${cluster.version}: ${MESSAGES} notifications; a worker is killed after a quarter of them`);
	const ledger = await checkQueue(checks, cluster, MESSAGES);
	await checkLeftovers(checks, cluster);
	const { posted, handled, acknowledged, lost, duplicates, redelivered } = ledger;
	console.log(`\nposted / handled / acknowledged / lost = ${posted} / ${handled} / ${acknowledged} / ${lost}`);
	console.log(`redelivered by Roche: ${redelivered}, files received twice by the EMR: ${duplicates}`);
});
