import { setImmediate } from 'node:timers/promises';
import { throwIfCancelled } from '../errors/cancelled-error';
import { networkFailure } from '../errors/network-failures';
import { ServiceError } from '../errors/service-error';
import { mutualTlsDispatcher } from '../wire/dispatchers';
import { checkEgress } from '../wire/egress';
import { failureCode } from '../wire/failure-code';
import { retryAfterMs } from '../wire/retry';
import { tlsAlertSince } from '../wire/tls-alerts';
import { untilAborted } from '../wire/until-aborted';
import { whenSent } from '../wire/when-sent';
import type { Connection } from './connection';
import { answerFailure, unusableAnswer } from './failures';

/** Documented answers are under 4 KB; a body beyond this, in bytes, is not one of them. */
const LARGEST_BODY = 1024 * 1024;

export interface PostRequest {
	/** Below the base URL, such as `v1/token`; with a slash in front, below the host. */
	path: string;
	/** JSON; none for what the API page documents. */
	body?: string;
	/** Takes any 2xx for a success, for a service whose answers are not documented. */
	anySuccess?: boolean;
	headers: Record<string, string>;
	/** For the whole attempt, in ms. */
	timeout: number;
	signal?: AbortSignal;
}

/**
 * Sends one POST over mutual TLS: one attempt.
 * @returns the body of a 200 (of any 2xx, when `anySuccess`)
 * @throws ServiceError for every other answer, and when there is none; CancelledError
 */
export async function post(connection: Connection, request: PostRequest): Promise<string> {
	const { path, headers, body: content, anySuccess = false, timeout, signal } = request;
	const url = new URL(path, connection.baseUrl);
	const [pooled, undici] = await Promise.all([
		mutualTlsDispatcher({ ...connection.identity, fingerprint: connection.fingerprint }),
		import('../wire/vendor/undici'),
	]);
	throwIfCancelled(signal);
	const attempt = new AbortController();
	const abort = (): void => {
		attempt.abort();
	};
	const timer = setTimeout(abort, timeout);
	signal?.addEventListener('abort', abort, { once: true });
	const startedAt = performance.now();
	let sent = false;
	try {
		await untilAborted(attempt.signal, checkEgress(url));
		const dispatcher = await whenSent(pooled, () => {
			sent = true;
		});
		const message = { method: 'POST', headers, body: content } as const;
		// The attempt's own time limit holds in place of undici's.
		const limits = { signal: attempt.signal, headersTimeout: 0, bodyTimeout: 0 };
		const answer = await untilAborted(attempt.signal, undici.request(url, { ...message, ...limits, dispatcher }));
		const body = await readBody(answer.body);
		// undici takes the connection back in the next round of the event loop; a request that follows at once would open another one.
		await setImmediate();
		if (answer.statusCode === 200 || (anySuccess && Math.floor(answer.statusCode / 100) === 2)) return body;
		throw answerFailure(answer.statusCode, body, retryAfterMs(answer.headers['retry-after']));
	} catch (error) {
		throwIfCancelled(signal);
		if (error instanceof ServiceError) throw error;
		if (attempt.signal.aborted) throw networkFailure('ATTEMPT_TIMEOUT', url.host, sent);
		const alert = tlsAlertSince(url.host, startedAt);
		throw networkFailure(alert ? `TLS_ALERT_${alert}` : failureCode(error), url.host, sent);
	} finally {
		clearTimeout(timer);
		signal?.removeEventListener('abort', abort);
	}
}

/** Reads the whole body, since a connection goes back to the pool only then; stops at the limit. */
async function readBody(body: AsyncIterable<Buffer>): Promise<string> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of body) {
		size += chunk.length;
		// Leaving the loop destroys the stream and with it the connection.
		if (size > LARGEST_BODY) throw unusableAnswer('ANSWER_TOO_LARGE');
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}
