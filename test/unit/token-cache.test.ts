import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError } from '../../nodes/shared/errors/cancelled-error';
import { ServiceError } from '../../nodes/shared/errors/service-error';
import type { Token } from '../../nodes/shared/partners-services/token';
import { REUSE_MARGIN_MS, TokenCache } from '../../nodes/shared/partners-services/token-cache';

const MINUTE_MS = 60_000;
const KEY = 'credential 3.16.724.4.41';

let store: TokenCache;
let calls: number;

beforeEach(() => {
	store = new TokenCache();
	calls = 0;
});
afterEach(() => {
	jest.restoreAllMocks();
});

/** Returns a token that expires in `lifeMs` ms. */
function tokenFor(lifeMs: number, AccessKeyId = `ASIA${calls}`): Token {
	const Expiration = new Date(Date.now() + lifeMs).toISOString();
	return {
		awsCredentials: { AccessKeyId, SecretAccessKey: 'secret', SessionToken: 'session', Expiration },
		awsResources: [],
		originRequestId: 'id',
	};
}

/** Obtains a token after a short time, as a call does. */
const obtains =
	(lifeMs = 60 * MINUTE_MS, callMs = 5) =>
	async (): Promise<Token> => {
		calls += 1;
		const token = tokenFor(lifeMs);
		await sleep(callMs);
		return token;
	};

/** Returns a call that ends only when it is aborted. */
function hangingCall() {
	const seen: { signal?: AbortSignal } = {};
	const obtain = async (signal: AbortSignal): Promise<Token> => {
		calls += 1;
		seen.signal = signal;
		return await new Promise((_, reject) => {
			signal.addEventListener('abort', () => reject(new CancelledError()));
		});
	};
	return { seen, obtain };
}

describe('a token is reused', () => {
	it('while it is valid for more than five minutes', async () => {
		const first = await store.get(KEY, obtains(REUSE_MARGIN_MS + 10_000));
		expect(await store.get(KEY, obtains())).toBe(first);
		expect(calls).toBe(1);
	});

	it('not in its last five minutes', async () => {
		expect(REUSE_MARGIN_MS).toBe(5 * MINUTE_MS);
		const first = await store.get(KEY, obtains(5 * MINUTE_MS));
		const second = await store.get(KEY, obtains());
		expect(second).not.toBe(first);
		expect(calls).toBe(2);
	});

	it('until the five minutes begin', async () => {
		const now = Date.now();
		const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
		const first = await store.get(KEY, obtains(REUSE_MARGIN_MS + 300));
		clock.mockReturnValue(now + 299);
		expect(await store.get(KEY, obtains())).toBe(first);
		clock.mockReturnValue(now + 300);
		expect(await store.get(KEY, obtains())).not.toBe(first);
	});

	it('not by another credential or organization', async () => {
		const [a, b] = await Promise.all([store.get(KEY, obtains()), store.get(`${KEY}2`, obtains())]);
		expect(a).not.toBe(b);
		expect(calls).toBe(2);
		expect([await store.get(KEY, obtains()), await store.get(`${KEY}2`, obtains())]).toEqual([a, b]);
	});

	it('while tokens of other credentials come and go', async () => {
		const first = await store.get(KEY, obtains());
		for (const other of ['a', 'b', 'c']) await store.get(other, obtains(MINUTE_MS));
		expect(await store.get(KEY, obtains())).toBe(first);
	});

	it('and is dropped shortly before it expires, even if its credential is no longer used', async () => {
		for (const other of ['a', 'b', 'c']) await store.get(other, obtains(MINUTE_MS));
		await store.get(KEY, obtains());
		expect([...(Reflect.get(store, 'tokens') as Map<string, Token>).keys()]).toEqual([KEY]);
	});
});

