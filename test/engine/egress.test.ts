import { Roche } from './roche';

const TOKEN = 'rocheGetToken';
const FETCH = 'rocheS3Fetch';
const PROTECTED = { N8N_SSRF_PROTECTION_ENABLED: 'true' };
const BLOCKED = "n8n's protection against requests to internal addresses does not allow HOST";

/** The credential for the API server of the sandbox without the proxy, under a name or address of this machine. */
function direct(roche: Roche, hostname: string) {
	const url = new URL(roche.sandbox.info.customApiBaseUrl);
	url.hostname = hostname;
	return roche.freshCredential({ environment: 'custom', baseUrl: url.href });
}

describe("n8n's protection against requests to internal addresses, if enabled", () => {
	let roche: Roche;
	beforeAll(async () => (roche = await Roche.start({}, PROTECTED)));
	afterAll(async () => await roche.stop());
	beforeEach(async () => await roche.reset());

	it('the test of a credential with a custom base URL is refused until a node has received the filter of n8n', async () => {
		const { status, message } = await roche.engine.testCredential(
			'rochePartnersServicesApi',
			direct(roche, '127.0.0.1') as never,
		);
		expect(status).toBe('Error');
		expect(message).toMatch(
			/^127\.0\.0\.1:\d+ was not called: n8n's protection.*Run Roche Get Token with this credential/s,
		);
		expect((await roche.sandbox.state()).connections.api).toBe(0);
	});

	it.each(['127.0.0.1', 'localhost'])('no request is sent to a base URL at %s', async (hostname) => {
		const run = await roche.run([{}], [{ type: TOKEN }], { credential: direct(roche, hostname) });
		expect(run.error?.message.replace(/\S+:\d+$/, 'HOST')).toBe(BLOCKED);
		expect(run.error?.description).toContain('N8N_SSRF_ALLOWED_HOSTNAMES');
		expect((await roche.sandbox.state()).connections.api).toBe(0);
	});

	it.each(['127.0.0.1:1', 'localhost:1', '[::1]:1', '169.254.169.254'])(
		'no request is sent to a pre-signed URL at %s, whatever the node allows',
		async (host) => {
			const parameters = {
				source: 'presignedUrl',
				presignedUrl: `https://${host}/a.json?X-Amz-Signature=0`,
				options: { allowedHosts: host },
			};
			const run = await roche.run([{}], [{ type: FETCH, parameters }]);
			expect(run.error?.message).toBe(BLOCKED.replace('HOST', host));
		},
	);

	it('after that the test of a credential also uses the filter', async () => {
		const { message } = await roche.engine.testCredential(
			'rochePartnersServicesApi',
			direct(roche, '127.0.0.1') as never,
		);
		expect(message).toMatch(
			/^n8n's protection against requests to internal addresses does not allow 127\.0\.0\.1:\d+\./,
		);
		expect((await roche.sandbox.state()).connections.api).toBe(0);
	});
});

describe("n8n's protection with allowed addresses", () => {
	it('allows requests to them over mutual TLS, and after a run the test of a credential', async () => {
		const roche = await Roche.start({}, { ...PROTECTED, N8N_SSRF_ALLOWED_IP_RANGES: '127.0.0.0/8,::1' });
		try {
			const credential = direct(roche, 'localhost');
			const run = await roche.run([{}], [{ type: TOKEN }], { credential });
			expect(run.status).toBe('success');
			expect((await roche.sandbox.requests('token')).length).toBe(1);
			const result = await roche.engine.testCredential('rochePartnersServicesApi', credential as never);
			expect(result.status).toBe('OK');
		} finally {
			await roche.stop();
		}
	});
});

describe('which proxy is used', () => {
	/** Gets a token in a process with these variables, and returns which proxy was used. */
	const ask = async (variables: (proxyUrl: string) => Record<string, string>, host?: string) => {
		const roche = await Roche.start({}, (proxyUrl) => ({ HTTPS_PROXY: '', NO_PROXY: '', ...variables(proxyUrl) }));
		try {
			const run = await roche.run([{}], [{ type: TOKEN, parameters: { options: { maxAttempts: 1 } } }], {
				credential: host === undefined ? roche.freshCredential() : direct(roche, host),
			});
			return { status: run.status, proxied: (await roche.sandbox.state()).connections.proxy };
		} finally {
			await roche.stop();
		}
	};
	const throughProxy = { status: 'success', proxied: 1 };
	const directly = { status: 'success', proxied: 0 };

	it.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'])('that of %s', async (name) => {
		expect(await ask((proxyUrl) => ({ [name]: proxyUrl }))).toEqual(throughProxy);
	});

	it('the one for https before the one for all; an empty variable counts as not set', async () => {
		const nowhere = 'http://127.0.0.1:1';
		expect(await ask((proxyUrl) => ({ https_proxy: '', HTTPS_PROXY: proxyUrl, ALL_PROXY: nowhere }))).toEqual(
			throughProxy,
		);
	});

	it('not the one for http', async () => {
		expect(await ask((proxyUrl) => ({ HTTP_PROXY: proxyUrl }), 'localhost')).toEqual(directly);
	});

	it('none for a host in NO_PROXY', async () => {
		const variables = (proxyUrl: string) => ({ HTTPS_PROXY: proxyUrl, NO_PROXY: 'localhost' });
		expect(await ask(variables, 'localhost')).toEqual(directly);
	});
});
