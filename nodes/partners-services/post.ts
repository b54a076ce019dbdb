import { setImmediate } from 'node:timers/promises';
import { throwIfCancelled } from '../errors/cancelled-error';
import { networkFailure } from '../errors/network-failures';
import { ServiceError } from '../errors/service-error';
import { mutualTlsDispatcher } from '../wire/dispatchers';
import { checkEgress } from '../wire/egress';
import { failureCode } from '../wire/failure-code';
import { retryAfterMs } from '../wire/retry';
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
	headers: Record<string, string>;
	/** For the whole attempt, in ms. */
	timeout: number;
	signal?: AbortSignal;
}

/** An answer of success. */
export interface Answer {
	/** 2xx: which ones the services answer with is not documented but for 200. */
	status: number;
	body: string;
}

/**
 * Sends one POST over mutual TLS: one attempt.
 * @throws ServiceError for every other answer, and when there is none; CancelledError
 */
export async function post(connection: Connection, request: PostRequest): Promise<Answer> {
	const { path, headers, body: content, timeout, signal } = request;
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
		const { statusCode: status } = answer;
		if (Math.floor(status / 100) === 2) return { status, body };
		throw answerFailure(status, body, retryAfterMs(answer.headers['retry-after']), request);
	} catch (error) {
		throwIfCancelled(signal);
		if (error instanceof ServiceError) throw error;
		if (attempt.signal.aborted) throw networkFailure('ATTEMPT_TIMEOUT', url.host, sent);
		throw networkFailure(failureCode(error), url.host, sent);
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
	// A byte-order mark says what follows, and is no part of it.
	const bytes = Buffer.concat(chunks);
	return new TextDecoder(byteOrder(bytes)).decode(bytes);
}

function byteOrder(bytes: Buffer): string {
	const mark = bytes.subarray(0, 2).toString('hex');
	return mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
}
