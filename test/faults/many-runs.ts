import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Checks } from '../e2e/checks';
import { chain } from '../engine/roche';
import type { Resources } from '../engine/protocol';
import type { Fault, FaultTarget } from '../sandbox/types';
import type { Rig } from './rig';

const RUNS = 1000;

/** Runs before the first measurement, which load code and fill connection pools. */
const WARM_UP = 50;

const AT_ONCE = 5;

/** undici closes idle connections after 4 s; the sandbox keeps them for longer. In ms. */
const IDLE = 6000;

/** Runs leave data in caches of V8 and n8n. A leak of one file per run would be a multiple of this. In bytes. */
const MOST_MEMORY = 40 * 1024 * 1024;

/** n8n and Node open and close some themselves: 32 to 35 were measured. One file left by every twentieth failed run would exceed this. */
const MOST_DESCRIPTORS = 10;

/** Size of each file. Small, because only the number of runs matters here. */
const FILE_SIZE = 100_000;

/** Faults that end a request in different ways. Every third run has one of them. */
const FAULTS: Array<[FaultTarget, Fault]> = [
	['s3', { kind: 'drop', when: 'in-body', afterBytes: 50_000 }],
	['s3', { kind: 'stall', when: 'body', afterBytes: 10 }],
	['s3', { kind: 'corrupt' }],
	['s3', { kind: 'status', status: 404 }],
	['ack', { kind: 'drop', when: 'before-headers' }],
	['ack', { kind: 'stall', when: 'headers' }],
	['ack', { kind: 'status', status: 500 }],
	['ack', { kind: 'process-then-drop' }],
];

/** Checks that many successful and failed runs in one n8n process leave no socket, timer or file open, and no memory in use. */
export async function checkManyRuns(checks: Checks, rig: Rig): Promise<void> {
	await checks.check(`${RUNS} runs, good and bad, in one process leave no socket, timer or file`, async () => {
		await manyRuns(rig);
	});
}

async function manyRuns(rig: Rig): Promise<void> {
	const { key } = await rig.sandbox.addFile({ kind: 'bytes', key: 'delivery/many/one.bin', size: FILE_SIZE });
	const credential = rig.freshCredential();
	const outcomes = { success: 0, error: 0, canceled: 0 };
	const one = async (n: number): Promise<void> => {
		const status = await runOne(rig, key, credential, n);
		if (status in outcomes) outcomes[status as keyof typeof outcomes] += 1;
	};
	await inTurns(WARM_UP, one);
	const before = await afterIdling(rig);
	Object.assign(outcomes, { success: 0, error: 0, canceled: 0 });
	await inTurns(RUNS, one);
	const after = await afterIdling(rig);
	const grown = Math.round((after.heapUsed + after.external - before.heapUsed - before.external) / 1024);
	console.log(`    ${outcomes.success} succeeded, ${outcomes.error} failed, ${outcomes.canceled} were stopped`);
	console.log(
		`    open files and sockets ${before.descriptors} -> ${after.descriptors}, memory in use ${grown} KB more`,
	);
	assert.equal(outcomes.success + outcomes.error + outcomes.canceled, RUNS);
	assert.ok(outcomes.error > 0 && outcomes.canceled > 0, 'No run failed or was stopped: the faults did not meet them');
	// Fewer is not a leak: resources opened at the start of the process may have been closed meanwhile.
	const [counts, countsBefore] = [counted(after), counted(before)];
	const more = Object.keys(counts).filter((kind) => (counts[kind] ?? 0) > (countsBefore[kind] ?? 0));
	assert.deepEqual(more, [], `Kinds of which there are more: ${JSON.stringify([countsBefore, counts])}`);
	assert.ok((after.descriptors ?? 0) - (before.descriptors ?? 0) < MOST_DESCRIPTORS);
	assert.ok(grown * 1024 < MOST_MEMORY);
}

async function runOne(rig: Rig, objectKey: string, credential: object, n: number): Promise<string> {
	const { notification } = await rig.sandbox.notify({ objectKey });
	const [target, fault] = FAULTS[Math.floor(n / 3) % FAULTS.length] ?? [];
	if (n % 3 === 0 && target && fault) await rig.sandbox.fault({ target, fault });
	const parameters = { options: { maxAttempts: 1 + (n % 2), timeout: 1000 } };
	const steps = ['rocheGetToken', 'rocheS3Fetch', 'rocheNotificationAck'] as const;
	const run = await rig.engine.runWorkflow({
		workflow: chain(
			[notification],
			steps.map((type) => ({ type, parameters })),
		),
		credentials: { rochePartnersServicesApi: credential as never },
		binaryMode: 'filesystem',
		// Some runs are cancelled, at any step.
		signal: n % 10 === 9 ? AbortSignal.timeout(n % 60) : undefined,
	});
	return run.status;
}

async function inTurns(count: number, work: (n: number) => Promise<void>): Promise<void> {
	const numbers = Array.from({ length: count }, (_, n) => n).values();
	const worker = async (): Promise<void> => {
		for (const n of numbers) await work(n);
	};
	await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function afterIdling(rig: Rig): Promise<Resources> {
	await sleep(IDLE);
	return await rig.engine.resources();
}

function counted({ active }: Resources): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const kind of active.toSorted()) counts[kind] = (counts[kind] ?? 0) + 1;
	return counts;
}
