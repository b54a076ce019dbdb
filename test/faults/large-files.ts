import assert from 'node:assert/strict';
import type { IDataObject } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Checks } from '../e2e/checks';
import type { EngineRun } from '../engine/engine-run';
import { chain } from '../engine/roche';
import type { SandboxFile } from '../sandbox/types';
import type { Rig } from './rig';

const MB = 1024 * 1024;

const CUTS = 10;

/** Maximum bytes sent, in file sizes: a cut loses the bytes in flight. */
const MOST_SENT = 1.1;

/** A file of ten times this size must not need noticeably more memory. */
const SMALL = 50 * MB;
const LARGE = 500 * MB;
const MOST_MEMORY = 100 * MB;

const SAMPLE_INTERVAL = 50;

/** Checks files far larger than Roche's: no part is read twice, and the file is not kept in memory. */
export async function checkLargeFiles(checks: Checks, rig: Rig): Promise<void> {
	await checks.check('50 MB over a connection that is cut ten times: whole, and not sent twice', async () => {
		await cutTenTimes(rig);
	});
	await checks.check('500 MB take no more memory than 50 MB', async () => {
		await flatMemory(rig);
	});
	await checks.check('a file beyond the size limit is not read', async () => {
		await stopsEarly(rig);
	});
}

async function cutTenTimes(rig: Rig): Promise<void> {
	const file = await rig.sandbox.addFile({ kind: 'bytes', key: 'delivery/large/cut.bin', size: SMALL });
	// Prime, so the cuts are at no buffer boundary.
	await rig.sandbox.fault({
		target: 's3',
		times: CUTS,
		fault: { kind: 'drop', when: 'in-body', afterBytes: 4_600_003 },
	});
	const before = await sentByS3(rig);
	const run = await fetch(rig, file);
	const sent = (await sentByS3(rig)) - before;
	assertFetched(run, file);
	assert.equal((run.json('rocheS3Fetch')[0]?.file as IDataObject).resumed, CUTS);
	assert.equal((await rig.sandbox.requests('s3')).length, CUTS + 1);
	console.log(
		`    ${file.size} bytes, ${CUTS} cuts: ${sent} bytes sent, ${(sent / file.size).toFixed(3)} times the file`,
	);
	assert.ok(sent < MOST_SENT * file.size);
	assert.ok(sent > file.size, 'The count of bytes cannot be right');
}

async function flatMemory(rig: Rig): Promise<void> {
	// The first run loads code that stays in memory.
	const small = await peakOf(rig, SMALL);
	const large = await peakOf(rig, LARGE);
	const [smallMb, largeMb] = [small, large].map((bytes) => Math.round(bytes / MB));
	console.log(`    memory of n8n's process at its peak: ${smallMb} MB with 50 MB, ${largeMb} MB with 500 MB`);
	assert.ok(large - small < MOST_MEMORY);
}

/** Returns the memory peak of the engine process while it fetches a file, in bytes. */
async function peakOf(rig: Rig, size: number): Promise<number> {
	const key = `delivery/large/${size}.bin`;
	const file = await rig.sandbox.addFile({ kind: 'bytes', key, size });
	let peak = 0;
	let done = false;
	const sample = async (): Promise<void> => {
		while (!done) {
			const { rss } = await rig.engine.resources({ collectGarbage: false });
			peak = Math.max(peak, rss);
			await sleep(SAMPLE_INTERVAL);
		}
	};
	const sampled = sample();
	try {
		assertFetched(await fetch(rig, file), file);
	} finally {
		done = true;
		await sampled;
		await rig.sandbox.deleteFile(key);
	}
	assert.ok(peak > 0, 'The memory was not measured');
	return peak;
}

async function stopsEarly(rig: Rig): Promise<void> {
	const file = await rig.sandbox.addFile({ kind: 'bytes', key: 'delivery/large/limit.bin', size: SMALL });
	const before = await sentByS3(rig);
	const run = await fetch(rig, file, { maxFileSize: 1 });
	const sent = (await sentByS3(rig)) - before;
	assert.equal(run.error?.message, 'The file is larger than the option "Max File Size" allows');
	console.log(`    ${sent} of ${file.size} bytes sent`);
	assert.ok(sent < SMALL / 5);
}

async function fetch(rig: Rig, file: SandboxFile, options: IDataObject = {}): Promise<EngineRun> {
	const { notification } = await rig.sandbox.notify({ objectKey: file.key });
	await rig.sandbox.clearRequests();
	return await rig.engine.runWorkflow({
		workflow: chain([notification], [{ type: 'rocheS3Fetch', parameters: { options: options as never } }]),
		credentials: { rochePartnersServicesApi: rig.freshCredential() as never },
		binaryMode: 'filesystem',
	});
}

function assertFetched(run: EngineRun, file: SandboxFile): void {
	assert.equal(run.status, 'success', run.error?.message);
	const { size, sha256 } = run.json('rocheS3Fetch')[0]?.file as IDataObject;
	assert.deepEqual([size, sha256], [file.size, file.sha256]);
}

async function sentByS3({ sandbox }: Rig): Promise<number> {
	return (await sandbox.state()).sentBytes.s3;
}
