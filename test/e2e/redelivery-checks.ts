import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { CALLER, type FilledIn } from '../real-n8n/demo/workflows';
import type { Workbench } from '../real-n8n/workbench';
import type { FaultSpec } from '../sandbox/types';
import type { Checks } from './checks';
import { drawUp, type Ledger } from './ledger';

const FOLDER = 'delivery/once/';

/** Number of messages per case; 100 in all. */
const SMOOTH = 60;
const REFUSED_FIRST = 20;
const ACK_NEVER_ARRIVES = 10;
const ACK_ANSWER_LOST = 10;
const MESSAGES = SMOOTH + REFUSED_FIRST + ACK_NEVER_ARRIVES + ACK_ANSWER_LOST;

/** Redelivery after 20 s instead of 30 minutes: like those, longer than a run takes. */
const SPED_UP = 90;

/** Timeout for steps that normally take half a minute at most, in ms. Two minutes were measured beside other work. */
const TIMEOUT = 300_000;

const POLL_INTERVAL = 500;

/** Enough faults for every attempt of every acknowledgement until they are cleared. */
const ALL_ATTEMPTS = 1_000;

/**
 * Checks the template that handles each message once, with the causes of redeliveries: runs that fail before the ACK, and
 * ACKs that fail after the hand-off. Not on n8n 1.x, which lacks the Data Table operation that creates a table.
 */
export async function checkRedelivery(checks: Checks, bench: Workbench, { once }: FilledIn): Promise<void> {
	const { rest, sandbox } = bench;
	const { id } = await rest.createWorkflow(once);
	await rest.publish(id);
	const post = async (what: string, count: number): Promise<void> => await announce(bench, what, count);
	await checks.check(
		`${ACK_NEVER_ARRIVES} messages whose ACK does not arrive: files delivered, runs fail`,
		async () => {
			await withAckFault(bench, { kind: 'drop', when: 'before-headers' }, async () => {
				await post('ack-lost', ACK_NEVER_ARRIVES);
				await untilFailed(bench, id, ACK_NEVER_ARRIVES);
			});
			assertAccount(await account(bench), { handled: ACK_NEVER_ARRIVES, acknowledged: 0 });
		},
	);
	await checks.check(
		`${ACK_ANSWER_LOST} messages whose ACK arrives, but its answers are lost: runs fail, messages acknowledged`,
		async () => {
			await withAckFault(bench, { kind: 'process-then-drop' }, async () => {
				await post('answer-lost', ACK_ANSWER_LOST);
				await untilFailed(bench, id, ACK_NEVER_ARRIVES + ACK_ANSWER_LOST);
			});
			assertAccount(await account(bench), { handled: 20, acknowledged: ACK_ANSWER_LOST });
		},
	);
	await checks.check(
		`${REFUSED_FIRST} messages whose file the EMR refuses at first: runs fail before the ACK`,
		async () => {
			await sandbox.settings({ emrStatus: 503 });
			await post('refused', REFUSED_FIRST);
			await untilFailed(bench, id, ACK_NEVER_ARRIVES + ACK_ANSWER_LOST + REFUSED_FIRST);
			await sandbox.settings({ emrStatus: null });
			assertAccount(await account(bench), { handled: 20, acknowledged: ACK_ANSWER_LOST });
		},
	);
	await checks.check(
		`all ${MESSAGES} messages, after redelivery: each handled once, all acknowledged, none lost`,
		async () => {
			await post('smooth', SMOOTH);
			await sandbox.settings({ redeliverySpeed: SPED_UP });
			const ledger = await untilAllAcknowledged(bench);
			await sandbox.settings({ redeliverySpeed: 1 });
			const { posted, handled, acknowledged, lost, duplicates, redelivered } = ledger;
			const onceOnly = handled - duplicates;
			console.log(
				`    posted / handled once / acknowledged / lost = ${posted} / ${onceOnly} / ${acknowledged} / ${lost}`,
			);
			console.log(`    redelivered: ${redelivered}`);
			if (acknowledged < MESSAGES) await printFailures(bench, id);
			assert.deepEqual(
				{ posted, onceOnly, acknowledged, lost },
				{ posted: MESSAGES, onceOnly: MESSAGES, acknowledged: MESSAGES, lost: 0 },
			);
			// On a busy machine more may be redelivered because their runs take longer than Roche's accelerated 30 minutes.
			assert.ok(redelivered >= ACK_NEVER_ARRIVES + REFUSED_FIRST, `Only ${redelivered} messages were redelivered`);
		},
	);
	await rest.unpublish(id);
}

/** Puts files into S3 and posts a notification of each to the template, one after the other. */
async function announce({ n8n, sandbox }: Workbench, what: string, count: number): Promise<void> {
	const callbackUrl = `${n8n.url}/webhook/roche-notification-once`;
	for (let i = 1; i <= count; i += 1) {
		const objectKey = `${FOLDER}${what}-${i}.json`;
		await sandbox.addFile({ kind: 'bundle', observations: 5, key: objectKey, seed: i });
		await sandbox.notify({ objectKey, callbackUrl, callbackAuth: CALLER });
	}
}

/** Applies a fault to every ACK while the work runs. */
async function withAckFault(bench: Workbench, fault: FaultSpec['fault'], work: () => Promise<void>): Promise<void> {
	await bench.sandbox.fault({ target: 'ack', times: ALL_ATTEMPTS, fault });
	try {
		await work();
	} finally {
		await bench.sandbox.clearFaults();
	}
}

/** Waits until `count` runs of the workflow have failed. */
async function untilFailed({ rest }: Workbench, workflowId: string, count: number): Promise<void> {
	const deadline = Date.now() + TIMEOUT;
	for (;;) {
		const failed = (await rest.executions(workflowId)).filter(({ status }) => status === 'error').length;
		if (failed === count) return;
		if (Date.now() > deadline) throw new Error(`${failed} runs have failed, expected ${count}.`);
		await sleep(POLL_INTERVAL);
	}
}

async function untilAllAcknowledged(bench: Workbench): Promise<Ledger> {
	const deadline = Date.now() + TIMEOUT;
	let ledger = await account(bench);
	while (ledger.acknowledged < MESSAGES && Date.now() < deadline) {
		await sleep(POLL_INTERVAL);
		ledger = await account(bench);
	}
	return ledger;
}

/** Prints why the newest runs failed. Roche and the EMR only show that a message is open. */
async function printFailures({ rest }: Workbench, workflowId: string): Promise<void> {
	const failed = (await rest.executions(workflowId)).filter(({ status }) => status !== 'success');
	for (const { id, status } of failed.slice(0, MESSAGES - SMOOTH)) {
		const { error, lastNodeExecuted } = (await rest.execution(id)).data.resultData;
		console.log(`    run ${id}: ${status} at "${lastNodeExecuted}": ${error?.message}`);
	}
}

/** Returns the outcome of these checks' messages. */
async function account({ sandbox }: Workbench): Promise<Ledger> {
	const { files, messages } = await sandbox.state();
	const ours = files.filter(({ key }) => key.startsWith(FOLDER));
	const received = (await sandbox.emr()).filter(({ name }) => name.startsWith(FOLDER));
	return drawUp(
		ours,
		messages.filter(({ objectKey }) => objectKey.startsWith(FOLDER)),
		received,
	);
}

function assertAccount(actual: Ledger, expected: Partial<Ledger>): void {
	const { handled, acknowledged, lost, duplicates } = actual;
	assert.deepEqual({ handled, acknowledged, lost, duplicates }, { lost: 0, duplicates: 0, ...expected });
}