describe('concurrent requests', () => {
	it('make one call, whose token they all receive', async () => {
		const tokens = await Promise.all(Array.from({ length: 20 }, () => store.get(KEY, obtains())));
		expect(new Set(tokens).size).toBe(1);
		expect(calls).toBe(1);
	});

	it('all receive the error, which is not cached', async () => {
		const failure = new ServiceError('refused', { advice: 'x', code: '401', statusCode: 401, retry: false });
		const fails = async (): Promise<Token> => {
			calls += 1;
			await sleep(5);
			throw failure;
		};
		const results = await Promise.allSettled([store.get(KEY, fails), store.get(KEY, fails), store.get(KEY, fails)]);
		expect(results.map((result) => result.status === 'rejected' && result.reason === failure)).toEqual([
			true,
			true,
			true,
		]);
		expect(calls).toBe(1);
		await expect(store.get(KEY, obtains())).resolves.toBeDefined();
		expect(calls).toBe(2);
	});

	it('are served even if one of two was cancelled', async () => {
		const cancel = new AbortController();
		let abortedDuringCall = true;
		const obtain = async (signal: AbortSignal): Promise<Token> => {
			const token = await obtains(60 * MINUTE_MS, 50)();
			abortedDuringCall = signal.aborted;
			return token;
		};
		const first = store.get(KEY, obtain, cancel.signal);
		const second = store.get(KEY, obtain, new AbortController().signal);
		cancel.abort();
		await expect(first).rejects.toBeInstanceOf(CancelledError);
		const token = await second;
		expect({ calls, abortedDuringCall }).toEqual({ calls: 1, abortedDuringCall: false });
		expect(await store.get(KEY, obtain)).toBe(token);
	});

	it('abort the call if all are cancelled, and the next request makes a new one', async () => {
		const { seen, obtain } = hangingCall();
		const cancels = [new AbortController(), new AbortController()];
		const waiting = cancels.map(({ signal }) => store.get(KEY, obtain, signal).catch((error: unknown) => error));
		cancels[0]?.abort();
		await sleep(5);
		expect(seen.signal?.aborted).toBe(false);
		cancels[1]?.abort();
		const results = await Promise.all(waiting);
		expect(results.map((error) => error instanceof CancelledError)).toEqual([true, true]);
		expect(seen.signal?.aborted).toBe(true);
		await expect(store.get(KEY, obtains())).resolves.toBeDefined();
		expect(calls).toBe(2);
	});

	it('stop waiting at once if they are cancelled', async () => {
		const cancel = new AbortController();
		const waiting = store.get(KEY, hangingCall().obtain, cancel.signal);
		setTimeout(() => cancel.abort(), 20);
		await expect(waiting).rejects.toBeInstanceOf(CancelledError);
	});

	it('a request of a cancelled run makes no call', async () => {
		await expect(store.get(KEY, obtains(), AbortSignal.abort())).rejects.toBeInstanceOf(CancelledError);
		expect(calls).toBe(0);
	});

	it('a request is served if the only other one is cancelled at the same moment', async () => {
		const cancel = new AbortController();
		const obtain = async (signal: AbortSignal): Promise<Token> => {
			const token = await obtains(60 * MINUTE_MS, 20)();
			if (signal.aborted) throw new CancelledError();
			return token;
		};
		const first = store.get(KEY, obtain, cancel.signal).catch((error: unknown) => error);
		await sleep(1);
		cancel.abort();
		await expect(store.get(KEY, obtain)).resolves.toBeDefined();
		expect(await first).toBeInstanceOf(CancelledError);
	});
});

describe('a token that AWS refused', () => {
	it('is dropped: the next request makes a call', async () => {
		const refused = await store.get(KEY, obtains());
		store.forget(KEY, refused.awsCredentials.AccessKeyId);
		expect(await store.get(KEY, obtains())).not.toBe(refused);
	});

	it('is dropped once: a newer one is kept', async () => {
		const refused = await store.get(KEY, obtains());
		store.forget(KEY, refused.awsCredentials.AccessKeyId);
		const newer = await store.get(KEY, obtains());
		store.forget(KEY, refused.awsCredentials.AccessKeyId);
		expect(await store.get(KEY, obtains())).toBe(newer);
		expect(calls).toBe(2);
	});

	it('of another credential is kept', async () => {
		const kept = await store.get(KEY, obtains());
		store.forget('another', kept.awsCredentials.AccessKeyId);
		expect(await store.get(KEY, obtains())).toBe(kept);
	});
});
