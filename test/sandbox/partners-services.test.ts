import { setTimeout as sleep } from 'node:timers/promises';
import { startSandboxProcess, type SandboxClient } from './process';
import { acknowledge, callApi } from './test-client';
import type { TokenAnswer } from './tokens';
import type { IdentityName } from './types';

let sandbox: SandboxClient;

beforeAll(async () => {
	sandbox = await startSandboxProcess();
});
afterAll(async () => {
	await sandbox.close();
});
afterEach(async () => {
	await sandbox.clearFaults();
});

describe('Get Token', () => {
	it('returns new credentials and the granted access point each time', async () => {
		const [one, two] = await Promise.all([callApi(sandbox.info), callApi(sandbox.info)]);
		const first = JSON.parse(one.text) as TokenAnswer;
		const second = JSON.parse(two.text) as TokenAnswer;
		expect(one.status).toBe(200);
		expect(first.awsResources).toEqual([sandbox.info.accessPoint]);
		expect(first.awsCredentials.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
		expect(first.awsCredentials.SessionToken).toMatch(/^(?=.*\/)(?=.*\+)[A-Za-z0-9+/]{500,}=+$/);
		expect(first.awsCredentials.Expiration).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
		expect(second.awsCredentials.AccessKeyId).not.toBe(first.awsCredentials.AccessKeyId);
	});

	it('returns credentials with the lifetime of the setting, by the sandbox clock', async () => {
		await sandbox.settings({ tokenLifetimeSeconds: 60, clockOffsetSeconds: 600 });
		const { awsCredentials } = JSON.parse((await callApi(sandbox.info)).text) as TokenAnswer;
		await sandbox.settings({ tokenLifetimeSeconds: 3600, clockOffsetSeconds: 0 });
		const left = Date.parse(awsCredentials.Expiration) - Date.now();
		expect(left).toBeGreaterThan(650_000);
		expect(left).toBeLessThanOrEqual(660_000);
	});

	it('is also reached under the live host and directly', async () => {
		const { liveApiBaseUrl, customApiBaseUrl } = sandbox.info;
		expect((await callApi(sandbox.info, { baseUrl: liveApiBaseUrl })).status).toBe(200);
		expect((await callApi(sandbox.info, { baseUrl: customApiBaseUrl })).status).toBe(200);
	});
});

describe('refusals', () => {
	const invalidClient = { status: 401, text: '{"error":"Invalid Client"}' };
	it.each([
		['wrong secret', { client_secret: 'wrong' }, invalidClient],
		['wrong id', { client_id: 'wrong' }, invalidClient],
		['no secret', { client_secret: undefined }, invalidClient],
		['unknown organization: 403 without a body', { org_id: '1.2.3' }, { status: 403, text: '' }],
	])('%s', async (_name, headers, expected) => {
		expect(await callApi(sandbox.info, { headers })).toMatchObject(expected);
		expect(await acknowledge(sandbox.info, 'AQEB', { headers })).toMatchObject(expected);
	});

	it('405 for another method, 404 for another path', async () => {
		expect(await callApi(sandbox.info, { method: 'GET' })).toMatchObject({ status: 405, text: '' });
		expect(await callApi(sandbox.info, { path: 'v2/token' })).toMatchObject({ status: 404 });
	});

	it('a request without a request id is served, and the log shows that it was missing', async () => {
		await sandbox.clearRequests();
		expect((await callApi(sandbox.info, { headers: { 'x-origin-request-id': undefined } })).status).toBe(200);
		const [entry] = await sandbox.requests('token');
		expect(entry?.headers).not.toHaveProperty('x-origin-request-id');
		expect(entry).toMatchObject({ method: 'POST', status: 200, bodyBytes: 0 });
		expect(entry?.clientCertificateSubject).toContain('CN=_EMAIL.demo@clinic.example.org');
		expect(entry?.rawHeaders.map(([name]) => name)).toContain('client_id');
	});
});

describe("Roche's own sandbox", () => {
	const url = 'https://api-services-demo.rochedcplatform-sandbox.com/';
	const path = 'sandbox/partners/services/api/v1/notification';
	const headers = { org_id: '1.3.6.1.4.1.56221.1.3' };
	const fields = { patientId: 'SandboxPat1', emrNotificationCallBackURL: 'http://127.0.0.1:1/' };

	it.each([
		['the guide', path],
		["the guide's other example", 'sandbox/api/partners/services/api/v1/notification'],
	])('announces a bundle and a report, under the path of %s', async (_name, served) => {
		const before = (await sandbox.state()).messages.length;
		const answer = await callApi(sandbox.info, { baseUrl: url, path: served, headers, body: JSON.stringify(fields) });
		expect(answer.status).toBe(200);
		const keys = async () => (await sandbox.state()).messages.slice(before).map(({ objectKey }) => objectKey);
		const end = Date.now() + 5000;
		while ((await keys()).length < 2 && Date.now() < end) await sleep(20);
		expect(await keys()).toEqual(['delivery/SandboxPat1/clinical-data.json', 'delivery/SandboxPat1/report.xml']);
		expect((await sandbox.state()).files.map(({ key }) => key)).toEqual(expect.arrayContaining(await keys()));
	});

	it.each([
		['no JSON', 'patientId'],
		['no body', undefined],
		['no patient', JSON.stringify({ ...fields, patientId: undefined })],
		['no callback', JSON.stringify({ patientId: 'SandboxPat1' })],
		['a number', JSON.stringify({ ...fields, patientId: 1 })],
		['null', 'null'],
	])('answers 400 for %s', async (_name, body) => {
		expect(await callApi(sandbox.info, { baseUrl: url, path, headers, body })).toMatchObject({ status: 400 });
	});

	it('serves only its own organization, and checks the client like the other services', async () => {
		const body = JSON.stringify(fields);
		expect(await callApi(sandbox.info, { baseUrl: url, path, body })).toMatchObject({ status: 403, text: '' });
		const secret = { ...headers, client_secret: 'wrong' };
		expect(await callApi(sandbox.info, { baseUrl: url, path, body, headers: secret })).toMatchObject({ status: 401 });
	});
});

describe('client certificates', () => {
	it.each<IdentityName>(['ecdsa', 'encrypted', 'pkcs1', 'encryptedPkcs1', 'chained'])('%s: accepted', async (name) => {
		expect((await callApi(sandbox.info, { identity: sandbox.info.identities[name] })).status).toBe(200);
	});

	it('refused: 403 with the reason', async () => {
		const answer = await callApi(sandbox.info, { identity: sandbox.info.identities.refused });
		expect(answer.status).toBe(403);
		expect(JSON.parse(answer.text)).toEqual({
			status: 'error',
			detail: 'Validation policy error: Certificate validation failed.',
		});
	});

	it.each<[IdentityName, string]>([
		['expired', 'CERT_HAS_EXPIRED'],
		['notYetValid', 'CERT_NOT_YET_VALID'],
		['wrongCa', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
		['serverAuthOnly', 'INVALID_PURPOSE'],
	])('%s: refused in TLS, no request arrives', async (name, code) => {
		await sandbox.clearRequests();
		await expect(callApi(sandbox.info, { identity: sandbox.info.identities[name] })).rejects.toThrow();
		expect(await sandbox.requests('token')).toEqual([]);
		expect((await sandbox.state()).tlsErrors.at(-1)).toMatchObject({ server: 'api', code });
	});

	it('none: refused in TLS', async () => {
		await expect(callApi(sandbox.info, { identity: null })).rejects.toThrow();
		expect((await sandbox.state()).tlsErrors.at(-1)?.code).toBe('ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE');
	});
});

describe("the API server's certificate", () => {
	it('is trusted only with the private CA bundle, which contains three certificates', async () => {
		const code = 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY';
		await expect(callApi(sandbox.info, { ca: null })).rejects.toMatchObject({ code });
		expect(sandbox.info.credential.caCertificates.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
	});

	it('is sent without the intermediates if configured; the bundle is still sufficient', async () => {
		const other = await startSandboxProcess({ serverChain: 'leaf' });
		try {
			const code = 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';
			await expect(callApi(other.info, { ca: null })).rejects.toMatchObject({ code });
			expect((await callApi(other.info)).status).toBe(200);
		} finally {
			await other.close();
		}
	});
});

describe('proxy', () => {
	it.each([407, 403])('refuses with %d if configured, and counts its connections', async (status) => {
		const before = (await sandbox.state()).connections.proxy;
		await sandbox.settings({ proxy: { status } });
		await expect(callApi(sandbox.info)).rejects.toThrow(String(status));
		await sandbox.settings({ proxy: null });
		expect((await callApi(sandbox.info)).status).toBe(200);
		expect((await sandbox.state()).connections.proxy).toBe(before + 2);
	});

	it('refuses every host that is not part of the sandbox', async () => {
		await expect(callApi(sandbox.info, { baseUrl: 'https://example.org/' })).rejects.toThrow('403');
	});
});

describe('faults of the API', () => {
	it('a status is returned once, then the real answer', async () => {
		await sandbox.fault({ target: 'token', fault: { kind: 'status', status: 501 } });
		await sandbox.fault({
			target: 'token',
			fault: { kind: 'status', status: 500, body: '<html>', headers: { 'X-A': 'b' } },
		});
		expect(await callApi(sandbox.info)).toMatchObject({ status: 501, text: '' });
		expect(await callApi(sandbox.info)).toMatchObject({ status: 500, text: '<html>', headers: { 'x-a': 'b' } });
		expect((await callApi(sandbox.info)).status).toBe(200);
	});

	it('drop cuts the connection before the headers or in the body', async () => {
		await sandbox.fault({ target: 'token', times: 1, fault: { kind: 'drop', when: 'before-headers' } });
		await expect(callApi(sandbox.info)).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
		await sandbox.fault({ target: 'token', fault: { kind: 'drop', when: 'in-body', afterBytes: 50 } });
		await expect(callApi(sandbox.info)).rejects.toThrow();
		const statuses = (await sandbox.requests('token')).slice(-2).map((entry) => [entry.status, entry.fault]);
		expect(statuses).toEqual([
			[null, 'drop'],
			[200, 'drop'],
		]);
	});

	it('stall before the headers or in the body ends in the client timeout', async () => {
		await sandbox.fault({ target: 'token', fault: { kind: 'stall', when: 'headers' } });
		await expect(callApi(sandbox.info, { timeout: 300 })).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' });
		await sandbox.fault({ target: 'token', fault: { kind: 'stall', when: 'body', afterBytes: 10 } });
		await expect(callApi(sandbox.info, { bodyTimeout: 300 })).rejects.toMatchObject({ code: 'UND_ERR_BODY_TIMEOUT' });
	});

	it('delay postpones the answer, corrupt changes one byte', async () => {
		await sandbox.fault({ target: 'token', fault: { kind: 'delay', ms: 400 } });
		const start = Date.now();
		expect((await callApi(sandbox.info)).status).toBe(200);
		expect(Date.now() - start).toBeGreaterThanOrEqual(390);
		await sandbox.fault({ target: 'ack', fault: { kind: 'corrupt' } });
		const [bad, good] = [await acknowledge(sandbox.info, 'x'), await acknowledge(sandbox.info, 'x')];
		const differing = Array.from(good.text).filter((sign, at) => sign !== bad.text[at]);
		expect(differing).toHaveLength(1);
	});

	it('the control API refuses unknown settings and files', async () => {
		await expect(sandbox.settings({ speed: 1 } as object)).rejects.toThrow('Unknown setting: speed');
		await expect(sandbox.deleteFile('no/such')).rejects.toThrow('No file no/such');
	});
});
