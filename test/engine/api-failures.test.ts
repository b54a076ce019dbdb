import type { Fault } from '../sandbox/types';
import { Roche } from './roche';

const TOKEN = 'rocheGetToken';
const ACK = 'rocheNotificationAck';
/** One attempt, so the sandbox has to fail only once. */
const once = { options: { maxAttempts: 1 } };
const roche = Roche.forAllTests();

/** What the user sees: message, HTTP status, and advice with the request id. */
interface Expected {
	message: string;
	httpCode?: string;
	advice: RegExp;
}

const answered = (status: number, body = ''): Fault => ({ kind: 'status', status, body });
const ROWS: Array<[string, Fault, Expected]> = [
	[
		'401 Invalid Client',
		answered(401, '{"error":"Invalid Client"}'),
		{ message: 'Client ID or Client Secret is wrong (401)', httpCode: '401', advice: /demo and live/ },
	],
	[
		'403 with a refused certificate',
		answered(403, '{"status":"error","detail":"Validation policy error: Certificate validation failed."}'),
		{
			message: 'Roche does not accept the client certificate (403)',
			httpCode: '403',
			advice: /signed it for this environment/,
		},
	],
	[
		'403 with an empty body',
		answered(403),
		{
			message: 'Organization ID is not valid, or Client ID is not allowed to act for it (403)',
			httpCode: '403',
			advice: /Organization ID/,
		},
	],
	[
		'403 of something in between',
		answered(403, '<html>Blocked</html>'),
		{ message: 'Access was denied (403)', httpCode: '403', advice: /public IP address/ },
	],
	[
		'404',
		answered(404, 'nginx'),
		{ message: 'There is no such service at the base URL (404)', httpCode: '404', advice: /base URL/ },
	],
	[
		'405',
		answered(405),
		{ message: 'The server does not allow this method here (405)', httpCode: '405', advice: /base URL/ },
	],
	['429', answered(429), { message: 'Roche asks to slow down (429)', httpCode: '429', advice: /fewer/ }],
	['500', answered(500, 'oops'), { message: 'Roche had an internal error (500)', httpCode: '500', advice: /later/ }],
	['501', answered(501), { message: 'Roche does not offer this function (501)', httpCode: '501', advice: /base URL/ }],
	[
		'502',
		answered(502, '<html>'),
		{ message: 'A gateway got no usable answer from Roche (502)', httpCode: '502', advice: /later/ },
	],
	['503', answered(503), { message: 'Roche is not available (503)', httpCode: '503', advice: /later/ }],
	[
		'504',
		answered(504),
		{ message: 'A gateway got no answer from Roche in time (504)', httpCode: '504', advice: /later/ },
	],
	[
		'a redirect',
		{ kind: 'status', status: 302, headers: { location: 'https://evil.example/' } },
		{ message: 'Roche answered with a status that is not documented (302)', httpCode: '302', advice: /base URL/ },
	],
	[
		'a connection that is cut',
		{ kind: 'drop', when: 'before-headers' },
		{ message: 'HOST closed the connection before the answer was complete', advice: /public IP address/ },
	],
	[
		'no answer in time',
		{ kind: 'stall', when: 'headers' },
		{ message: 'HOST did not answer in time', advice: /Timeout/ },
	],
	[
		'an answer that stops',
		{ kind: 'stall', when: 'body', afterBytes: 1 },
		{ message: 'HOST did not answer in time', advice: /Timeout/ },
	],
];

describe.each([TOKEN, ACK] as const)('%s states what happened and what to do', (type) => {
	// The sandbox answers an ACK without a body, as Roche probably does, so no body can stop.
	const rows = ROWS.filter(([, { kind, ...fault }]) => type === TOKEN || kind !== 'stall' || !('afterBytes' in fault));

	it.each(rows)('on %s', async (_name, fault, { message, httpCode, advice }) => {
		const target = type === TOKEN ? 'token' : 'ack';
		await roche.sandbox.fault({ target, fault });
		const [message1] = await roche.notifications(1);
		// Only for an answer that never comes: a busy machine may need longer for one that does.
		const timeout = fault.kind === 'stall' && { timeout: 3000 };
		const run = await roche.run(
			[message1?.item ?? {}],
			[{ type, parameters: { options: { maxAttempts: 1, ...timeout } } }],
		);
		const host = new URL(roche.sandbox.info.apiBaseUrl).host;
		const [request] = await roche.sandbox.requests(target);
		expect(run.status).toBe('error');
		expect(run.error).toMatchObject({
			name: 'NodeApiError',
			message: message.replace('HOST', host),
			httpCode: httpCode ?? null,
		});
		expect(run.error?.description).toMatch(advice);
		expect(run.error?.description).toContain(`x-origin-request-id: ${request?.headers['x-origin-request-id']}`);
	});
});

