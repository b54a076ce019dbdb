import { chain, Roche } from './roche';

const FETCH = 'rocheS3Fetch';
const roche = Roche.forAllTests();

/** A file, and a pre-signed URL of it. */
async function presigned(expiresSeconds = 60) {
	const file = await roche.sandbox.addFile({ kind: 'bundle', observations: 3 });
	return { file, url: await roche.sandbox.presign({ objectKey: file.key, expiresSeconds }) };
}

const signatureOf = (url: string): string => new URL(url).searchParams.get('X-Amz-Signature') ?? '';

describe('a pre-signed URL', () => {
	it('in a notification is used without a token, whatever the name of its field', async () => {
		const { file } = await presigned();
		const { notification } = await roche.sandbox.notify({
			objectKey: file.key,
			presigned: { field: 'anyName', expiresSeconds: 60 },
		});
		const run = await roche.run([notification], [{ type: FETCH }]);
		expect(run.json(FETCH)[0]).toMatchObject({
			file: { key: file.key, name: file.key.split('/').at(-1), sha256: file.sha256, source: 'presignedUrl' },
		});
		expect(await roche.sandbox.requests('token')).toEqual([]);
		const { anyName } = notification.MessageReference;
		expect(run.json(FETCH)[0]).toMatchObject({ MessageReference: { anyName: anyName?.split('?')[0] } });
		expect(JSON.stringify(run.items(FETCH)) + run.log).not.toContain(signatureOf(anyName ?? ''));
	});

	it('is read without any credential, and without headers of Roche', async () => {
		const { file, url } = await presigned();
		const run = await roche.engine.runWorkflow({
			workflow: {
				...chain(
					[{ link: url }],
					[{ type: FETCH, parameters: { source: 'presignedUrl', presignedUrl: '={{ $json.link }}' } }],
				),
			},
		});
		expect(run.json(FETCH)[0]).toMatchObject({ file: { sha256: file.sha256 } });
		const [request] = await roche.sandbox.requests('s3');
		expect(request?.clientCertificateSubject).toBeNull();
		expect(Object.keys(request?.headers ?? {}).filter((name) => /client|org|authorization|origin/.test(name))).toEqual(
			[],
		);
	});

	it('reads a file whose date is not valid, and omits the date', async () => {
		const { url } = await presigned();
		const headers = { ETag: '"several-parts-2"', 'Last-Modified': 'yesterday' };
		await roche.sandbox.fault({ target: 's3', fault: { kind: 'status', status: 200, body: '{}', headers } });
		const parameters = { source: 'presignedUrl', presignedUrl: url };
		const run = await roche.run([{}], [{ type: FETCH, parameters }]);
		expect(run.json(FETCH)[0]).toMatchObject({ file: { size: 2, etag: 'several-parts-2' } });
		expect(run.json(FETCH)[0]?.file).not.toHaveProperty('lastModified');
	});

	it('is refused by S3 if it was changed, and its signature is in no error', async () => {
		const { url } = await presigned();
		const broken = url.replace(/X-Amz-Expires=\d+/, 'X-Amz-Expires=999');
		const parameters = { source: 'presignedUrl', presignedUrl: '={{ $json.link }}' };
		const run = await roche.run([{ link: broken }], [{ type: FETCH, parameters }]);
		expect(run.error).toMatchObject({ message: 'S3 did not accept the signature of the request', httpCode: '403' });
		expect(JSON.stringify([run.error, run.log])).not.toContain(signatureOf(url));
	});

	it('that has expired is reported', async () => {
		const { url } = await presigned(1);
		await roche.sandbox.settings({ clockOffsetSeconds: 60 });
		const run = await roche.run(
			[{ MessageReference: { url } }],
			[{ type: FETCH, parameters: { options: { maxAttempts: 1 } } }],
		);
		expect(run.error).toMatchObject({ message: 'The pre-signed URL has expired', httpCode: '403' });
		expect(JSON.stringify([run.error, run.log])).not.toContain(signatureOf(url));
	});

	it('that has expired is replaced by access point and key if they are known, with a token; the signature stays hidden', async () => {
		const file = await roche.sandbox.addFile({ kind: 'bundle', observations: 3 });
		const presigned = { field: 'anyName', expiresSeconds: 1 };
		const { notification } = await roche.sandbox.notify({ objectKey: file.key, presigned });
		await roche.sandbox.settings({ clockOffsetSeconds: 60 });
		const run = await roche.run([notification], [{ type: FETCH }]);
		const { accesspoint, anyName = '' } = notification.MessageReference;
		expect(run.json(FETCH)[0]).toMatchObject({
			MessageReference: { anyName: anyName.split('?')[0] },
			file: { key: file.key, accessPoint: accesspoint, sha256: file.sha256, source: 'accessPoint' },
		});
		expect(await roche.sandbox.requests('token')).toHaveLength(1);
		expect(await roche.sandbox.requests('s3')).toMatchObject([{ status: 403 }, { status: 200 }]);
		expect(JSON.stringify(run.items(FETCH)) + run.log).not.toContain(signatureOf(anyName));
	});

	it('that was signed by an expired token is replaced in the same way', async () => {
		const file = await roche.sandbox.addFile({ kind: 'bundle', observations: 3 });
		const { notification } = await roche.sandbox.notify({ objectKey: file.key, presigned: true });
		const body = '<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>';
		await roche.sandbox.fault({ target: 's3', fault: { kind: 'status', status: 400, body } });
		const run = await roche.run([notification], [{ type: FETCH }]);
		expect(run.json(FETCH)[0]).toMatchObject({ file: { sha256: file.sha256, source: 'accessPoint' } });
	});

	it.each([
		['is gone', 404, 'There is no file with this object key', 'NoSuchKey'],
		['is denied', 403, 'S3 denied access to the file', 'AccessDenied'],
	])('whose file %s fails, although access point and key are known', async (_what, status, message, code) => {
		const file = await roche.sandbox.addFile({ kind: 'bundle', observations: 3 });
		const { notification } = await roche.sandbox.notify({ objectKey: file.key, presigned: true });
		const body = `<Error><Code>${code}</Code></Error>`;
		await roche.sandbox.fault({ target: 's3', fault: { kind: 'status', status, body } });
		const run = await roche.run([notification], [{ type: FETCH }]);
		expect(run.error).toMatchObject({ message, httpCode: String(status) });
		expect(await roche.sandbox.requests('s3')).toHaveLength(1);
	});

	it('is taken from the field that the option names', async () => {
		const { file, url } = await presigned();
		const reference = { decoy: 'https://bucket.s3.amazonaws.com/other?X-Amz-Signature=decoy', real: url };
		const parameters = { options: { presignedUrlField: 'real' } };
		const run = await roche.run([{ MessageReference: reference }], [{ type: FETCH, parameters }]);
		expect(run.json(FETCH)[0]).toMatchObject({ file: { sha256: file.sha256, source: 'presignedUrl' } });
	});

	it('is not redirected to another host', async () => {
		const { url } = await presigned();
		await roche.sandbox.fault({
			target: 's3',
			fault: { kind: 'status', status: 307, body: '<html/>', headers: { location: 'https://evil.example/' } },
		});
		const run = await roche.run([{ MessageReference: { url } }], [{ type: FETCH }]);
		expect(run.error?.message).toBe('S3 answered with an unexpected error (307)');
		expect(await roche.sandbox.requests('s3')).toHaveLength(1);
		expect((await roche.sandbox.requests('proxy')).filter(({ host }) => host.includes('evil'))).toEqual([]);
	});

	it('of an allowed host is requested', async () => {
		const parameters = {
			source: 'presignedUrl',
			presignedUrl: 'https://files.example.org/a.json',
			options: { allowedHosts: 'other.example, files.example.org', maxAttempts: 1 },
		};
		const run = await roche.run([{}], [{ type: FETCH, parameters }]);
		// The sandbox's proxy refuses this host.
		expect(run.error?.message).toBe('The proxy does not allow connections to files.example.org (403)');
	});

	it('resumes after the connection is cut', async () => {
		const file = await roche.sandbox.addFile({ kind: 'bytes', key: 'cut.bin', size: 2_000_000 });
		const url = await roche.sandbox.presign({ objectKey: file.key, expiresSeconds: 60 });
		await roche.sandbox.fault({ target: 's3', fault: { kind: 'drop', when: 'in-body', afterBytes: 500_000 } });
		const run = await roche.run([{ MessageReference: { url } }], [{ type: FETCH }]);
		expect(run.json(FETCH)[0]).toMatchObject({ file: { sha256: file.sha256, resumed: 1 } });
	});
});
