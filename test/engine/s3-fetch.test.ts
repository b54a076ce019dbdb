import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { Roche } from './roche';

const TOKEN = 'rocheGetToken';
const FETCH = 'rocheS3Fetch';
const HOSTILE_KEY = 'delivery/ä b+c=(1)/%41 #?&.json';
const roche = Roche.forAllTests();

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function announced(key: string, text = '{"resourceType":"Bundle"}'): Promise<IDataObject> {
	const base64 = Buffer.from(text).toString('base64');
	await roche.sandbox.addFile({ kind: 'content', key, base64, contentType: 'application/json' });
	const { notification } = await roche.sandbox.notify({ objectKey: key });
	return { ...notification };
}

describe('Roche S3 Fetch reads the file of a notification', () => {
	it.each([500, 5000, 12_000])('with %i observations, byte for byte', async (observations) => {
		const file = await roche.sandbox.addFile({ kind: 'bundle', observations });
		const { notification } = await roche.sandbox.notify({ objectKey: file.key });
		const run = await roche.run([notification], [{ type: TOKEN }, { type: FETCH }]);
		const [item] = run.items(FETCH);
		expect(item?.json).toEqual({
			...notification,
			originRequestId: expect.any(String) as string,
			file: {
				name: file.key.split('/').at(-1),
				key: file.key,
				accessPoint: roche.sandbox.info.accessPoint,
				size: file.size,
				contentType: file.contentType,
				etag: expect.stringMatching(/^[0-9a-f-]+$/) as string,
				lastModified: expect.stringMatching(/^\d{4}-.*Z$/) as string,
				sha256: file.sha256,
				messageType: 'Clinical Data',
				source: 'accessPoint',
				resumed: 0,
			},
		});
		expect(sha256(await roche.engine.readBinary(item?.binary?.data))).toBe(file.sha256);
		expect(item?.pairedItem).toEqual({ item: 0 });
	});

	it("although the token also grants an access point whose ARN cannot be read, such as that of Roche's sample", async () => {
		const sample = 'arn:aws:s3:us-east-1:019364481091:accesspoint/example-emr-integration-1.1.1.1.1-accesspoint';
		await roche.sandbox.settings({ awsResources: [sample, roche.sandbox.info.accessPoint] });
		const run = await roche.run([await announced('granted.json')], [{ type: FETCH }]);
		expect(run.json(FETCH)[0]).toMatchObject({ file: { key: 'granted.json' } });
	});

	it('a CDA report, with its type and name', async () => {
		const file = await roche.sandbox.addFile({ kind: 'cda' });
		const { notification } = await roche.sandbox.notify({ objectKey: file.key });
		const run = await roche.run([notification], [{ type: FETCH }]);
		expect(run.json(FETCH)[0]).toMatchObject({ file: { sha256: file.sha256, messageType: 'Clinical Report' } });
		expect(run.items(FETCH)[0]?.binary?.data).toMatchObject({
			fileExtension: 'xml',
			mimeType: expect.stringContaining('xml') as string,
		});
	});

	it('if its key contains every character with a meaning in URLs', async () => {
		const run = await roche.run(
			[await announced(HOSTILE_KEY, '{"hostile":true}')],
			[{ type: FETCH, parameters: { output: 'json' } }],
		);
		expect(run.json(FETCH)[0]).toMatchObject({
			data: { hostile: true },
			file: { key: HOSTILE_KEY, name: '%41 #?&.json' },
		});
	});

	it('as JSON or text in the field data, and without binary data', async () => {
		const item = await announced('a.json', '\ufeff{"a":"ä"}');
		const json = await roche.run([item], [{ type: FETCH, parameters: { output: 'json' } }]);
		const text = await roche.run([item], [{ type: FETCH, parameters: { output: 'text' } }]);
		expect(json.json(FETCH)[0]?.data).toEqual({ a: 'ä' });
		expect(text.json(FETCH)[0]?.data).toBe('{"a":"ä"}');
		expect([json.items(FETCH)[0]?.binary, text.items(FETCH)[0]?.binary]).toEqual([undefined, undefined]);
	});

	it('into the named binary field, also in memory mode', async () => {
		const run = await roche.run(
			[await announced('b.json')],
			[{ type: FETCH, parameters: { binaryPropertyName: 'bundle' } }],
			{ binaryMode: 'default' },
		);
		const bytes = await roche.engine.readBinary(run.items(FETCH)[0]?.binary?.bundle);
		expect(bytes.toString()).toBe('{"resourceType":"Bundle"}');
	});

	it('by access point and object key', async () => {
		await announced('c.json');
		const parameters = { source: 'object', accessPoint: roche.sandbox.info.accessPoint, objectKey: 'c.json' };
		const run = await roche.run([{}], [{ type: FETCH, parameters }]);
		expect(run.json(FETCH)[0]).toMatchObject({ file: { key: 'c.json' } });
	});

	it('by the default expressions: with the access point of the token if the item has none', async () => {
		await announced('d.json');
		const run = await roche.run(
			[{ MessageReference: { objectKey: 'd.json' } }],
			[{ type: TOKEN }, { type: FETCH, parameters: { source: 'object' } }],
		);
		expect(run.json(FETCH)[0]).toMatchObject({ file: { key: 'd.json', accessPoint: roche.sandbox.info.accessPoint } });
	});

	it('many at once, in the order of the input', async () => {
		const made = await roche.notifications(25);
		const run = await roche.run(
			made.map(({ item }) => item),
			[{ type: FETCH, parameters: { options: { concurrency: 5 } } }],
		);
		expect(run.json(FETCH).map(({ file }) => (file as IDataObject).sha256)).toEqual(
			made.map(({ file }) => file.sha256),
		);
		expect(run.items(FETCH).map(({ pairedItem }) => pairedItem)).toEqual(made.map((_, item) => ({ item })));
		expect(await roche.sandbox.requests('token')).toHaveLength(1);
	});
});

