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
	it('in a notification is used without a token, whatever its field is called', async () => {
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

	it('is read without any credential, and no header of Roche goes with it', async () => {
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

	it('that was changed is refused by S3, and its signature is in no error', async () => {
		const { url } = await presigned();
		const broken = url.replace(/X-Amz-Expires=\d+/, 'X-Amz-Expires=999');
		const parameters = { source: 'presignedUrl', presignedUrl: '={{ $json.link }}' };
		const run = await roche.run([{ link: broken }], [{ type: FETCH, parameters }]);
		expect(run.error).toMatchObject({ message: 'S3 did not accept the signature of the request', httpCode: '403' });
		expect(JSON.stringify([run.error, run.log])).not.toContain(signatureOf(url));
	});

	it('that has expired says so', async () => {
		const { url } = await presigned(1);
		await roche.sandbox.settings({ clockOffsetSeconds: 60 });
		const run = await roche.run(
			[{ MessageReference: { url } }],
			[{ type: FETCH, parameters: { options: { maxAttempts: 1 } } }],
		);
		expect(run.error).toMatchObject({ message: 'The pre-signed URL has expired', httpCode: '403' });
		expect(JSON.stringify([run.error, run.log])).not.toContain(signatureOf(url));
	});

	it('is not followed to another place', async () => {
		const { url } = await presigned();
		await roche.sandbox.fault({
			target: 's3',
			fault: { kind: 'status', status: 307, body: '<html/>', headers: { location: 'https://evil.example/' } },
		});
		const run = await roche.run([{ MessageReference: { url } }], [{ type: FETCH }]);
		expect(run.error?.message).toBe('S3 answered with an error that is not expected here (307)');
		expect(await roche.sandbox.requests('s3')).toHaveLength(1);
		expect((await roche.sandbox.requests('proxy')).filter(({ host }) => host.includes('evil'))).toEqual([]);
	});

	it('of a host that is allowed is asked for', async () => {
		const parameters = {
			source: 'presignedUrl',
			presignedUrl: 'https://files.example.org/a.json',
			options: { allowedHosts: 'other.example, files.example.org', maxAttempts: 1 },
		};
		const run = await roche.run([{}], [{ type: FETCH, parameters }]);
		// The sandbox's proxy knows no such host.
		expect(run.error?.message).toBe('The proxy does not allow connections to files.example.org (403)');
	});

	it('goes on after a cut', async () => {
		const file = await roche.sandbox.addFile({ kind: 'bytes', key: 'cut.bin', size: 2_000_000 });
		const url = await roche.sandbox.presign({ objectKey: file.key, expiresSeconds: 60 });
		await roche.sandbox.fault({ target: 's3', fault: { kind: 'drop', when: 'in-body', afterBytes: 500_000 } });
		const run = await roche.run([{ MessageReference: { url } }], [{ type: FETCH }]);
		expect(run.json(FETCH)[0]).toMatchObject({ file: { sha256: file.sha256, resumed: 1 } });
	});
});
