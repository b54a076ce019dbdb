import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { IDataObject } from 'n8n-workflow';
import type { EngineRun } from '../engine/engine-run';
import { Roche } from '../engine/roche';
import type { FileRequest, SandboxFile } from '../sandbox/types';

const FETCH = 'rocheS3Fetch';
const KEY = 'delivery/clinical-data/packed.json';
const TEXT = JSON.stringify({ resourceType: 'Bundle', note: 'gemessen vor dem Frühstück', entry: [] });
const roche = Roche.forAllTests();

type Source = 'accessPoint' | 'presignedUrl';
const SOURCES: readonly Source[] = ['accessPoint', 'presignedUrl'];

/** Stores bytes and a header in S3. */
async function stored(bytes: Buffer, contentEncoding: string, more: Partial<FileRequest> = {}): Promise<SandboxFile> {
	const base64 = bytes.toString('base64');
	const file = { kind: 'content', key: KEY, base64, contentType: 'application/json', contentEncoding, ...more };
	return await roche.sandbox.addFile(file as FileRequest);
}

async function fetched(
	{ key }: SandboxFile,
	output = 'binary',
	source: Source = 'accessPoint',
	options: IDataObject = {},
): Promise<EngineRun> {
	const { notification } = await roche.sandbox.notify({ objectKey: key, presigned: source === 'presignedUrl' });
	const parameters = { output, options: options as never };
	return await roche.run([notification], [{ type: FETCH, parameters }], { binaryMode: 'filesystem' });
}

/** Returns the content in the item, as text. */
async function contentOf(run: EngineRun, output: string): Promise<string> {
	expect(run.error?.message).toBeUndefined();
	const [item] = run.items(FETCH);
	if (output === 'binary') return (await roche.engine.readBinary(item?.binary?.data)).toString();
	return output === 'json' ? JSON.stringify(item?.json.data) : (item?.json.data as string);
}

const fileOf = (run: EngineRun): IDataObject => run.json(FETCH)[0]?.file as IDataObject;

describe('a file that is stored compressed arrives decompressed', () => {
	const WAYS = SOURCES.flatMap((source) => ['binary', 'json', 'text'].map((output) => [output, source] as const));

	it.each(WAYS)('as %s from the %s, with the checksum of the stored bytes', async (output, source) => {
		const file = await stored(gzipSync(TEXT), 'gzip');
		const run = await fetched(file, output, source);
		expect(await contentOf(run, output)).toBe(TEXT);
		expect(fileOf(run)).toMatchObject({
			size: Buffer.byteLength(TEXT),
			storedSize: file.size,
			sha256: file.sha256,
			contentEncoding: 'gzip',
			contentType: 'application/json',
			source,
		});
	});

	it.each<[string, Buffer]>([
		['deflate', deflateSync(TEXT)],
		['deflate', deflateRawSync(TEXT)],
		['br', brotliCompressSync(TEXT)],
		['GZIP', gzipSync(TEXT)],
		['x-gzip', gzipSync(TEXT)],
		['gzip, aws-chunked', gzipSync(TEXT)],
		['aws-chunked,gzip', gzipSync(TEXT)],
		['deflate, gzip', gzipSync(deflateSync(TEXT))],
		['gzip , , br', brotliCompressSync(gzipSync(TEXT))],
	])('also with "%s"', async (contentEncoding, bytes) => {
		const run = await fetched(await stored(bytes, contentEncoding), 'text');
		expect(await contentOf(run, 'text')).toBe(TEXT);
		expect(fileOf(run)).toMatchObject({ storedSize: bytes.length, contentEncoding });
	});

	it.each(['identity', 'aws-chunked', 'Identity', ''])('and unchanged if the encoding is "%s"', async (encoding) => {
		const run = await fetched(await stored(Buffer.from(TEXT), encoding), 'text');
		expect(await contentOf(run, 'text')).toBe(TEXT);
		expect(fileOf(run)).not.toHaveProperty('storedSize');
		expect(fileOf(run)).not.toHaveProperty('contentEncoding');
	});

	it('from several gzip streams in a row, as written by tools that append', async () => {
		const bytes = Buffer.concat([gzipSync(TEXT.slice(0, 20)), gzipSync(TEXT.slice(20))]);
		expect(await contentOf(await fetched(await stored(bytes, 'gzip'), 'text'), 'text')).toBe(TEXT);
	});

	it('with a matching name and type', async () => {
		const more = { key: 'delivery/report.xml.gz', contentType: 'application/gzip' };
		const run = await fetched(await stored(gzipSync('<ClinicalDocument/>'), 'gzip', more));
		expect(fileOf(run)).toMatchObject({ key: more.key, name: 'report.xml', contentType: 'application/xml' });
	});

	it('while a gzip file without this header stays one', async () => {
		const bytes = gzipSync(TEXT);
		const more = { key: 'delivery/bundle.json.gz', contentType: 'application/gzip', contentEncoding: undefined };
		const file = await stored(bytes, '', more);
		const run = await fetched(file);
		expect(await roche.engine.readBinary(run.items(FETCH)[0]?.binary?.data)).toEqual(bytes);
		expect(fileOf(run)).toMatchObject({ name: 'bundle.json.gz', contentType: 'application/gzip' });
		const text = await fetched(file, 'text');
		expect(text.error?.description).toContain('compressed with gzip, but S3 does not say so');
	});

	it.each(SOURCES)('after cuts in mid-body, from the %s', async (source) => {
		const request = { kind: 'bundle', observations: 5000, contentEncoding: 'gzip' } as const;
		const file = await roche.sandbox.addFile(request);
		const fault = { kind: 'drop', when: 'in-body', afterBytes: Math.floor(file.size / 3) } as const;
		await roche.sandbox.fault({ target: 's3', times: 2, fault });
		const run = await fetched(file, 'binary', source);
		expect(fileOf(run)).toMatchObject({ resumed: 2, sha256: file.sha256, size: file.unpacked?.size });
		expect((await roche.engine.readBinary(run.items(FETCH)[0]?.binary?.data)).length).toBe(file.unpacked?.size);
	});

	it('if a byte was changed in transit: it is requested again', async () => {
		const file = await roche.sandbox.addFile({ kind: 'bundle', observations: 50, contentEncoding: 'br' });
		await roche.sandbox.fault({ target: 's3', fault: { kind: 'corrupt' } });
		expect(fileOf(await fetched(file))).toMatchObject({ sha256: file.sha256, size: file.unpacked?.size });
		expect(await roche.sandbox.requests('s3')).toHaveLength(2);
	});

	it('as an empty file if it is empty', async () => {
		const run = await fetched(await stored(gzipSync(''), 'gzip'), 'text');
		expect(await contentOf(run, 'text')).toBe('');
		expect(await contentOf(await fetched(await stored(Buffer.alloc(0), 'gzip'), 'text'), 'text')).toBe('');
	});
});

