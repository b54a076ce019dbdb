import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { networkFailure } from '../errors/network-failures';
import { storageDispatcher } from './dispatchers';
import { failureCode } from './failure-code';
import { onceMade } from './once';

/** Failures in a row without a byte in between after which a transfer is given up. */
const MOST_FAILURES_WITHOUT_PROGRESS = 4;
/** Pause before the first resumption, in ms; doubled while no byte comes. */
const FIRST_PAUSE_MS = 200;

/** One download, as far as the resumption has to know it. */
export interface Transfer {
	/** Set when the answer's headers have come: before that the whole request is repeated by whoever made it. */
	started: boolean;
	/** Bytes that came so far. */
	received: number;
	/** How often the download was continued after a cut or stall. */
	resumed: number;
	signal: AbortSignal;
}

type RetryCallback = (error?: Error | null) => void;

const transfers = new AsyncLocalStorage<Transfer>();

/** Runs work whose requests belong to a transfer: those through `resumingDispatcher` go on after a cut. */
export function inTransfer<T>(transfer: Transfer, work: () => Promise<T>): Promise<T> {
	return transfers.run(transfer, work);
}

/**
 * The dispatcher for S3 that continues a body that was cut or stalled, from its last byte: undici's RetryHandler sends `Range` and
 * `If-Match`, so that the bytes are those of one version of the object.
 */
export const resumingDispatcher = onceMade<Dispatcher>(async () => {
	const [base, { RetryHandler }] = await Promise.all([storageDispatcher(), import('./vendor/undici')]);
	return base.compose((dispatch) => (options, handler) => {
		const transfer = transfers.getStore();
		if (!transfer) return dispatch(options, handler);
		const retryOptions = { throwOnError: false, statusCodes: [], retry: resumption(transfer) };
		return dispatch(options, new RetryHandler({ ...options, retryOptions }, { dispatch, handler }));
	});
});

/** Decides after each failure of a transfer whether it goes on: called by RetryHandler, answers by calling back. */
function resumption(transfer: Transfer) {
	let failures = 0;
	let receivedBefore = 0;
	return (error: Error, _context: unknown, callback: RetryCallback): null => {
		if (transfer.received > receivedBefore) failures = 0;
		receivedBefore = transfer.received;
		failures += 1;
		if (!transfer.started || failures > MOST_FAILURES_WITHOUT_PROGRESS || !mayResume(error)) callback(error);
		else pause(FIRST_PAUSE_MS * 2 ** (failures - 1), transfer, error, callback);
		return null;
	};
}

/** A cut or stall, or a busy server; 400 and 412 mean that the token or the object has changed, and no waiting helps. */
function mayResume(error: Error & { statusCode?: number }): boolean {
	const { statusCode } = error;
	// 501 is an answer for good.
	if (statusCode !== undefined) return (statusCode >= 500 && statusCode !== 501) || statusCode === 429;
	return networkFailure(failureCode(error), '').retry;
}

/** Waits, and goes on; ends at once when the transfer is cancelled. */
function pause(ms: number, transfer: Transfer, error: Error, callback: RetryCallback): void {
	sleep(ms, undefined, { signal: transfer.signal }).then(
		() => {
			transfer.resumed += 1;
			callback(null);
		},
		() => {
			callback(error);
		},
	);
}
