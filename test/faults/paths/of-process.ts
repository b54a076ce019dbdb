import { UNKNOWN_HOST } from '../rig';
import type { OtherProcess, Path, Scene } from './path';

const baseUrl =
	(origin: string) =>
	({ credential }: Scene): void =>
		void Object.assign(credential, { environment: 'custom', baseUrl: `https://${origin}/partners/services/api/` });

function token(what: string, expected: RegExp, prepare: Path['prepare'] = () => undefined): Path {
	return { what, nodes: ['rocheGetToken'], prepare, expected };
}

const NO_PROXY_URL = /^HTTPS_PROXY \(or ALL_PROXY\) of the n8n process is not the URL of an HTTP proxy/;

/** Paths that depend on how n8n was started. */
export const OF_PROCESS: readonly OtherProcess[] = [
	{
		env: { N8N_SSRF_PROTECTION_ENABLED: 'true' },
		paths: [
			{
				...token(
					'internal address, tested before any node has run',
					/was not called: n8n's protection/,
					baseUrl('127.0.0.1:1'),
				),
				testButton: 'alone',
			},
			{
				...token('internal address', /^n8n's protection .* does not allow 127\.0\.0\.1:1/, baseUrl('127.0.0.1:1')),
				testButton: true,
			},
			token('host that DNS does not know', /DNS/, baseUrl(UNKNOWN_HOST)),
		],
	},
	{
		env: { HTTPS_PROXY: 'http://user:proxy-password-0815@127.0.0.1:1 2' },
		paths: [token('a proxy that is no URL', NO_PROXY_URL)],
	},
	{
		env: { HTTPS_PROXY: 'socks5://user:proxy-password-0815@127.0.0.1:1' },
		paths: [token('a SOCKS proxy', NO_PROXY_URL)],
	},
];

/** Password of the proxies. */
export const PROXY_PASSWORD = 'proxy-password-0815';
