import { throwIfCancelled } from '../errors/cancelled-error';
import { untilAborted } from '../wire/abort';
import { type Token, timeLeft } from './token';

/** A token is not reused when less than this is left, in ms: there must be time to read a large file. */
export const REUSE_MARGIN_MS = 5 * 60 * 1000;

/** Time between two replacements of a doubted token, in ms: a wrong access point in every notification must not cause a request to Roche each time. */
const DOUBT_INTERVAL_MS = 60_000;

/** Obtains a token; the signal aborts this when no caller waits for it any more. */
export type ObtainToken = (signal: AbortSignal) => Promise<Token>;

interface Flight {
	token: Promise<Token>;
	waiting: number;
	abort: AbortController;
}

/** Keeps one token per credential and organization, in memory only; concurrent callers share one request. */
export class TokenCache {
	private readonly tokens = new Map<string, Token>();
	private readonly flights = new Map<string, Flight>();
	/** When a new token was last obtained because one was doubted, by credential, in ms of `performance.now`. */
	private readonly doubts = new Map<string, number>();

	/**
	 * Returns the cached token if it is valid for more than five minutes, else the one that is being obtained, else a new one.
	 * @param key identifies credential and organization
	 * @param signal of the caller's run: cancelling one run does not affect another that waits for the same token
	 * @throws what `obtain` throws, to every waiting caller; CancelledError
	 */
	async get(key: string, obtain: ObtainToken, signal?: AbortSignal): Promise<Token> {
		throwIfCancelled(signal);
		const kept = this.tokens.get(key);
		if (kept && timeLeft(kept.awsCredentials) > REUSE_MARGIN_MS) return kept;
		const flight = this.flights.get(key) ?? this.start(key, obtain);
		return await this.join(key, flight, signal);
	}

	/**
	 * Returns a token to replace one that is doubted although it has not expired: the cached one if it differs, else the one that is being obtained,
	 * else a new one, at most one per minute.
	 * @param source identifies the credential, to which the limit of one per minute applies
	 * @returns undefined if one was obtained for this reason less than a minute ago
	 * @throws as `get`
	 */
	async getOther(
		key: string,
		source: string,
		doubtful: Token,
		obtain: ObtainToken,
		signal?: AbortSignal,
	): Promise<Token | undefined> {
		const { AccessKeyId } = doubtful.awsCredentials;
		const kept = this.tokens.get(key)?.awsCredentials.AccessKeyId ?? AccessKeyId;
		if (kept === AccessKeyId && !this.flights.has(key)) {
			const now = performance.now();
			// The doubted token stays cached: otherwise the next `get` would make a request that is not limited.
			if (now - (this.doubts.get(source) ?? -Infinity) < DOUBT_INTERVAL_MS) return undefined;
			for (const [other, at] of this.doubts) if (now - at >= DOUBT_INTERVAL_MS) this.doubts.delete(other);
			this.doubts.set(source, now);
			this.forget(key, AccessKeyId);
		}
		return await this.get(key, obtain, signal);
	}

	/** Forgets a token that AWS refused, unless a newer one has taken its place. */
	forget(key: string, accessKeyId: string): void {
		if (this.tokens.get(key)?.awsCredentials.AccessKeyId === accessKeyId) this.tokens.delete(key);
	}

	private start(key: string, obtain: ObtainToken): Flight {
		const abort = new AbortController();
		const token = obtain(abort.signal);
		const flight: Flight = { token, waiting: 0, abort };
		this.flights.set(key, flight);
		return flight;
	}

	/** Waits for the flight's token, or for the cancellation of the caller's own run. */
	private async join(key: string, flight: Flight, signal: AbortSignal | undefined): Promise<Token> {
		flight.waiting += 1;
		try {
			const token = await untilAborted(signal, flight.token);
			this.keep(key, token);
			return token;
		} catch (error) {
			throwIfCancelled(signal);
			throw error;
		} finally {
			flight.waiting -= 1;
			// No caller is waiting: the request has ended, or all callers were cancelled. The next caller starts a new one.
			if (flight.waiting === 0) {
				flight.abort.abort();
				if (this.flights.get(key) === flight) this.flights.delete(key);
			}
		}
	}

	/** Caches the token, and drops those that are no longer reused: those of credentials not in use would otherwise stay forever. */
	private keep(key: string, token: Token): void {
		for (const [other, { awsCredentials }] of this.tokens) {
			if (timeLeft(awsCredentials) <= REUSE_MARGIN_MS) this.tokens.delete(other);
		}
		this.tokens.set(key, token);
	}
}
