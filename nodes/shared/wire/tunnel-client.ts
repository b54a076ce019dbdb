import type { Dispatcher, Pool } from 'undici';
import { failureCode } from './failure-code';
import { ProxyError } from './proxy';

/** Time for a proxy to answer whether it has connected, in ms. undici's default is 300 s. */
const PROXY_TIMEOUT_MS = 10_000;

/** Codes for a proxy that closes the connection or does not answer, by undici's code; all other codes only get the prefix `PROXY_`. */
const NO_ANSWER: Record<string, `PROXY_${string}`> = {
	UND_ERR_SOCKET: 'PROXY_CLOSED',
	UND_ERR_HEADERS_TIMEOUT: 'PROXY_TIMEOUT',
};

/** Codes that are not failures of the proxy: the request was given up. */
const GIVEN_UP = /^(UND_ERR_ABORTED|UND_ERR_DESTROYED|UND_ERR_CLOSED|ABORT_ERR|UNKNOWN)$/;

type Connect = (request: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData>;

/**
 * Creates the client for a proxy, for undici's ProxyAgent. It rejects with ProxyError, since a failure here is one of the proxy, not of the host
 * behind it. Without this, undici would ask a proxy that closes the connection again and again: it expects a new connection to help.
 */
export function tunnelClient(PoolClass: typeof Pool, origin: URL, options: object): Dispatcher {
	const pool = new PoolClass(origin, { ...options, headersTimeout: PROXY_TIMEOUT_MS });
	const ask = pool.connect.bind(pool);
	const connect: Connect = async (request) => {
		const answer = await ask(request).catch((error: unknown) => {
			throw failureOfProxy(error);
		});
		if (answer.statusCode !== 407 || mayBeBasic(answer.headers['proxy-authenticate'])) return answer;
		answer.socket.on('error', () => undefined).destroy();
		throw new ProxyError('PROXY_NO_BASIC');
	};
	return Object.assign(pool, { connect });
}

function failureOfProxy(error: unknown): unknown {
	const code = failureCode(error);
	return GIVEN_UP.test(code) ? error : new ProxyError(NO_ANSWER[code] ?? `PROXY_${code}`);
}

/** Whether the proxy may want user and password: it offers Basic, or does not name any scheme. */
function mayBeBasic(challenge: string | string[] | undefined): boolean {
	// A realm is free text, which may contain the word "basic".
	const schemes = [challenge ?? '']
		.flat()
		.join(',')
		.replaceAll(/"(\\.|[^"\\])*"/g, '');
	return schemes.trim() === '' || /(^|,)\s*basic\b/i.test(schemes);
}
