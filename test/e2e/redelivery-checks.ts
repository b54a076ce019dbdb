import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { CALLER, type FilledIn } from '../real-n8n/demo/workflows';
import type { Workbench } from '../real-n8n/workbench';
import type { FaultSpec, SandboxMessage } from '../sandbox/types';
import type { Checks } from './checks';
import { drawUp, type Ledger } from './ledger';

const FOLDER = 'delivery/once/';

/** Number of messages per case; 100 in all. */
const SMOOTH = 60;
const REFUSED_FIRST = 20;
const ACK_NEVER_ARRIVES = 10;
const ACK_ANSWER_LOST = 10;
const MESSAGES = SMOOTH + REFUSED_FIRST + ACK_NEVER_ARRIVES + ACK_ANSWER_LOST;

/** How often Roche redelivers a message that is not acknowledged. */
const REDELIVERIES = 3;

/** Timeout for steps that normally take seconds, in ms. */
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
			const ledger = await redeliverOpen(bench, id);
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
			assert.equal(redelivered, ACK_NEVER_ARRIVES + REFUSED_FIRST);
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

/**
 * Redelivers the open messages as Roche does, but when all runs have ended instead of after 30 minutes: a run never takes as long as those, and
 * any shorter time could be too short on a busy machine.
 */
async function redeliverOpen(bench: Workbench, workflowId: string): Promise<Ledger> {
	for (let time = 1; time <= REDELIVERIES; time += 1) {
		await untilAllEnded(bench, workflowId);
		const open = (await messagesOf(bench)).filter(({ acknowledged }) => !acknowledged);
		for (const { messageId } of open) await bench.sandbox.redeliver(messageId);
	}
	await untilAllEnded(bench, workflowId);
	return await account(bench);
}

/** Waits until as many runs have ended as there were deliveries: n8n answers a delivery before its run is in the list. */
async function untilAllEnded(bench: Workbench, workflowId: string): Promise<void> {
	const { rest } = bench;
	const deliveries = (await messagesOf(bench)).flatMap((message) => message.deliveries).length;
	await rest.until(TIMEOUT, `${deliveries} runs to end`, async () => {
		const ended = (await rest.count(workflowId, 'success')) + (await rest.count(workflowId, 'error'));
		return ended >= deliveries ? true : undefined;
	});
}

/** Prints why the newest runs failed. Roche and the EMR only show that a message is open. */
async function printFailures({ rest }: Workbench, workflowId: string): Promise<void> {
	const failed = (await rest.executions(workflowId)).filter(({ status }) => status !== 'success');
	for (const { id, status } of failed.slice(0, MESSAGES - SMOOTH)) {
		const { error, lastNodeExecuted } = (await rest.execution(id)).data.resultData;
		console.log(`    run ${id}: ${status} at "${lastNodeExecuted}": ${error?.message}`);
	}
}

/** Returns these checks' messages. */
async function messagesOf({ sandbox }: Workbench): Promise<SandboxMessage[]> {
	return (await sandbox.state()).messages.filter(({ objectKey }) => objectKey.startsWith(FOLDER));
}

/** Returns the outcome of these checks' messages. */
async function account(bench: Workbench): Promise<Ledger> {
	const { sandbox } = bench;
	const ours = (await sandbox.state()).files.filter(({ key }) => key.startsWith(FOLDER));
	const received = (await sandbox.emr()).filter(({ name }) => name.startsWith(FOLDER));
	return drawUp(ours, await messagesOf(bench), received);
}

function assertAccount(actual: Ledger, expected: Partial<Ledger>): void {
	const { handled, acknowledged, lost, duplicates } = actual;
	assert.deepEqual({ handled, acknowledged, lost, duplicates }, { lost: 0, duplicates: 0, ...expected });
}
