import { throwIfCancelled } from '../errors/cancelled-error';
import { untilAborted } from '../wire/abort';
import { type Token, timeLeft } from './token';

/** A token is not handed out in the last part of its life, in ms: a large file must still be read with it. */
export const REUSE_MARGIN_MS = 5 * 60 * 1000;

/** A wrong access point in every notification must not ask Roche for a token each time, in ms. */
const DOUBT_INTERVAL_MS = 60_000;

/** Gets a token; the signal ends it when nobody waits for it any more. */
export type ObtainToken = (signal: AbortSignal) => Promise<Token>;

interface Flight {
	token: Promise<Token>;
	waiting: number;
	abort: AbortController;
}

/** Keeps one token per credential and organization, in memory only; concurrent needs make one call. */
export class TokenCache {
	private readonly tokens = new Map<string, Token>();
	private readonly flights = new Map<string, Flight>();
	/** When a new token was last obtained because one was doubted, by credential, in ms of `performance.now`. */
	private readonly doubts = new Map<string, number>();

	/**
	 * A token with more than five minutes to live: a kept one, or one that is being obtained, or a new one.
	 * @param key stands for credential and organization
	 * @param signal of the caller's run: cancelling one run does not fail another that waits for the same call
	 * @throws what `obtain` throws, to all who wait; CancelledError
	 */
	async get(key: string, obtain: ObtainToken, signal?: AbortSignal): Promise<Token> {
		throwIfCancelled(signal);
		const kept = this.tokens.get(key);
		if (kept && timeLeft(kept.awsCredentials) > REUSE_MARGIN_MS) return kept;
		const flight = this.flights.get(key) ?? this.start(key, obtain);
		return await this.join(key, flight, signal);
	}

	/**
	 * A token in place of one that is doubted though its time is not over: the kept one or the one that is being obtained where it is another,
	 * else a new one, at most one a minute.
	 * @param source stands for the credential, whose new tokens for this reason are counted
	 * @returns undefined where one was obtained less than a minute ago
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
			// Until then it stays the one that is kept: without it the next need would make a call that is not counted.
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
			// Nobody waits any more: it is over, or all who needed it were cancelled. Whoever comes next starts anew.
			if (flight.waiting === 0) {
				flight.abort.abort();
				if (this.flights.get(key) === flight) this.flights.delete(key);
			}
		}
	}

	/** Keeps the token, and drops those of credentials that are no longer in use, which would stay for ever. */
	private keep(key: string, token: Token): void {
		for (const [other, { awsCredentials }] of this.tokens) {
			if (timeLeft(awsCredentials) <= REUSE_MARGIN_MS) this.tokens.delete(other);
		}
		this.tokens.set(key, token);
	}
}
