import type { Fault } from '../sandbox/types';
import { type NotificationItem, Roche } from './roche';

const TOKEN = 'rocheGetToken';
const FETCH = 'rocheS3Fetch';
const roche = Roche.forAllTests();
let item: NotificationItem;
beforeEach(async () => {
	const [message] = await roche.notifications(1);
	if (!message) throw new Error('The sandbox made no notification');
	({ item } = message);
});

const s3Error = (status: number, code: string): Fault => ({
	kind: 'status',
	status,
	body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>m</Message></Error>`,
});

describe('Roche S3 Fetch reports what happened', () => {
	it.each<[string, Fault, string, string | null]>([
		['AccessDenied', s3Error(403, 'AccessDenied'), 'S3 denied access to the file', '403'],
		['InvalidToken', s3Error(400, 'InvalidToken'), 'S3 does not know the AWS credentials', '400'],
		['InvalidAccessKeyId', s3Error(403, 'InvalidAccessKeyId'), 'S3 does not know the AWS credentials', '403'],
		[
			'SignatureDoesNotMatch',
			s3Error(403, 'SignatureDoesNotMatch'),
			'S3 did not accept the signature of the request',
			'403',
		],
		['SlowDown', s3Error(503, 'SlowDown'), 'S3 asks to slow down', '503'],
		['an unknown error', s3Error(418, 'Teapot'), 'S3 answered with an unexpected error (418)', '418'],
		[
			'a cut before the answer',
			{ kind: 'drop', when: 'before-headers' },
			'HOST closed the connection before the answer was complete',
			null,
		],
		['no answer in time', { kind: 'stall', when: 'headers' }, 'HOST did not answer in time', null],
		[
			'other bytes than were stored',
			{ kind: 'corrupt' },
			'The bytes received are not those stored in S3: the checksum differs',
			null,
		],
	])('on %s', async (_name, fault, message, httpCode) => {
		await roche.sandbox.fault({ target: 's3', times: 2, fault });
		// Only for an answer that never comes: a busy machine may need longer for one that does.
		const timeout = fault.kind === 'stall' && { timeout: 1500 };
		const run = await roche.run([item], [{ type: FETCH, parameters: { options: { maxAttempts: 1, ...timeout } } }]);
		expect(run.error?.message.replace(/^\S+\.amazonaws\.com/, 'HOST')).toBe(message);
		expect(run.error).toMatchObject({ name: 'NodeApiError', httpCode });
		expect(run.error?.description).toBeTruthy();
	});

	it('when the file does not exist', async () => {
		await roche.sandbox.deleteFile(item.MessageReference.objectKey ?? '');
		const run = await roche.run([item], [{ type: FETCH }]);
		expect(run.error).toMatchObject({ message: 'There is no file with this object key', httpCode: '404' });
		expect(await roche.sandbox.requests('s3')).toHaveLength(1);
	});

	it.each([503, 500])('and retries on %i', async (status) => {
		await roche.sandbox.fault({
			target: 's3',
			times: 2,
			fault: s3Error(status, status === 503 ? 'SlowDown' : 'InternalError'),
		});
		const run = await roche.run([item], [{ type: FETCH }]);
		expect(run.status).toBe('success');
		expect(await roche.sandbox.requests('s3')).toHaveLength(3);
	});

	it('and adjusts its time to the clock of S3', async () => {
		await roche.sandbox.settings({ clockOffsetSeconds: 3600, tokenLifetimeSeconds: 7200 });
		const run = await roche.run([item], [{ type: FETCH }]);
		expect(run.status).toBe('success');
	});
});

describe('Roche S3 Fetch refuses before any request to S3', () => {
	const dotted = 'arn:aws:s3:us-east-1:019364481091:accesspoint/example-emr-integration-1.1.1.1.1-accesspoint';

	it.each<[string, () => object, RegExp, RegExp]>([
		[
			'an access point whose name has dots',
			() => ({ MessageReference: { accesspoint: dotted, objectKey: 'k' } }),
			/name that cannot be part of a host name/,
			/pre-signed URL/i,
		],
		[
			'an access point that the token does not grant',
			() => ({ MessageReference: { accesspoint: roche.sandbox.info.otherAccessPoint, objectKey: 'k' } }),
			/is not one of the 1 that the token grants/,
			/Restrict to Granted/,
		],
		[
			'a bucket',
			() => ({ MessageReference: { accesspoint: 'arn:aws:s3:::bucket', objectKey: 'k' } }),
			/a bucket or an object/,
			/ARN|arn/,
		],
		[
			'an empty object key',
			() => ({ MessageReference: { accesspoint: roche.sandbox.info.accessPoint, objectKey: '' } }),
			/^Object Key is empty/,
			/notification/,
		],
		['an item that is not a notification', () => ({ hello: 1 }), /^MessageReference is missing/, /Object/],
		[
			'a pre-signed URL of another host',
			() => ({ MessageReference: { url: 'https://s3.amazonaws.com.evil.example/x?X-Amz-Signature=abcdef' } }),
			/leads to s3\.amazonaws\.com\.evil\.example/,
			/Allowed Hosts/,
		],
		[
			'an access point in another cloud',
			() => ({
				MessageReference: { accesspoint: 'arn:evil:s3:us-east-1:019364481091:accesspoint/a-b', objectKey: 'k' },
			}),
			/partition/,
			/aws/,
		],
	])('%s', async (_name, json, message, advice) => {
		const run = await roche.run([json()], [{ type: FETCH }]);
		expect(run.error).toMatchObject({ name: 'NodeOperationError', message: expect.stringMatching(message) as string });
		expect(run.error?.description).toMatch(advice);
		expect(run.persisted.match(/X-Amz-Signature/g)?.length ?? 0).toBeLessThanOrEqual(1);
		expect(await roche.sandbox.requests('s3')).toEqual([]);
	});

	it('a file beyond the size limit, without reading it', async () => {
		const file = await roche.sandbox.addFile({ kind: 'bytes', key: 'large.bin', size: 2 * 1024 * 1024 });
		const { notification } = await roche.sandbox.notify({ objectKey: file.key });
		const stored = await roche.engine.storedFiles();
		const run = await roche.run([notification], [{ type: FETCH, parameters: { options: { maxFileSize: 1 } } }]);
		expect(run.error?.message).toBe('The file is larger than the option "Max File Size" allows');
		expect(await roche.engine.storedFiles()).toEqual(stored);
	});

	it('and requests an access point that was not granted only if the option allows it', async () => {
		const { otherAccessPoint } = roche.sandbox.info;
		const json = { MessageReference: { accesspoint: otherAccessPoint, objectKey: 'k' } };
		const run = await roche.run(
			[json],
			[{ type: FETCH, parameters: { options: { restrictToGrantedAccessPoints: false } } }],
		);
		expect(run.error?.message).toBe('S3 denied access to the file');
	});
});

describe('the content of a file', () => {
	it.each([
		['json', '{"name":"Erika Mustermann', 'The file is not JSON'],
		['text', 'Erika Mustermann \u00ff', 'The file is not text in UTF-8'],
	])('is in no error if it is not %s', async (output, text, message) => {
		const base64 = Buffer.from(text, 'latin1').toString('base64');
		await roche.sandbox.addFile({ kind: 'content', key: 'broken', base64, contentType: 'text/plain' });
		const { notification } = await roche.sandbox.notify({ objectKey: 'broken' });
		const run = await roche.run([notification], [{ type: FETCH, parameters: { output } }]);
		expect(run.error?.message).toBe(message);
		expect(run.persisted + run.log).not.toContain('Mustermann');
	});
});

describe('the environment variables of the n8n server', () => {
	it('cannot redirect the session token to another host', async () => {
		const hijacked = await Roche.start(
			{},
			{
				AWS_ENDPOINT_URL: 'http://127.0.0.1:9/',
				AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9/',
				AWS_USE_FIPS_ENDPOINT: 'true',
				AWS_USE_DUALSTACK_ENDPOINT: 'true',
				AWS_REGION: 'eu-west-3',
				AWS_ACCESS_KEY_ID: 'AKIAOTHER',
				AWS_SECRET_ACCESS_KEY: 'other',
			},
		);
		try {
			const [message] = await hijacked.notifications(1);
			const run = await hijacked.run([message?.item ?? {}], [{ type: TOKEN }, { type: FETCH }]);
			expect(run.status).toBe('success');
			const [request] = await hijacked.sandbox.requests('s3');
			expect(request?.host).toMatch(/^[a-z0-9-]+-\d{12}\.s3-accesspoint\.us-east-1\.amazonaws\.com$/);
		} finally {
			await hijacked.stop();
		}
	});
});

describe('cancelling a run', () => {
	it.each<[string, Fault]>([
		['while S3 does not answer', { kind: 'stall', when: 'headers' }],
		['in the middle of a file', { kind: 'stall', when: 'body', afterBytes: 1000 }],
	])('ends it at once %s', async (_name, fault) => {
		await roche.sandbox.fault({ target: 's3', times: 4, fault });
		const stored = await roche.engine.storedFiles();
		const run = await roche.run([item], [{ type: FETCH }], { signal: AbortSignal.timeout(1500) });
		expect(run.status).toBe('canceled');
		expect(await roche.engine.storedFiles()).toEqual(stored);
	});
});