describe('a file that cannot be decompressed is an error in every output', () => {
	const OUTPUTS = ['binary', 'json', 'text'];
	const UNKNOWN = 'The file is stored with a Content-Encoding that is not supported';
	const DAMAGED = 'The file is not compressed as its Content-Encoding states, or is damaged';

	/** Asserts that there is no item, no content in the data that n8n stores, and no file on the disk. */
	async function refused(file: SandboxFile, output: string, message: string, source?: Source): Promise<EngineRun> {
		const before = await roche.engine.storedFiles();
		const run = await fetched(file, output, source, { maxAttempts: 1 });
		expect(run.error?.message).toBe(message);
		expect(run.persisted + run.log).not.toContain('Frühstück');
		expect(await roche.engine.storedFiles()).toEqual(before);
		return run;
	}

	it.each(OUTPUTS)('if its encoding is unknown, and the error names it: %s', async (output) => {
		const run = await refused(await stored(Buffer.from(TEXT), 'zstd'), output, UNKNOWN);
		expect(run.error?.description).toContain('It is "zstd".');
	});

	it('if one of several is unknown, or there are too many', async () => {
		await refused(await stored(gzipSync(TEXT), 'compress, gzip'), 'binary', UNKNOWN, 'presignedUrl');
		await refused(await stored(gzipSync(TEXT), 'gzip,gzip,gzip,gzip'), 'binary', UNKNOWN);
	});

	it('if its encoding is not a word, and the error does not repeat it', async () => {
		const run = await refused(await stored(Buffer.from(TEXT), 'evil <b>'), 'text', UNKNOWN);
		expect(run.error?.description).not.toContain('evil');
	});

	const packed = gzipSync(TEXT);
	const cut = packed.subarray(0, -9);
	it.each<[string, Buffer, string]>([
		['it is not compressed', Buffer.from(TEXT), 'gzip'],
		['it was compressed in another way', deflateSync(TEXT), 'gzip'],
		['its end is missing', cut, 'gzip'],
		['there are bytes after its end', Buffer.concat([packed, Buffer.from('{"resourceType":"Bundle"}')]), 'gzip'],
		['there are bytes after the end of zlib', Buffer.concat([deflateSync(TEXT), packed]), 'deflate'],
		['there are bytes after the end of Brotli', Buffer.concat([brotliCompressSync(TEXT), packed]), 'br'],
		['the end of Brotli is missing', brotliCompressSync(TEXT).subarray(0, -4), 'br'],
		['its checksum is wrong', Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8)]), 'gzip'],
		['the inner one is damaged', gzipSync(cut), 'gzip, gzip'],
	])('when %s', async (_what, bytes, encoding) => {
		for (const output of OUTPUTS) await refused(await stored(bytes, encoding), output, DAMAGED);
	});
});
