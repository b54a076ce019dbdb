import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { request } from 'undici';
import { startSandboxProcess, type SandboxClient } from './process';
import { getToken, s3Client, s3Dispatcher, type AwsCredentials } from './test-client';

let sandbox: SandboxClient;
let token: AwsCredentials;
let s3: S3Client;

beforeAll(async () => {
	sandbox = await startSandboxProcess();
	token = await getToken(sandbox.info);
	s3 = s3Client(sandbox.info, token);
});
afterAll(async () => {
	s3.destroy();
	await sandbox.close();
});
afterEach(async () => {
	await sandbox.clearFaults();
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const bucket = () => sandbox.info.accessPoint;

async function read(key: string, options: { Range?: string; IfMatch?: string } = {}, client = s3, Bucket = bucket()) {
	const answer = await client.send(new GetObjectCommand({ Bucket, Key: key, ...options }));
	return { ...answer, bytes: (await answer.Body?.transformToByteArray()) ?? new Uint8Array() };
}

/** Reads a pre-signed URL. */
async function fetchUrl(url: string, headers: Record<string, string> = {}) {
	const dispatcher = s3Dispatcher(sandbox.info);
	try {
		const answer = await request(url, { dispatcher, headers });
		return { status: answer.statusCode, text: await answer.body.text() };
	} finally {
		await dispatcher.destroy();
	}
}

describe('reading with the AWS SDK through the access point', () => {
	it.each([500, 5_000, 12_000])('a bundle of %d observations arrives byte for byte', async (observations) => {
		const file = await sandbox.addFile({ kind: 'bundle', observations });
		const { bytes, ContentType, ETag, LastModified, ChecksumCRC32 } = await read(file.key);
		expect({ size: bytes.length, sha256: sha256(bytes) }).toEqual({ size: file.size, sha256: file.sha256 });
		expect(ContentType).toBe('application/json');
		expect(ETag).toMatch(/^"[0-9a-f]{32}(-\d+)?"$/);
		expect(LastModified).toBeInstanceOf(Date);
		expect(ChecksumCRC32).toHaveLength(8);
		if (observations === 12_000) expect(file.size).toBeGreaterThan(8e6);
		if (observations === 12_000) expect(file.size).toBeLessThan(15e6);
	});

	it('a CDA report, an empty file and a HEAD', async () => {
		const cda = await sandbox.addFile({ kind: 'cda' });
		expect(sha256((await read(cda.key)).bytes)).toBe(cda.sha256);
		const empty = { kind: 'content', key: 'empty.json', base64: '', contentType: 'application/json' } as const;
		await sandbox.addFile(empty);
		expect((await read('empty.json')).bytes).toHaveLength(0);
		const head = await s3.send(new HeadObjectCommand({ Bucket: bucket(), Key: cda.key }));
		expect(head.ContentLength).toBe(cda.size);
	});

	it.each(['ä b+c=(1)/%41 #?&.json', "x//y/.z/;:@$!*'~[]..xml", `long/${'k'.repeat(900)}`, '日本/😀 .json'])(
		'the key %j round-trips',
		async (key) => {
			const base64 = Buffer.from(key).toString('base64');
			await sandbox.addFile({ kind: 'content', key, base64, contentType: 'text/plain' });
			expect(Buffer.from((await read(key)).bytes).toString()).toBe(key);
			const url = await sandbox.presign({ objectKey: key, expiresSeconds: 60 });
			expect(await fetchUrl(url)).toEqual({ status: 200, text: key });
			expect((await sandbox.requests('s3')).at(-1)?.objectKey).toBe(key);
		},
	);

	it('a key with dot segments reaches S3 unchanged (a pre-signed URL could not: URL parsers resolve them)', async () => {
		await sandbox.addFile({ kind: 'content', key: 'a/../b/./c', base64: 'YQ==', contentType: 'text/plain' });
		expect((await read('a/../b/./c')).bytes).toHaveLength(1);
	});

	it('a range with If-Match resumes (206); a replaced object gives 412, a range past the end 416', async () => {
		const file = await sandbox.addFile({ kind: 'bytes', key: 'range.bin', size: 100_000 });
		const whole = await read(file.key);
		const IfMatch = whole.ETag ?? '';
		const rest = await read(file.key, { Range: 'bytes=60000-', IfMatch });
		expect(rest.$metadata.httpStatusCode).toBe(206);
		expect(rest.ContentRange).toBe('bytes 60000-99999/100000');
		expect(Buffer.from(rest.bytes).equals(Buffer.from(whole.bytes.subarray(60_000)))).toBe(true);
		await expect(read(file.key, { Range: 'bytes=100000-' })).rejects.toMatchObject({ name: 'InvalidRange' });
		await sandbox.addFile({ kind: 'bytes', key: 'range.bin', size: 100_001 });
		await expect(read(file.key, { IfMatch })).rejects.toMatchObject({ name: 'PreconditionFailed' });
	});
});

describe('refusals, as AWS documents them', () => {
	const rejects = async (work: Promise<unknown>, name: string, status: number) => {
		await expect(work).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
	};
	const withToken = async (change: Partial<AwsCredentials>) => {
		const client = s3Client(sandbox.info, { ...token, ...change });
		return await read('a.json', {}, client).finally(() => {
			client.destroy();
		});
	};

	it('unknown key id, wrong secret, wrong or missing session token', async () => {
		await rejects(withToken({ AccessKeyId: 'ASIAAAAAAAAAAAAAAAAA' }), 'InvalidAccessKeyId', 403);
		await rejects(withToken({ SecretAccessKey: 'wrong' }), 'SignatureDoesNotMatch', 403);
		await rejects(withToken({ SessionToken: 'wrong' }), 'InvalidToken', 400);
		await rejects(withToken({ SessionToken: '' }), 'InvalidAccessKeyId', 403);
	});

	it('a missing object and a deleted one', async () => {
		await rejects(read('no/such.json'), 'NoSuchKey', 404);
		await sandbox.addFile({ kind: 'cda', key: 'gone.xml' });
		await sandbox.deleteFile('gone.xml');
		await rejects(read('gone.xml'), 'NoSuchKey', 404);
	});

	it('an access point that is not granted, one that does not exist, and listing', async () => {
		const { otherAccessPoint, accessPoint } = sandbox.info;
		await sandbox.addFile({ kind: 'cda', key: 'other.xml', accessPoint: otherAccessPoint });
		await rejects(read('other.xml', {}, s3, otherAccessPoint), 'AccessDenied', 403);
		await rejects(read('x', {}, s3, accessPoint.replace('2291405', 'unknown')), 'NoSuchAccessPoint', 404);
		await rejects(s3.send(new ListObjectsV2Command({ Bucket: accessPoint })), 'AccessDenied', 403);
	});

	it('an expired token', async () => {
		await sandbox.settings({ tokenLifetimeSeconds: 1, clockOffsetSeconds: -5 });
		const client = s3Client(sandbox.info, await getToken(sandbox.info));
		await sandbox.settings({ tokenLifetimeSeconds: 3600, clockOffsetSeconds: 0 });
		await rejects(
			read('a.json', {}, client).finally(() => {
				client.destroy();
			}),
			'ExpiredToken',
			400,
		);
	});

	it('a clock that is more than 15 minutes off', async () => {
		// The SDK corrects its clock after such an answer, so each direction needs a new client.
		for (const clockOffsetSeconds of [16 * 60, -16 * 60]) {
			await sandbox.settings({ clockOffsetSeconds });
			await rejects(withToken({}), 'RequestTimeTooSkewed', 403);
		}
		await sandbox.settings({ clockOffsetSeconds: 14 * 60 });
		await rejects(withToken({}), 'NoSuchKey', 404);
		await sandbox.settings({ clockOffsetSeconds: 0 });
	});
});

describe('pre-signed URLs', () => {
	it('return the file without any authentication header', async () => {
		const file = await sandbox.addFile({ kind: 'bundle', observations: 3, key: 'signed.json' });
		const answer = await fetchUrl(await sandbox.presign({ objectKey: file.key, expiresSeconds: 60 }));
		expect(answer.status).toBe(200);
		expect(sha256(Buffer.from(answer.text))).toBe(file.sha256);
	});

	it('accept every percent-encoding of the same key', async () => {
		await sandbox.addFile({ kind: 'content', key: '(ä).txt', base64: 'YQ==', contentType: 'text/plain' });
		const url = await sandbox.presign({ objectKey: '(ä).txt', expiresSeconds: 60 });
		const otherwise = url.replace('%28%C3%A4%29', '(%c3%a4%29');
		expect(otherwise).not.toBe(url);
		expect(await fetchUrl(otherwise)).toEqual({ status: 200, text: 'a' });
	});

	it('expire, and are refused after any change', async () => {
		const url = await sandbox.presign({ objectKey: 'signed.json', expiresSeconds: 60 });
		await sandbox.settings({ clockOffsetSeconds: 61 });
		const late = await fetchUrl(url);
		await sandbox.settings({ clockOffsetSeconds: 0 });
		expect(late).toMatchObject({
			status: 403,
			text: expect.stringContaining('<Message>Request has expired') as string,
		});
		for (const changed of [url.replace('signed', 'other'), url.replace('X-Amz-Expires=60', 'X-Amz-Expires=61')]) {
			expect(await fetchUrl(changed)).toMatchObject({
				status: 403,
				text: expect.stringContaining('<Code>SignatureDoesNotMatch') as string,
			});
		}
		expect(await fetchUrl(url, { Authorization: 'Basic eA==' })).toMatchObject({ status: 400 });
		expect(await fetchUrl(url.replace(/\?.*/, ''))).toMatchObject({ status: 403 });
	});
});

describe('faults of S3', () => {
	const body = () => read('fault.bin');

	beforeAll(async () => {
		await sandbox.addFile({ kind: 'bytes', key: 'fault.bin', size: 500_000 });
	});

	it('a status is returned with the XML of AWS, and only for the matching key', async () => {
		await sandbox.fault({ target: 's3', match: 'fault', fault: { kind: 'status', status: 503 } });
		await expect(read('no/such.json')).rejects.toMatchObject({ name: 'NoSuchKey' });
		await expect(body()).rejects.toMatchObject({ name: 'SlowDown' });
		expect((await body()).bytes).toHaveLength(500_000);
	});

	it('a drop in the body cuts it after exactly that many bytes', async () => {
		await sandbox.fault({ target: 's3', fault: { kind: 'drop', when: 'in-body', afterBytes: 123_456 } });
		const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket(), Key: 'fault.bin' }));
		let received = 0;
		const drain = async () => {
			for await (const chunk of Body as AsyncIterable<Uint8Array>) received += chunk.length;
		};
		await expect(drain()).rejects.toThrow();
		expect(received).toBe(123_456);
	});

	it('a corrupted byte is detected by the SDK checksum', async () => {
		await sandbox.fault({ target: 's3', fault: { kind: 'corrupt' } });
		await expect(body()).rejects.toThrow(/[Cc]hecksum/);
	});
});
