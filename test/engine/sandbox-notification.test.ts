import type { IDataObject } from 'n8n-workflow';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RocheNotification } from '../sandbox/types';
import { Roche, type RunSettings } from './roche';

const NODE = 'rocheSandboxNotification';
const CALLER = { authentication: 'basicAuth', user: 'röche-of-the-test', password: 'päss:word-of-the-test' };
const roche = Roche.forAllTests();

let server: Server;
let callbackUrl: string;
let received: Array<{ authorization: string | undefined; body: RocheNotification }> = [];

// Represents the trigger of a workflow: an address to which Roche's sandbox posts.
beforeAll(async () => {
	server = createServer((request, response) => {
		void text(request).then((body) => {
			received.push({
				authorization: request.headers.authorization,
				body: JSON.parse(body) as RocheNotification,
			});
			response.end();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	callbackUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook/roche-notification`;
});
afterAll(() => {
	server.closeAllConnections();
	server.close();
});
beforeEach(() => (received = []));

async function run(parameters: IDataObject = {}, settings: RunSettings = {}) {
	const step = { type: NODE, parameters: { callbackUrl, ...parameters } as never } as const;
	return await roche.run([{ n: 1 }], [step], { webhookCredential: CALLER, ...settings });
}

async function notifications(count: number): Promise<typeof received> {
	const deadline = Date.now() + 10_000;
	while (received.length < count && Date.now() < deadline) await sleep(20);
	return received;
}

describe('Roche Sandbox Notification', () => {
	it('makes the sandbox post a FHIR and a CDA notification, with user and password of the webhook credential', async () => {
		const { json, items } = await run().then((done) => ({ json: done.json(NODE), items: done.items(NODE) }));
		const [request] = await roche.sandbox.requests('sandbox');
		expect(json).toEqual([
			{
				n: 1,
				sandboxRequest: {
					originRequestId: request?.headers['x-origin-request-id'],
					requestedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
				},
			},
		]);
		expect(items[0]?.pairedItem).toEqual({ item: 0 });
		const posted = await notifications(2);
		expect(posted.map(({ body }) => body.MessageType)).toEqual(['Clinical Data', 'Clinical Report']);
		const authorization = `Basic ${Buffer.from(`${CALLER.user}:${CALLER.password}`, 'utf8').toString('base64')}`;
		expect(posted.map((one) => one.authorization)).toEqual([authorization, authorization]);
	});

	it("sends the documented headers over mutual TLS, for the sandbox's organization", async () => {
		const { credential } = roche.sandbox.info;
		await run();
		const [request] = await roche.sandbox.requests('sandbox');
		expect(request?.headers).toMatchObject({
			org_id: '1.3.6.1.4.1.56221.1.3',
			client_id: credential.clientId,
			client_secret: credential.clientSecret,
			'content-type': 'application/json',
			host: 'api-services-demo.rochedcplatform-sandbox.com',
		});
		expect(request).toMatchObject({
			method: 'POST',
			path: '/sandbox/partners/services/api/v1/notification',
			status: 200,
		});
		expect(request?.clientCertificateSubject).toContain('@');
	});

	it('accepts another path, organization and request id', async () => {
		const path = '/sandbox/api/partners/services/api/v1/notification';
		const originRequestId = '2f1c0c1e-8c1b-4c6e-9d5e-0a4f6b7c8d9e';
		const done = await run({ options: { path, orgId: '1.2.3', originRequestId } });
		const [request] = await roche.sandbox.requests('sandbox');
		expect(request).toMatchObject({ path, headers: { org_id: '1.2.3', 'x-origin-request-id': originRequestId } });
		expect(done.error?.message).toContain('Organization ID is not valid');
	});

	it('sends no user and password for a trigger without authentication, and needs no webhook credential', async () => {
		const done = await run({ callbackAuthentication: 'none' }, { webhookCredential: undefined });
		expect(done.status).toBe('success');
		expect((await notifications(2)).map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
	});

	it.each<[string, IDataObject, string]>([
		[
			'a header',
			{ authentication: 'headerAuth', headerName: 'x-key', headerValue: 'a-header-of-the-test' },
			'uses a header',
		],
		['no password', { ...CALLER, password: '' }, 'User or Password is empty'],
		['no user', { ...CALLER, user: '' }, 'User or Password is empty'],
	])('refuses a webhook credential with %s before any request', async (_name, webhookCredential, message) => {
		const done = await run({}, { webhookCredential });
		expect(done.error?.message).toContain(message);
		expect(await roche.sandbox.requests('sandbox')).toEqual([]);
		expect(done.persisted + done.log).not.toMatch(/a-header-of-the-test|of-the-test/);
	});

	it('refuses a credential of the live environment before any request', async () => {
		const done = await run({}, { credential: roche.freshCredential({ environment: 'live' }) });
		expect(done.error?.message).toContain('Environment is live');
		expect(await roche.sandbox.requests()).toEqual([]);
	});

	it.each([
		['a refusal', { clientSecret: 'wrong-secret-of-the-test' }, 'Client ID or Client Secret is wrong (401)'],
		['a success', {}, undefined],
	])(
		'neither the secrets nor the password are in the data that n8n stores or logs of %s',
		async (_name, changes, message) => {
			const credential = roche.freshCredential(changes);
			const done = await run({}, { credential });
			expect(done.error?.message).toBe(message);
			const { user, password } = CALLER;
			const forms = [user, password].flatMap((value) => [value, Buffer.from(value).toString('base64')]);
			const secrets = [...forms, roche.sandbox.info.credential.clientSecret, 'wrong-secret-of-the-test'];
			expect(secrets.filter((secret) => (done.persisted + done.log).includes(secret))).toEqual([]);
		},
	);

	it('sends one request only: if its answer is lost, Roche may still have executed it', async () => {
		await roche.sandbox.settings({ proxy: { status: 503 } });
		const done = await run({ options: { maxAttempts: 4 } });
		expect(done.status).toBe('error');
		expect((await roche.sandbox.requests('proxy')).length).toBe(1);
	});
});