describe('retries', () => {
	it.each([429, 500, 502, 503, 504])('%i is retried, and the next attempt succeeds', async (status) => {
		await roche.sandbox.fault({ target: 'token', times: 2, fault: answered(status) });
		const run = await roche.run([{}], [{ type: TOKEN }]);
		expect(run.status).toBe('success');
		const ids = (await roche.sandbox.requests('token')).map(({ headers }) => headers['x-origin-request-id']);
		expect(ids).toHaveLength(3);
		expect(new Set(ids).size).toBe(1);
	});

	it.each([400, 401, 403, 404, 405, 501])('%i is not retried', async (status) => {
		await roche.sandbox.fault({ target: 'token', times: 4, fault: answered(status) });
		await roche.run([{}], [{ type: TOKEN }]);
		expect(await roche.sandbox.requests('token')).toHaveLength(1);
	});

	it('stop after the number of attempts set, which the error states', async () => {
		await roche.sandbox.fault({ target: 'token', times: 5, fault: answered(503) });
		const run = await roche.run([{}], [{ type: TOKEN, parameters: { options: { maxAttempts: 2 } } }]);
		expect(await roche.sandbox.requests('token')).toHaveLength(2);
		expect(run.error?.description).toContain('(2 attempts)');
	});
});

describe('an answer of 200 that cannot be used is an error', () => {
	it.each([
		['no JSON', '<html>Welcome</html>', 'The answer to Get Token is not JSON'],
		['an empty body', '', 'The answer to Get Token is not JSON'],
		['no credentials', '{"awsResources":[]}', 'The answer to Get Token does not contain complete AWS credentials'],
		[
			'half of the credentials',
			'{"awsCredentials":{"AccessKeyId":"ASIA","Expiration":"2030-01-01T00:00:00Z"},"awsResources":[]}',
			'The answer to Get Token does not contain complete AWS credentials',
		],
	])('%s', async (_name, body, message) => {
		await roche.sandbox.fault({ target: 'token', fault: answered(200, body) });
		const run = await roche.run([{}], [{ type: TOKEN, parameters: once }]);
		expect(run.error).toMatchObject({ message, httpCode: '200' });
	});
});

describe('failures below HTTP', () => {
	it.each([
		[407, 'The proxy asks for a user name and password (407)'],
		[403, 'The proxy does not allow connections to HOST (403)'],
		[502, 'The proxy could not connect to HOST'],
	])('a proxy that answers %i', async (status, message) => {
		await roche.sandbox.settings({ proxy: { status } });
		const run = await roche.run([{}], [{ type: TOKEN, parameters: once }]);
		expect(run.error?.message).toBe(message.replace('HOST', new URL(roche.sandbox.info.apiBaseUrl).host));
	});

	it('a server whose CA is not in the credential', async () => {
		const run = await roche.run([{}], [{ type: TOKEN }], {
			credential: { ...roche.sandbox.info.credential, caCertificates: '' },
		});
		expect(run.error?.message).toMatch(/^The server certificate of .* is signed by a CA that n8n does not trust$/);
		expect(run.error?.description).toContain('"CA Certificates"');
	});

	it('a client certificate from a CA unknown to the server', async () => {
		const credential = roche.freshCredential({ ...roche.sandbox.info.identities.wrongCa });
		const run = await roche.run([{}], [{ type: TOKEN, parameters: once }], { credential });
		expect(run.error?.message).toMatch(/closed the connection before the answer was complete$/);
		expect(run.error?.description).toContain('may refuse the client certificate');
	});

	it('a client certificate that passes TLS and is refused by the API', async () => {
		const run = await roche.run([{}], [{ type: TOKEN }], {
			credential: roche.freshCredential({ ...roche.sandbox.info.identities.refused }),
		});
		expect(run.error?.message).toBe('Roche does not accept the client certificate (403)');
	});

	it.each(['http://no url', 'http://user:pass word-of-proxy@127.0.0.1:1 2', 'socks5://user:word-of-proxy@127.0.0.1:1'])(
		'an HTTPS_PROXY that is not a URL, whose password is in no error: %s',
		async (proxy) => {
			const misconfigured = await Roche.start({}, { HTTPS_PROXY: proxy });
			try {
				const run = await misconfigured.run([{}], [{ type: TOKEN }]);
				expect(run.error?.message).toBe(
					'HTTPS_PROXY (or ALL_PROXY) of the n8n process is not the URL of an HTTP proxy',
				);
				expect(run.persisted + run.log).not.toContain('word-of-proxy');
			} finally {
				await misconfigured.stop();
			}
		},
	);

	it('a host on which nothing listens', async () => {
		const credential = roche.freshCredential({
			environment: 'custom',
			baseUrl: 'https://127.0.0.1:1/partners/services/api',
		});
		const run = await roche.run([{}], [{ type: TOKEN, parameters: once }], { credential });
		expect(run.error?.message).toBe('127.0.0.1:1 refused the connection');
	});
});
