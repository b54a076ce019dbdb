import type { Dispatcher, Pool } from 'undici';

/** Time until a proxy says whether it has connected, in ms. undici's own limit is 300 s. */
const PROXY_TIMEOUT_MS = 10_000;

type Connect = (request: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData>;

/** Why there is no tunnel through the proxy, as a code for the table of network failures. */
class TunnelError extends Error {
	override readonly name = 'TunnelError';

	constructor(readonly code: 'PROXY_CLOSED' | 'PROXY_TIMEOUT') {
		super(code);
	}
}

/**
 * The client for a proxy, for undici's ProxyAgent. A proxy that hangs up would otherwise be asked again without end: undici takes a closed
 * socket for one that a new connection makes good.
 */
export function tunnelClient(PoolClass: typeof Pool, origin: URL, options: object): Dispatcher {
	const pool = new PoolClass(origin, { ...options, headersTimeout: PROXY_TIMEOUT_MS });
	const ask = pool.connect.bind(pool);
	const connect: Connect = async (request) => {
		try {
			return await ask(request);
		} catch (error) {
			const { code } = error as { code?: string };
			if (code === 'UND_ERR_SOCKET') throw new TunnelError('PROXY_CLOSED');
			if (code === 'UND_ERR_HEADERS_TIMEOUT') throw new TunnelError('PROXY_TIMEOUT');
			throw error;
		}
	};
	return Object.assign(pool, { connect });
}
