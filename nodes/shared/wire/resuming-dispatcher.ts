import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { networkFailure } from '../failures/network';
import { storageDispatcher } from './dispatchers';
import { failureCode } from './failure-code';
import { onceMade } from './once';

/** Failures in a row, without a byte received in between, after which the next one ends the transfer. */
const MOST_FAILURES_WITHOUT_PROGRESS = 4;
/** Pause before the first resumption, in ms; doubled each time until a byte is received. */
const FIRST_PAUSE_MS = 200;

/** State of one download that resuming it requires. */
export interface Transfer {
	/** True once the answer's headers have arrived. Before that, the caller repeats the whole request. */
	started: boolean;
	/** Bytes received so far. */
	received: number;
	/** How often the download was resumed after it was cut or stalled. */
	resumed: number;
	signal: AbortSignal;
}

type RetryCallback = (error?: Error | null) => void;

const transfers = new AsyncLocalStorage<Transfer>();

/** Runs work whose requests belong to a transfer: those through `resumingDispatcher` are resumed after a cut. */
export function inTransfer<T>(transfer: Transfer, work: () => Promise<T>): Promise<T> {
	return transfers.run(transfer, work);
}

/**
 * Returns the dispatcher for S3 that resumes a cut or stalled body after its last byte. undici's RetryHandler sends `Range` and `If-Match`, so all
 * bytes are from one version of the object. Requests outside of `inTransfer` are not resumed.
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

/** Returns RetryHandler's `retry` function for a transfer: it decides after each failure whether to resume, and says so through the callback. */
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

/** Whether the failure is a cut, a stall or a busy server. 400 and 412 mean that the token or the object has changed: waiting does not help. */
function mayResume(error: Error & { statusCode?: number }): boolean {
	const { statusCode } = error;
	// 501 is permanent.
	if (statusCode !== undefined) return (statusCode >= 500 && statusCode !== 501) || statusCode === 429;
	return networkFailure(failureCode(error), '').retry;
}

/** Waits `ms`, then resumes; gives up immediately when the transfer is cancelled. */
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
