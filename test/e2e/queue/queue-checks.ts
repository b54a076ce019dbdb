import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { fillInTemplates } from '../../real-n8n/demo/workflows';
import { withProgress } from '../../real-n8n/progress';
import { type Cluster, CONCURRENCY } from '../../real-n8n/queue/cluster';
import type { Workflow } from '../../real-n8n/workflow';
import type { Checks } from '../checks';
import type { Ledger } from '../ledger';
import { withDelivery } from '../scene';
import { announceAll, openRuns, putFiles, runsOf, waitFor } from './traffic';

/** A quarter of the messages is through when a worker is killed. */
const KILLED_AFTER = 0.25;

/** How long S3 takes for the files that are read when a worker is killed: time for both workers to be busy with them. In ms. */
const SLOW_FILE = 15_000;

const BUSY_TIMEOUT = 60_000;

/** n8n 1.x looks for runs of dead workers every 30 s, and takes a worker for dead after 60 s. In ms, with room. */
const REPEAT_TIMEOUT = 180_000;

const POLL_INTERVAL = 500;

/**
 * Posts notifications to n8n in queue mode, kills a worker on the way, and checks that each message is acknowledged, and
 * none before the EMR had its file.
 *
 * @returns the account at the end
 */
export async function checkQueue(checks: Checks, cluster: Cluster, messages: number): Promise<Ledger> {
	const paths = await publishTemplates(cluster);
	const keys = await putFiles(cluster, messages);
	const announced = announceAll(cluster, keys, paths);
	await waitFor(cluster, 'Waiting until the first quarter is acknowledged', ({ acknowledged }) => {
		return acknowledged >= messages * KILLED_AFTER;
	});
	await keepWorkersBusy(cluster);
	const busy = cluster.workers.map((worker) => runsOf(worker).started.length);
	const [killed] = cluster.workers;
	const interrupted = await withProgress('Killing a worker', async () => {
		await killed.kill();
		return openRuns(runsOf(killed));
	});
	await announced;
	const ledger = await waitFor(cluster, 'Waiting for the other worker and for redeliveries', (now) => {
		return now.acknowledged + now.lost >= messages;
	});
	await checks.check(`both workers ran notifications (${busy.join(' and ')} until the kill)`, () => {
		assert.ok(busy.every((runs) => runs > 0));
	});
	await checks.check(`the worker was killed in mid-run (${interrupted.length} runs interrupted)`, () => {
		assert.ok(interrupted.length > 0);
	});
	await checkRepetition(checks, cluster, interrupted, ledger);
	await checkLedger(checks, ledger, messages);
	return ledger;
}

/**
 * The webhook's template, with the sandbox's EMR as the step that takes the file. On n8n 2.x also the one that leaves the delivery to a
 * workflow of its own.
 *
 * @returns paths of their webhooks
 */
async function publishTemplates(cluster: Cluster): Promise<string[]> {
	const { rest, line } = cluster;
	return await withProgress('Testing the credential, activating the templates', async () => {
		const { webhook, fillIn } = await fillInTemplates(cluster);
		const publish = async (workflow: Workflow): Promise<string> => {
			const { id } = await rest.createWorkflow(workflow);
			await rest.publish(id);
			return id;
		};
		await publish(webhook);
		if (line === '1') return ['roche-notification'];
		const called = await publish(await fillIn('roche-deliver.json'));
		await publish(withDelivery(await fillIn('roche-deliver-then-acknowledge.json'), called));
		return ['roche-notification', 'roche-deliver-then-acknowledge'];
	});
}

/**
 * Waits until each worker reads as many files as it runs workflows at a time: what is killed then has delivered nothing yet.
 * One worker alone cannot take all of the slow files.
 */
async function keepWorkersBusy({ sandbox, workers }: Cluster): Promise<void> {
	const times = workers.length * CONCURRENCY;
	await sandbox.fault({ target: 's3', times, fault: { kind: 'delay', ms: SLOW_FILE } });
	await withProgress('Waiting until both workers are reading files', async () => {
		const deadline = Date.now() + BUSY_TIMEOUT;
		while ((await sandbox.state()).faults.length > 0 && Date.now() < deadline) await sleep(POLL_INTERVAL);
	});
}

/** Which of two ways brings back what was interrupted depends on n8n; the README says so. */
async function checkRepetition(
	checks: Checks,
	{ line, workers: [, other] }: Cluster,
	interrupted: string[],
	{ redelivered }: Ledger,
): Promise<void> {
	const missing = (): string[] => interrupted.filter((id) => !runsOf(other).started.includes(id));
	if (line === '1') {
		await checks.check('n8n 1.x ran the interrupted runs again on the other worker', async () => {
			// Later than all acknowledgements when Roche had got those of the interrupted runs.
			const deadline = Date.now() + REPEAT_TIMEOUT;
			while (missing().length > 0 && Date.now() < deadline) await sleep(POLL_INTERVAL);
			assert.deepEqual(missing(), []);
		});
		return;
	}
	await checks.check(`n8n 2.x left them, and Roche delivered again what was open (${redelivered} messages)`, () => {
		assert.deepEqual(missing(), interrupted);
		assert.ok(redelivered > 0);
	});
}

async function checkLedger(checks: Checks, ledger: Ledger, messages: number): Promise<void> {
	await checks.check('the webhook accepted every notification', () => {
		assert.equal(ledger.posted, messages);
	});
	await checks.check('the EMR has every file, byte for byte', () => {
		assert.equal(ledger.handled, messages);
	});
	await checks.check('every message is acknowledged, and none before the EMR had its file', () => {
		assert.deepEqual({ acknowledged: ledger.acknowledged, lost: ledger.lost }, { acknowledged: messages, lost: 0 });
	});
}
