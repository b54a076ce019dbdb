import fc from 'fast-check';
import { dirname } from 'node:path';
import { type ProxyError, proxyFor, readProxy } from '../../nodes/shared/wire/proxy';
import { PASSWORD, restoreProxies, setProxies } from './support/proxy-variables';

/** The library of n8n's own requests (n8n 2.40: proxy-from-env 2.1, which reads the environment of the process). */
const path = require.resolve('proxy-from-env', { paths: [dirname(require.resolve('axios/package.json'))] });
const ofN8n = jest.requireActual<{ getProxyForUrl: (url: string) => string }>(path);

restoreProxies();

describe('the proxy for a URL is the same as for n8n’s own requests', () => {
	const host = fc.constantFrom(
		'api.roche.example',
		'roche.example',
		'x.s3.amazonaws.com',
		'localhost',
		'127.0.0.1',
		'[::1]',
	);
	const port = fc.constantFrom('', ':443', ':8443', ':0', ':x');
	const url = fc
		.tuple(host, fc.constantFrom('', ':443', ':8443'))
		.map(([name, suffix]) => `https://${name}${suffix}/v1`);
	const entry = fc.oneof(
		fc.tuple(fc.constantFrom('', '.', '*', '*.', '**'), host, port).map((parts) => parts.join('')),
		fc.constantFrom(
			'*',
			'.',
			'',
			' ',
			'*:443',
			'.example',
			'EXAMPLE',
			'.Roche.Example',
			'*cal*',
			'host',
			'0.0.0.0/0',
			'::1',
		),
	);
	const list = fc
		.tuple(fc.array(entry, { maxLength: 4 }), fc.constantFrom(',', ' ', ', ', '\n'))
		.map(([all, by]) => all.join(by));
	const proxy = fc.constantFrom(
		'',
		'http://proxy:3128',
		'proxy:3128',
		'https://proxy',
		'socks5://proxy:1080',
		'http://a:b@proxy',
	);
	const environment = fc.record(
		{
			https_proxy: proxy,
			HTTPS_PROXY: proxy,
			all_proxy: proxy,
			ALL_PROXY: proxy,
			no_proxy: list,
			NO_PROXY: list,
			HTTP_PROXY: proxy,
		},
		{ requiredKeys: [] },
	);

	it('for any values of the variables', () => {
		fc.assert(
			fc.property(url, environment, (target, variables) => {
				setProxies(variables);
				expect(proxyFor(new URL(target), process.env)).toBe(ofN8n.getProxyForUrl(target));
			}),
			{ numRuns: 3000 },
		);
	});

	it.each([
		['an empty no_proxy does not hide NO_PROXY', { no_proxy: '', NO_PROXY: 'api.roche.example' }, ''],
		['an asterisk in a list means every host', { NO_PROXY: 'localhost,*' }, ''],
		['a name is that host, not its subdomains', { NO_PROXY: 'roche.example' }, 'http://proxy:3128'],
		['with a dot it is the subdomains', { NO_PROXY: '.roche.example' }, ''],
		['another port is not included', { NO_PROXY: 'api.roche.example:8443' }, 'http://proxy:3128'],
	])('%s', (_what, variables, expected) => {
		expect(proxyFor(new URL('https://api.roche.example/'), { HTTPS_PROXY: 'http://proxy:3128', ...variables })).toBe(
			expected,
		);
	});
});

describe('the URL of a proxy', () => {
	it.each([
		['http://proxy:3128', { uri: 'http://proxy:3128' }],
		['https://proxy/', { uri: 'https://proxy' }],
		['http://user@proxy:1', { uri: 'http://proxy:1', token: basic('user:') }],
		['http://user:a%23b%5Cc%2f%40@proxy:1', { uri: 'http://proxy:1', token: basic('user:a#b\\c/@') }],
		['http://user:p@ss@proxy:1', { uri: 'http://proxy:1', token: basic('user:p@ss') }],
		['http://user:gr%C3%BCn@[::1]:1', { uri: 'http://[::1]:1', token: basic('user:grün') }],
	])('%s', (text, expected) => {
		expect(readProxy(text)).toEqual(expected);
	});

	// After "user:1" the standard takes "1" for the port of a host "user": the rest of the password would be dropped, and "user" asked for in DNS.
	it.each(['#', '\\', '/', '?'])(
		'with an unencoded %s in the password is refused, not read as another host',
		(sign) => {
			for (const password of [`1${sign}${PASSWORD}`, `${PASSWORD}${sign}`, `1${sign}2@${PASSWORD}`]) {
				const error = thrown(() => readProxy(`http://user:${password}@proxy:3128`));
				expect(error.code).toBe('PROXY_INVALID');
				expect(JSON.stringify(error) + String(error.stack)).not.toContain(PASSWORD);
			}
		},
	);

	it.each([
		'socks5://proxy:1080',
		'socks4a://proxy',
		'ftp://proxy',
		'http://',
		'://',
		'http://a:50%off@proxy',
		'http://pro xy',
	])('%s is not valid', (text) => {
		expect(thrown(() => readProxy(text)).code).toBe('PROXY_INVALID');
	});
});

function basic(pair: string): string {
	return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function thrown(work: () => unknown): ProxyError {
	try {
		work();
	} catch (error) {
		return error as ProxyError;
	}
	throw new Error('Nothing was thrown');
}
