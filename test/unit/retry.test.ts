import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { s3Failure } from '../../nodes/shared/failures/s3';
import { CancelledError } from '../../nodes/shared/errors/cancelled-error';
import { InvalidInputError } from '../../nodes/shared/errors/invalid-input-error';
import { networkFailure } from '../../nodes/shared/failures/network';
import type { ServiceError } from '../../nodes/shared/errors/service-error';
import { answerFailure } from '../../nodes/shared/partners-services/answer-failure';
import { retryAfterMs, withRetries } from '../../nodes/shared/wire/retry';

/** Shortest pauses before the second and the third attempt, in ms. */
const [FIRST_PAUSE_MS, SECOND_PAUSE_MS] = [250, 750];

/** Returns an attempt that fails with each of the errors in turn, and then succeeds. */
function failing(...errors: Error[]) {
	const numbers: number[] = [];
	const attempt = async (attemptNumber: number): Promise<string> => {
		numbers.push(attemptNumber);
		const error = errors[numbers.length - 1];
		if (error !== undefined) throw error;
		return 'done';
	};
	return { numbers, attempt };
}

/** Returns the duration, in ms, and the result. */
async function timed<T>(work: Promise<T>): Promise<{ ms: number; value?: T; error?: unknown }> {
	const startedAt = performance.now();
	const outcome = await work.then(
		(value) => ({ value }),
		(error: unknown) => ({ error }),
	);
	return { ...outcome, ms: performance.now() - startedAt };
}

const HEALING: ReadonlyArray<[string, () => ServiceError]> = [
	...[429, 500, 502, 503, 504].map((status): [string, () => ServiceError] => [
		String(status),
		() => answerFailure(status, ''),
	]),
	...[
		'ECONNRESET',
		'ECONNREFUSED',
		'EPIPE',
		'ETIMEDOUT',
		'EAI_AGAIN',
		'UND_ERR_SOCKET',
		'UND_ERR_CONNECT_TIMEOUT',
		'UND_ERR_HEADERS_TIMEOUT',
		'UND_ERR_BODY_TIMEOUT',
	].map((code): [string, () => ServiceError] => [code, () => networkFailure(code, 'host')]),
	['SlowDown', () => s3Failure('SlowDown', 503)],
];

const LASTING: ReadonlyArray<[string, () => Error]> = [
	...[400, 401, 403, 404, 405, 501].map((status): [string, () => Error] => [
		String(status),
		() => answerFailure(status, ''),
	]),
	...[
		'ERR_SSL_WRONG_VERSION_NUMBER',
		'CERT_HAS_EXPIRED',
		'UND_ERR_INVALID_ARG',
		'PROXY_407',
		'PROXY_403',
		'ENOTFOUND',
	].map((code): [string, () => Error] => [code, () => networkFailure(code, 'host')]),
	['AccessDenied', () => s3Failure('AccessDenied', 403)],
	['an input that is not valid', () => new InvalidInputError('Field', 'Field is empty', 'x')],
	['a cancellation', () => new CancelledError()],
	['a programming error', () => new TypeError('x is not a function')],
	['a network error that is not in the table', () => new TypeError('fetch failed')],
];

// Loaded at its first use, which takes longer than some of the times below.
beforeAll(async () => {
	await import('../../nodes/shared/wire/vendor/p-retry');
});

describe('an attempt that failed', () => {
	it.concurrent.each(HEALING)('is retried: %s', async (_name, error) => {
		const { numbers, attempt } = failing(error());
		expect(await withRetries({ maxAttempts: 2 }, attempt)).toBe('done');
		expect(numbers).toEqual([1, 2]);
	});

	it.each(LASTING)('is not retried: %s', async (_name, make) => {
		const error = make();
		const { numbers, attempt } = failing(error);
		await expect(withRetries({ maxAttempts: 4 }, attempt)).rejects.toBe(error);
		expect(numbers).toEqual([1]);
	});

	it('is retried until one fails with an error that is not retried', async () => {
		const refusal = answerFailure(401, '');
		const { numbers, attempt } = failing(answerFailure(503, ''), refusal);
		await expect(withRetries({ maxAttempts: 4 }, attempt)).rejects.toBe(refusal);
		expect(numbers).toEqual([1, 2]);
		expect(refusal.attempts).toBe(2);
	});

	it('is made as often as allowed, and the last error states how often', async () => {
		const errors = [503, 502, 500, 504].map((status) => answerFailure(status, ''));
		const { numbers, attempt } = failing(...errors);
		const { error, ms } = await timed(withRetries({ maxAttempts: 3 }, attempt));
		expect(error).toBe(errors[2]);
		expect(errors[2]?.attempts).toBe(3);
		expect(numbers).toEqual([1, 2, 3]);
		expect(ms).toBeGreaterThanOrEqual(FIRST_PAUSE_MS + SECOND_PAUSE_MS - 10);
	});

	it('is made once if one attempt is allowed', async () => {
		const error = answerFailure(503, '', 60_000);
		const { numbers, attempt } = failing(error);
		await expect(withRetries({ maxAttempts: 1 }, attempt)).rejects.toBe(error);
		expect(numbers).toEqual([1]);
		expect(error.attempts).toBe(1);
	});
});

