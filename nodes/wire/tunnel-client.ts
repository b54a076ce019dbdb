import type { Dispatcher, Pool } from 'undici';
import { failureCode } from './failure-code';
import { ProxyError } from './proxy';

/** Time until a proxy says whether it has connected, in ms. undici's own limit is 300 s. */
const PROXY_TIMEOUT_MS = 10_000;

/** What undici reports of a proxy that hangs up or says nothing; all else is told by its own code, with `PROXY_` in front. */
const NO_ANSWER: Record<string, `PROXY_${string}`> = {
	UND_ERR_SOCKET: 'PROXY_CLOSED',
	UND_ERR_HEADERS_TIMEOUT: 'PROXY_TIMEOUT',
};

/** Not failures of the proxy: nobody waits for it any more. */
const GIVEN_UP = /^(UND_ERR_ABORTED|UND_ERR_DESTROYED|UND_ERR_CLOSED|ABORT_ERR|UNKNOWN)$/;

type Connect = (request: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData>;

/**
 * The client for a proxy, for undici's ProxyAgent. What fails here is a failure of the proxy, not of the host behind it. A proxy that hangs up
 * would otherwise be asked again without end: undici takes a closed socket for one that a new connection makes good.
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

/** Whether user and password may be what the proxy wants: it says so, or does not say what it wants. */
function mayBeBasic(challenge: string | string[] | undefined): boolean {
	// A realm is free text, and may speak of anything.
	const schemes = [challenge ?? '']
		.flat()
		.join(',')
		.replaceAll(/"(\\.|[^"\\])*"/g, '');
	return schemes.trim() === '' || /(^|,)\s*basic\b/i.test(schemes);
}
