import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import type { EngineRun } from '../engine/engine-run';
import { Roche } from '../engine/roche';

const FETCH = 'rocheS3Fetch';
const MB = 1024 * 1024;
/** A quarter of what is decompressed until the limit. What is not yet collected as garbage has been up to 70 MB. */
const MOST_MEMORY = 250 * MB;
const TOO_FAR = 'The file decompresses to more than 1 GB and more than 200 times its stored size';
const TOO_LARGE = 'The file is larger than the option "Max File Size" allows';
const FAST = { [constants.BROTLI_PARAM_QUALITY]: 1 };
const roche = Roche.forAllTests();

/** Returns compressed zeros. A gzip file may consist of several streams. */
function bomb(unpackedMb: number): Buffer {
	const tenMb = gzipSync(Buffer.alloc(10 * MB), { level: 9 });
	return Buffer.concat(Array.from({ length: unpackedMb / 10 }, () => tenMb));
}

async function stored(bytes: Buffer, contentEncoding = 'gzip'): Promise<IDataObject> {
	const base64 = bytes.toString('base64');
	const key = 'delivery/bomb.json';
	await roche.sandbox.addFile({ kind: 'content', key, base64, contentType: 'application/json', contentEncoding });
	const { notification } = await roche.sandbox.notify({ objectKey: key });
	return { ...notification };
}

/** Runs, and measures the growth of n8n's memory meanwhile, in bytes. */
async function watched(item: IDataObject, output: string, options: IDataObject = {}) {
	const { rss: before } = await roche.engine.resources();
	let most = 0;
	let isDone = false;
	const watching = (async () => {
		while (!isDone) {
			most = Math.max(most, (await roche.engine.resources({ collectGarbage: false })).rss - before);
			await sleep(50);
		}
	})();
	const parameters = { output, options: options as never };
	const run = await roche.run([item], [{ type: FETCH, parameters }], { binaryMode: 'filesystem' });
	isDone = true;
	await watching;
	return { run, most };
}

async function expectRefused(run: EngineRun, message: string, before: unknown): Promise<void> {
	expect(run.error?.message).toBe(message);
	expect(await roche.sandbox.requests('s3')).toHaveLength(1);
	expect(await roche.engine.storedFiles()).toEqual(before);
}

describe('10 MB that decompress to 10 GB', () => {
	beforeAll(async () => {
		// Warm-up: code that is loaded once does not count.
		await watched(await stored(gzipSync('{}')), 'binary');
	});

	it.each(['binary', 'json', 'text'])('stop at the limit, and fill neither memory nor disk: %s', async (output) => {
		const before = await roche.engine.storedFiles();
		const item = await stored(bomb(10_000));
		await roche.sandbox.clearRequests();
		const { run, most } = await watched(item, output);
		await expectRefused(run, TOO_FAR, before);
		expect(most).toBeLessThan(MOST_MEMORY);
	});

	it('stop at "Max File Size"', async () => {
		const before = await roche.engine.storedFiles();
		const item = await stored(bomb(10_000));
		await roche.sandbox.clearRequests();
		const { run, most } = await watched(item, 'binary', { maxFileSize: 20 });
		await expectRefused(run, TOO_LARGE, before);
		expect(most).toBeLessThan(MOST_MEMORY);
	});
});

describe('the limit', () => {
	it('applies to the decompressed size and to the stored size', async () => {
		const before = await roche.engine.storedFiles();
		const item = await stored(gzipSync(Buffer.alloc(MB + 1, ' ')));
		await roche.sandbox.clearRequests();
		await expectRefused((await watched(item, 'binary', { maxFileSize: 1 })).run, TOO_LARGE, before);
		const exact = await stored(gzipSync(Buffer.alloc(MB, ' ')));
		expect((await watched(exact, 'binary', { maxFileSize: 1 })).run.json(FETCH)).toMatchObject([
			{ file: { size: MB } },
		]);
	});

	it('stops the writing of a file too large to check beforehand, and the file is deleted', async () => {
		const before = await roche.engine.storedFiles();
		const item = await stored(bomb(20_000));
		await roche.sandbox.clearRequests();
		const { run, most } = await watched(item, 'binary', { maxFileSize: 300 });
		await expectRefused(run, TOO_LARGE, before);
		expect(most).toBeLessThan(MOST_MEMORY);
	});

	it('applies to each step of a file that was compressed twice', async () => {
		const before = await roche.engine.storedFiles();
		const item = await stored(gzipSync(bomb(10_000)), 'gzip, gzip');
		await roche.sandbox.clearRequests();
		await expectRefused((await watched(item, 'text')).run, TOO_FAR, before);
	});

	it('applies to Brotli, which compresses zeros best', async () => {
		const before = await roche.engine.storedFiles();
		const item = await stored(brotliCompressSync(Buffer.alloc(1200 * MB), { params: FAST }), 'br');
		await roche.sandbox.clearRequests();
		await expectRefused((await watched(item, 'json')).run, TOO_FAR, before);
	});

	it('allows a small file that was compressed by a factor of 900', async () => {
		const { run } = await watched(await stored(gzipSync(`{"note":"${' '.repeat(30 * MB)}"}`)), 'json');
		expect(run.json(FETCH)).toMatchObject([{ file: { size: 30 * MB + 11 } }]);
	});

	it('of the length of strings in JavaScript is reported', async () => {
		const { run } = await watched(await stored(bomb(600)), 'text');
		expect(run.error?.message).toBe('The file is too large for the outputs JSON and Text');
	});
});
