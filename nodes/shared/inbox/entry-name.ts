import { createHash, randomBytes } from 'node:crypto';

/** How far a message has come; also the name of the folder that contains its entry. */
export type State = 'waiting' | 'claimed' | 'done';

export const STATES: readonly State[] = ['waiting', 'claimed', 'done'];

/** Everything about a message that changes is in its entry's name, so each change is one rename. Times in ms since 1970. */
export interface Entry {
	state: State;
	/** Hash of the MessageId: no part of an id gets into a path. */
	key: string;
	/** When the message was stored. It comes first in the name, so sorted names begin with the oldest. */
	storedAt: number;
	/** When it reached this state. */
	since: number;
	/** Waiting: when it is due. Claimed: when the lease ends. Done: 0, or 1 while its content is still there. */
	until: number;
	/** How often it was claimed. */
	attempts: number;
	/** Random id, renewed by each claim; distinguishes one lease from the next. */
	claim: string;
	/** The entry's file name. */
	name: string;
}

/** Maximum length of a pause or a lease, in ms. An end that is further away comes from a clock that was wrong. */
export const LONGEST_MS = 86_400_000;

/** Maximum difference between the clocks of several servers, in ms. */
const CLOCK_DIFFERENCE_MS = 60_000;

const NAME = /^(\d{14})-([0-9a-f]{40})-(\d{14})-(\d{14})-(\d+)-([0-9a-f]{16})$/;

/** Returns the key of a message: 160 bits of the SHA-256 of its id, in hex. No two messages share a key. */
export function keyOf(messageId: string): string {
	return createHash('sha256').update(messageId).digest('hex').slice(0, 40);
}

export function newClaim(): string {
	return randomBytes(8).toString('hex');
}

/** Returns an entry with its file name. */
export function entry(of: Omit<Entry, 'name'>): Entry {
	const time = (ms: number): string => String(Math.max(0, Math.trunc(ms))).padStart(14, '0');
	const { key, storedAt, since, until, attempts, claim } = of;
	return { ...of, name: [time(storedAt), key, time(since), time(until), attempts, claim].join('-') };
}

/**
 * Parses the file name of an entry.
 * @returns undefined if the inbox did not create the file
 */
export function parseName(state: State, name: string): Entry | undefined {
	const [, storedAt, key = '', since, until, attempts, claim = ''] = NAME.exec(name) ?? [];
	if (storedAt === undefined) return undefined;
	const times = { storedAt: Number(storedAt), since: Number(since), until: Number(until), attempts: Number(attempts) };
	return { state, key, claim, ...times, name };
}

/** Whether a pause or lease is over. It also is if the clock was set back to before it began, since its length is then unknown. */
export function isOver({ since, until }: Entry, now: number): boolean {
	return until <= now || until > now + LONGEST_MS || since > now + CLOCK_DIFFERENCE_MS;
}