describe('pauses', () => {
	it('are not longer than a minute each, however many attempts there are', async () => {
		jest.useFakeTimers();
		try {
			const failures = Array.from({ length: 9 }, () => answerFailure(503, ''));
			const { numbers, attempt } = failing(...failures);
			const work = withRetries({ maxAttempts: 10 }, attempt);
			// At most 0.5 + 1.5 + 4.5 + 13.5 + 40.5 s, and then 60 s each.
			await jest.advanceTimersByTimeAsync(60_500 + 4 * 60_000);
			await work;
			expect(numbers).toHaveLength(10);
		} finally {
			jest.useRealTimers();
		}
	});
});

describe('a pause requested by the service', () => {
	it('is made', async () => {
		const { numbers, attempt } = failing(answerFailure(429, '', 1200));
		const { value, ms } = await timed(withRetries({ maxAttempts: 2 }, attempt));
		expect({ value, numbers }).toEqual({ value: 'done', numbers: [1, 2] });
		expect(ms).toBeGreaterThanOrEqual(1190);
	});

	it('is not made after an error that is not retried', async () => {
		// With the pause, the test would exceed its time limit.
		const refusal = answerFailure(401, '', 60_000);
		const { attempt } = failing(refusal);
		await expect(withRetries({ maxAttempts: 4 }, attempt)).rejects.toBe(refusal);
	});
});

describe('cancelling the run', () => {
	it.each([
		['the pause between attempts', undefined],
		['the pause requested by the service', 60_000],
	])('ends %s at once', async (_name, retryAfter) => {
		const cancel = new AbortController();
		const { numbers, attempt } = failing(answerFailure(503, '', retryAfter), answerFailure(503, ''));
		const work = withRetries({ maxAttempts: 4, signal: cancel.signal }, attempt).catch((error: unknown) => error);
		await sleep(50);
		cancel.abort();
		// In the same turn of the event loop: no timer has ended the pause.
		expect(await Promise.race([work, nextTurn()])).toBeInstanceOf(CancelledError);
		expect(numbers).toEqual([1]);
	});

	it('before the first attempt: no attempt is made', async () => {
		const { numbers, attempt } = failing();
		const work = withRetries({ maxAttempts: 4, signal: AbortSignal.abort() }, attempt);
		await expect(work).rejects.toBeInstanceOf(CancelledError);
		expect(numbers).toEqual([]);
	});

	it('during an attempt: the run was cancelled, whatever error the attempt then fails with', async () => {
		const cancel = new AbortController();
		const work = withRetries({ maxAttempts: 4, signal: cancel.signal }, async () => {
			cancel.abort();
			throw networkFailure('ECONNRESET', 'host');
		});
		await expect(work).rejects.toBeInstanceOf(CancelledError);
	});
});

describe('the header Retry-After', () => {
	const now = Date.parse('2026-11-12T08:00:00Z');

	it.each<[string | string[] | undefined, number | undefined]>([
		['5', 5000],
		[' 5 ', 5000],
		['0', 0],
		[['7', '9'], 7000],
		['Thu, 12 Nov 2026 08:00:30 GMT', 30_000],
		['Thu, 12 Nov 2026 07:00:00 GMT', 0],
		[undefined, undefined],
		['', undefined],
		[[], undefined],
		['soon', undefined],
		['-5x', undefined],
		['9'.repeat(400), undefined],
	])('%j means %s ms', (header, ms) => {
		expect(retryAfterMs(header, now)).toBe(ms);
	});
});
