import type { IncomingHttpHeaders } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { CancelledError, throwIfCancelled } from '../errors/cancelled-error';
import { networkFailure } from '../failures/network';
import { ServiceError } from '../errors/service-error';
import { onAbort } from './abort';
import { checkEgress } from './egress';
import { failureCode } from './failure-code';

export interface ExchangeLimits {
	/** For the whole exchange, including the wait for a connection, in ms. */
	timeout: number;
	/** In bytes. */
	largestBody: number;
	signal?: AbortSignal;
}

export interface WholeAnswer {
	status: number;
	headers: IncomingHttpHeaders;
	/** Undefined if it is larger than the limit. */
	body: Buffer | undefined;
}

/**
 * Sends a request and reads the whole answer. Uses undici's low-level handlers: `request` would create a stream and some listeners for each
 * answer, which cost more than a small answer itself.
 * @throws ServiceError when there is no answer, or when the egress filter refuses the URL; CancelledError
 */
export async function exchange(
	dispatcher: Dispatcher,
	url: URL,
	request: Pick<Dispatcher.DispatchOptions, 'method' | 'headers' | 'body'>,
	{ timeout, largestBody, signal }: ExchangeLimits,
): Promise<WholeAnswer> {
	throwIfCancelled(signal);
	const reader = new AnswerReader(largestBody);
	const stopListening = onAbort(signal, () => {
		reader.giveUp(new CancelledError());
	});
	const timer = setTimeout(() => {
		reader.giveUp(networkFailure('ATTEMPT_TIMEOUT', url.host, reader.sent));
	}, timeout);
	try {
		await Promise.race([checkEgress(url), reader.answer]);
		// The exchange's own time limit replaces undici's.
		const limits = { headersTimeout: 0, bodyTimeout: 0 };
		dispatcher.dispatch({ ...request, ...limits, origin: url.origin, path: url.pathname + url.search }, reader);
		const answer = await reader.answer;
		// undici frees the connection in the next round of the event loop; a request that follows immediately would open another one.
		await setImmediate();
		return answer;
	} catch (error) {
		if (error instanceof ServiceError || error instanceof CancelledError) throw error;
		throw networkFailure(failureCode(error), url.host, reader.sent);
	} finally {
		clearTimeout(timer);
		stopListening();
	}
}

/** Receives undici's events for one request. */
class AnswerReader implements Dispatcher.DispatchHandler {
	readonly answer: Promise<WholeAnswer>;
	/** True once the request is about to be written, after proxy and TLS handshake. If it fails earlier, the server has received nothing. */
	sent = false;
	private resolve: (answer: WholeAnswer) => void = () => undefined;
	private reject: (error: Error) => void = () => undefined;
	private controller: Dispatcher.DispatchController | undefined;
	private givenUp: Error | undefined;
	private status = 0;
	private headers: IncomingHttpHeaders = {};
	private readonly chunks: Buffer[] = [];
	private size = 0;

	constructor(private readonly largestBody: number) {
		this.answer = new Promise((resolve, reject) => {
			this.resolve = resolve;
			this.reject = reject;
		});
	}

	/** Ends the exchange: rejects the answer immediately, and aborts the request in undici as soon as it has a connection. */
	giveUp(reason: Error): void {
		this.givenUp = reason;
		this.controller?.abort(reason);
		this.reject(reason);
	}

	onRequestStart(controller: Dispatcher.DispatchController): void {
		if (this.givenUp) {
			controller.abort(this.givenUp);
			return;
		}
		this.controller = controller;
		this.sent = true;
	}

	onResponseStart(_controller: unknown, status: number, headers: IncomingHttpHeaders): void {
		this.status = status;
		this.headers = headers;
	}

	onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
		this.size += chunk.length;
		this.chunks.push(chunk);
		if (this.size <= this.largestBody) return;
		this.resolve({ status: this.status, headers: this.headers, body: undefined });
		controller.abort(new Error('The answer is too large'));
	}

	onResponseEnd(): void {
		this.resolve({ status: this.status, headers: this.headers, body: Buffer.concat(this.chunks) });
	}

	onResponseError(_controller: unknown, error: Error): void {
		this.reject(error);
	}
}
