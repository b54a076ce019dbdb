import { mutualTlsDispatcher } from '../wire/dispatchers';
import { exchange } from '../wire/exchange';
import { retryAfterMs } from '../wire/retry';
import type { Connection } from './connection';
import { unusableAnswer } from '../failures/partners-services';
import { answerFailure } from './answer-failure';

/** In bytes. Documented answers are under 4 KB; a larger body than this is not one of them. */
const LARGEST_BODY = 1024 * 1024;

export interface PostRequest {
	/** Relative to the base URL, such as `v1/token`; with a leading slash, relative to the host. */
	path: string;
	/** JSON; undefined for the services on the API page. */
	body?: string;
	headers: Record<string, string>;
	/** For the whole attempt, in ms. */
	timeout: number;
	signal?: AbortSignal;
}

/** A successful answer. */
export interface Answer {
	/** 2xx; only 200 is documented. */
	status: number;
	body: string;
}

/**
 * Sends one POST over mutual TLS, without retries.
 * @throws ServiceError for an unsuccessful or too large answer, and when there is no answer; CancelledError
 */
export async function post(connection: Connection, request: PostRequest): Promise<Answer> {
	const { path, headers, body: content, timeout, signal } = request;
	const dispatcher = await mutualTlsDispatcher({ ...connection.identity, fingerprint: connection.fingerprint });
	const url = new URL(path, connection.baseUrl);
	const message = { method: 'POST', headers, body: content } as const;
	const answer = await exchange(dispatcher, url, message, { timeout, signal, largestBody: LARGEST_BODY });
	if (answer.body === undefined) throw unusableAnswer('ANSWER_TOO_LARGE');
	const { status } = answer;
	const body = textOf(answer.body);
	if (Math.floor(status / 100) === 2) return { status, body };
	throw answerFailure(status, body, retryAfterMs(answer.headers['retry-after']), request);
}

/** Decodes a body by its byte-order mark, which is dropped; as UTF-8 if there is none. */
function textOf(bytes: Buffer): string {
	const mark = bytes.subarray(0, 2).toString('hex');
	const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
	return new TextDecoder(encoding).decode(bytes);
}
