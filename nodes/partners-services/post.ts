import { mutualTlsDispatcher } from '../wire/dispatchers';
import { exchange } from '../wire/exchange';
import { retryAfterMs } from '../wire/retry';
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

/** A byte-order mark says what follows, and is no part of it. */
function textOf(bytes: Buffer): string {
	const mark = bytes.subarray(0, 2).toString('hex');
	const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
	return new TextDecoder(encoding).decode(bytes);
}
