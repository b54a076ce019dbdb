import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError, throwIfCancelled } from '../errors/cancelled-error';
import { ServiceError } from '../errors/service-error';
import type { Pace } from './pace';

/** Pause before the second attempt, in ms; tripled each time, and multiplied by a random factor of 1 to 2 to spread the retries of many workflows. */
const FIRST_PAUSE_MS = 250;
const PAUSE_FACTOR = 3;
/** Longest pause, in ms; also the longest wait for `Retry-After`, which comes in addition. n8n runs have time limits of their own. */
const LONGEST_PAUSE_MS = 60_000;

export interface RetryLimits {
	/** Attempts in all, 1 or more. */
	maxAttempts: number;
	signal?: AbortSignal;
	/** Notified when the service asks for fewer requests. */
	pace?: Pace;
}

/** HTTP statuses with which a service asks for fewer requests; S3's SlowDown is a 503. */
const PUSH_BACK: ReadonlyArray<number | undefined> = [429, 503];

/**
 * Makes attempts until one succeeds or fails permanently, or the limit is reached. Retries only a `ServiceError` whose table row allows it.
 * @param attempt does the work; receives the attempt's number, from 1
 * @throws the last attempt's error, with the number of attempts when it is a ServiceError; CancelledError
 */
export async function withRetries<T>(limits: RetryLimits, attempt: (attemptNumber: number) => Promise<T>): Promise<T> {
	const { maxAttempts, signal, pace } = limits;
	throwIfCancelled(signal);
	const { pRetry } = await import('./vendor/p-retry');
	try {
		return await pRetry(attempt, {
			retries: maxAttempts - 1,
			minTimeout: FIRST_PAUSE_MS,
			factor: PAUSE_FACTOR,
			maxTimeout: LONGEST_PAUSE_MS,
			randomize: true,
			signal,
			shouldRetry: ({ error }) => error instanceof ServiceError && error.retry,
			onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
				if (!(error instanceof ServiceError)) return;
				error.attempts = attemptNumber;
				if (PUSH_BACK.includes(error.statusCode)) pace?.pushedBack();
				if (error.retry && retriesLeft > 0 && error.retryAfterMs) {
					await sleep(Math.min(error.retryAfterMs, LONGEST_PAUSE_MS), undefined, { signal });
				}
			},
		});
	} catch (error) {
		// However a cancelled request failed, the cause is the cancellation.
		if (signal?.aborted) throw new CancelledError();
		throw error;
	}
}

/**
 * Reads a `Retry-After` header (RFC 9110, 10.2.3): seconds or an HTTP date.
 * @returns ms from now, 0 for a time in the past; undefined if the header is missing or cannot be read
 */
export function retryAfterMs(header: string | string[] | undefined, now = Date.now()): number | undefined {
	const value = Array.isArray(header) ? header[0] : header;
	if (!value) return undefined;
	const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
	return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
