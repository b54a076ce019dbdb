import { Agent, fetch as undiciFetch, type RequestInit, type Response } from 'undici';

export type { RequestInit, Response };

/** A server closes idle connections, even if it was too busy to notice the next request on them. So each request gets its own. */
const ONE_REQUEST_EACH = new Agent({ pipelining: 0 });

/** Like the global `fetch`, with a new connection for each request: it does not fail because the server has closed one. */
export async function fetch(url: string, init: RequestInit = {}): Promise<Response> {
	return await undiciFetch(url, { dispatcher: ONE_REQUEST_EACH, ...init });
}
