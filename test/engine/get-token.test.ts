import { X509Certificate } from 'node:crypto';
import { Roche } from './roche';

const TOKEN = 'rocheGetToken';
const roche = Roche.forAllTests();

describe('Roche Get Token', () => {
	it('adds sealed credentials, access points and the request id to the fields of the input', async () => {
		const run = await roche.run([{ MessageId: 'm-1' }], [{ type: TOKEN }]);
		const [request] = await roche.sandbox.requests('token');
		expect(run.json(TOKEN)).toEqual([
			{
				MessageId: 'm-1',
				awsCredentials: {
					AccessKeyId: expect.stringMatching(/^ASIA/) as string,
					SecretAccessKey: expect.stringMatching(/^sealed:v1:/) as string,
					SessionToken: expect.stringMatching(/^sealed:v1:/) as string,
					Expiration: expect.stringMatching(/Z$/) as string,
				},
				awsResources: [roche.sandbox.info.accessPoint],
				originRequestId: request?.headers['x-origin-request-id'],
			},
		]);
		expect(run.items(TOKEN)[0]?.pairedItem).toEqual({ item: 0 });
	});

	it('sends exactly the documented headers over mutual TLS, and no body', async () => {
		const { credential, orgId } = roche.sandbox.info;
		await roche.run([{}], [{ type: TOKEN }]);
		const [request] = await roche.sandbox.requests('token');
		const headers = new Map(request?.rawHeaders);
		for (const name of ['host', 'connection', 'content-length', 'Content-Length', 'Host', 'Connection'])
			headers.delete(name);
		expect(Object.fromEntries(headers)).toEqual({
			org_id: orgId,
			client_id: credential.clientId,
			client_secret: credential.clientSecret,
			'x-origin-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
			'Content-Type': 'application/json',
			Accept: 'application/json',
		});
		expect(request).toMatchObject({
			method: 'POST',
			path: '/partners/services/api/v1/token',
			bodyBytes: 0,
			status: 200,
		});
		expect(request?.clientCertificateSubject).toContain('@');
	});

	it('makes one call for all items of a run, and none in the next run with the same credential', async () => {
		const credential = roche.freshCredential();
		const first = await roche.run(
			Array.from({ length: 25 }, (_, n) => ({ n })),
			[{ type: TOKEN }],
			{ credential },
		);
		const second = await roche.run([{}], [{ type: TOKEN }], { credential });
		expect(await roche.sandbox.requests('token')).toHaveLength(1);
		const keys = [...first.json(TOKEN), ...second.json(TOKEN)].map(
			({ awsCredentials }) => (awsCredentials as { AccessKeyId: string }).AccessKeyId,
		);
		expect(new Set(keys).size).toBe(1);
		expect(first.json(TOKEN).map(({ n }) => n)).toEqual(Array.from({ length: 25 }, (_, n) => n));
	});

	it('gets a new token when the cached one expires in less than five minutes', async () => {
		await roche.sandbox.settings({ tokenLifetimeSeconds: 299 });
		const credential = roche.freshCredential();
		await roche.run([{}], [{ type: TOKEN }], { credential });
		await roche.run([{}], [{ type: TOKEN }], { credential });
		expect(await roche.sandbox.requests('token')).toHaveLength(2);
	});

	it('without reuse, gets one token for each item, with the given ids and organization', async () => {
		const originRequestId = '2f1c0c1e-8c1b-4c6e-9d5e-0a4f6b7c8d9e';
		const options = { reuseToken: false, originRequestId };
		await roche.run([{}, {}], [{ type: TOKEN, parameters: { options } }]);
		const sent = (await roche.sandbox.requests('token')).map(({ headers }) => headers['x-origin-request-id']);
		expect(sent).toEqual([originRequestId, originRequestId]);
	});

	it('evaluates options for each item, and reports an organization unknown to Roche', async () => {
		const run = await roche.run(
			[{ org: roche.sandbox.info.orgId }, { org: '9.9.9' }],
			[{ type: TOKEN, parameters: { options: { orgId: '={{ $json.org }}' } }, onError: 'continueRegularOutput' }],
		);
		expect(run.json(TOKEN)).toMatchObject([
			{ awsResources: [roche.sandbox.info.accessPoint] },
			{
				org: '9.9.9',
				error: 'Organization ID is not valid, or Client ID is not allowed to act for it (403)',
				details: { httpCode: '403' },
			},
		]);
	});

	it('outputs plain secrets if the option is set', async () => {
		const run = await roche.run(
			[{}],
			[{ type: TOKEN, parameters: { secretOutput: 'plain', includeInputFields: false } }],
		);
		expect(JSON.stringify(run.json(TOKEN))).not.toContain('sealed:');
	});

	it('omits the fields of the input if the option is set', async () => {
		const run = await roche.run([{ MessageId: 'm' }], [{ type: TOKEN, parameters: { includeInputFields: false } }]);
		expect(Object.keys(run.json(TOKEN)[0] ?? {})).toEqual(['awsCredentials', 'awsResources', 'originRequestId']);
	});

	it('ends at once when the run is cancelled', async () => {
		await roche.sandbox.fault({ target: 'token', times: 4, fault: { kind: 'stall', when: 'headers' } });
		const run = await roche.run([{}], [{ type: TOKEN }], { signal: AbortSignal.timeout(1000) });
		expect(run.status).toBe('canceled');
	});

	it('outputs how long the client certificate is valid, if the option is set', async () => {
		const parameters = { options: { includeCertificateExpiry: true } };
		const run = await roche.run([{ MessageId: 'm-1' }], [{ type: TOKEN, parameters }]);
		const { clientCertificate } = run.json(TOKEN)[0] ?? {};
		const { expiresAt, daysLeft } = clientCertificate as { expiresAt: string; daysLeft: number };
		const { validTo } = new X509Certificate(roche.sandbox.info.credential.clientCertificate);
		expect(Date.parse(expiresAt)).toBe(Date.parse(validTo));
		expect(daysLeft).toBe(Math.floor((Date.parse(validTo) - Date.now()) / 86_400_000));
		expect(daysLeft).toBeGreaterThan(30);
		expect(run.hints(TOKEN)).toEqual([]);
	});

	it('warns in the editor of a client certificate that expires within 30 days, whatever the option', async () => {
		const credential = roche.freshCredential({ ...roche.sandbox.info.identities.expiresSoon });
		const run = await roche.run([{}], [{ type: TOKEN }], { credential });
		expect(run.json(TOKEN)[0]).not.toHaveProperty('clientCertificate');
		const { validTo } = new X509Certificate(roche.sandbox.info.identities.expiresSoon.clientCertificate);
		const date = new Date(validTo).toISOString().slice(0, 10);
		expect(run.hints(TOKEN)).toMatchObject([{ type: 'warning' }]);
		expect(run.hints(TOKEN)[0]?.message).toMatch(new RegExp(`expires on ${date}, in (9|10) days\\.`));
	});
});
