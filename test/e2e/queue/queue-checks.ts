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

/** Fraction of acknowledged messages at which a worker is killed. */
const KILLED_AFTER = 0.25;

/** Delay of the S3 answers before the kill: long enough for both workers to be busy with these files. In ms. */
const SLOW_FILE = 15_000;

const BUSY_TIMEOUT = 60_000;

/** n8n 1.x looks for runs of dead workers every 30 s and considers a worker dead after 60 s. In ms, with a margin. */
const REPEAT_TIMEOUT = 180_000;

const POLL_INTERVAL = 500;

/**
 * Posts notifications to n8n in queue mode, kills a worker meanwhile, and checks that each message is acknowledged, but not
 * before the EMR has its file.
 *
 * @returns the final outcome
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
	await checks.check(`both workers processed notifications (${busy.join(' and ')} before the kill)`, () => {
		assert.ok(busy.every((runs) => runs > 0));
	});
	await checks.check(`the worker was killed in the middle of its work (${interrupted.length} runs interrupted)`, () => {
		assert.ok(interrupted.length > 0);
	});
	await checkRepetition(checks, cluster, interrupted, ledger);
	await checkLedger(checks, ledger, messages);
	return ledger;
}

/**
 * Publishes the webhook template with the sandbox's EMR as receiver, on n8n 2.x also the template in which a separate workflow delivers the
 * file.
 *
 * @returns paths of their webhooks
 */
async function publishTemplates(cluster: Cluster): Promise<string[]> {
	const { rest, line } = cluster;
	return await withProgress('Testing the credential and activating the templates', async () => {
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
 * Waits until each worker is reading as many files as it runs workflows at a time: the runs killed then have delivered nothing
 * yet. One worker alone cannot read all of the slow files.
 */
async function keepWorkersBusy({ sandbox, workers }: Cluster): Promise<void> {
	const times = workers.length * CONCURRENCY;
	await sandbox.fault({ target: 's3', times, fault: { kind: 'delay', ms: SLOW_FILE } });
	await withProgress('Waiting until both workers are reading files', async () => {
		const deadline = Date.now() + BUSY_TIMEOUT;
		while ((await sandbox.state()).faults.length > 0 && Date.now() < deadline) await sleep(POLL_INTERVAL);
	});
}

/** Checks how interrupted runs are repeated, which depends on the n8n line (docs/operations.md). */
async function checkRepetition(
	checks: Checks,
	{ line, workers: [, other] }: Cluster,
	interrupted: string[],
	{ redelivered }: Ledger,
): Promise<void> {
	const missing = (): string[] => interrupted.filter((id) => !runsOf(other).started.includes(id));
	if (line === '1') {
		await checks.check('n8n 1.x ran the interrupted runs again on the other worker', async () => {
			// May be later than all acknowledgements, if Roche had already received those of the interrupted runs.
			const deadline = Date.now() + REPEAT_TIMEOUT;
			while (missing().length > 0 && Date.now() < deadline) await sleep(POLL_INTERVAL);
			assert.deepEqual(missing(), []);
		});
		return;
	}
	await checks.check(
		`n8n 2.x did not repeat the interrupted runs, and Roche redelivered the open messages (${redelivered})`,
		() => {
			assert.deepEqual(missing(), interrupted);
			assert.ok(redelivered > 0);
		},
	);
}

async function checkLedger(checks: Checks, ledger: Ledger, messages: number): Promise<void> {
	await checks.check('the webhook accepted every notification', () => {
		assert.equal(ledger.posted, messages);
	});
	await checks.check('the EMR has every file, byte for byte', () => {
		assert.equal(ledger.handled, messages);
	});
	await checks.check('every message is acknowledged, none before the EMR had its file', () => {
		assert.deepEqual({ acknowledged: ledger.acknowledged, lost: ledger.lost }, { acknowledged: messages, lost: 0 });
	});
}