describe('the token', () => {
	it.each(['sealed', 'plain'])('of the item is used when it is %s', async (secretOutput) => {
		const run = await roche.run(
			[await announced('e.json')],
			[{ type: TOKEN, parameters: { secretOutput } }, { type: FETCH }],
		);
		expect(run.status).toBe('success');
		expect(await roche.sandbox.requests('token')).toHaveLength(1);
	});

	it('is fetched by the node if the item has none, an expired one, or one sealed with another credential', async () => {
		const item = await announced('f.json');
		const other = await roche.run([item], [{ type: TOKEN }], {
			credential: { ...roche.freshCredential(), ...roche.sandbox.info.identities.ecdsa },
		});
		const sealedByOther = { ...other.json(TOKEN)[0] };
		const awsCredentials = { ...(sealedByOther.awsCredentials as IDataObject), Expiration: '2020-11-12T08:49:00.000Z' };
		await roche.sandbox.clearRequests();
		const run = await roche.run([item, sealedByOther, { ...sealedByOther, awsCredentials }], [{ type: FETCH }]);
		expect(run.status).toBe('success');
		expect(await roche.sandbox.requests('token')).toHaveLength(1);
		expect(await roche.sandbox.requests('s3')).toHaveLength(3);
	});

	it('is renewed once if S3 answers that it has expired', async () => {
		await roche.sandbox.fault({
			target: 's3',
			fault: { kind: 'status', status: 400, body: '<Error><Code>ExpiredToken</Code></Error>' },
		});
		const run = await roche.run([await announced('g.json')], [{ type: TOKEN }, { type: FETCH }]);
		expect(run.status).toBe('success');
		expect(await roche.sandbox.requests('token')).toHaveLength(2);
	});

	it('is not renewed a second time', async () => {
		await roche.sandbox.fault({
			target: 's3',
			times: 9,
			fault: { kind: 'status', status: 400, body: '<Error><Code>ExpiredToken</Code></Error>' },
		});
		const run = await roche.run([await announced('h.json')], [{ type: TOKEN }, { type: FETCH }]);
		expect(run.error?.message).toBe('The AWS session token has expired');
		expect(await roche.sandbox.requests('s3')).toHaveLength(2);
	});
});

describe('a request to S3', () => {
	it('contains neither a header of Roche nor the client certificate', async () => {
		const { credential } = roche.sandbox.info;
		await roche.run([await announced('i.json')], [{ type: FETCH }]);
		const [request] = await roche.sandbox.requests('s3');
		expect(request?.clientCertificateSubject).toBeNull();
		const sent = JSON.stringify(request);
		for (const text of [
			'client_id',
			'client_secret',
			'org_id',
			'x-origin-request-id',
			credential.clientSecret,
			credential.clientId,
		]) {
			expect(sent).not.toContain(text);
		}
	});
});
