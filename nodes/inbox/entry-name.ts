import { createHash, randomBytes } from 'node:crypto';

/** Where a message is on its way: the folder that its entry lies in. */
export type State = 'waiting' | 'claimed' | 'done';

export const STATES: readonly State[] = ['waiting', 'claimed', 'done'];

/** All that changes about a message is in its entry's name, so that each change is one rename. Times in ms since 1970. */
export interface Entry {
	state: State;
	/** Hash of the MessageId: nothing of an id gets into a path. */
	key: string;
	/** When the message was stored. Comes first in the name, so that sorted names begin with the oldest. */
	storedAt: number;
	/** When it got into this state. */
	since: number;
	/** Waiting: when it is due. Claimed: when the lease ends. Done: 0, and 1 as long as the content is there. */
	until: number;
	/** How often it was claimed. */
	attempts: number;
	/** Of whoever claimed it last; tells one lease from the next. */
	claim: string;
	/** The entry's file name. */
	name: string;
}

/** No pause and no lease is longer, in ms: an end that is further away comes from a clock that was wrong. */
export const LONGEST_MS = 86_400_000;

/** Clocks of several servers differ by so much at most, in ms. */
const CLOCK_DIFFERENCE_MS = 60_000;

const NAME = /^(\d{14})-([0-9a-f]{40})-(\d{14})-(\d{14})-(\d+)-([0-9a-f]{16})$/;

/** 160 bits of SHA-256: no two messages share a key. */
export function keyOf(messageId: string): string {
	return createHash('sha256').update(messageId).digest('hex').slice(0, 40);
}

export function newClaim(): string {
	return randomBytes(8).toString('hex');
}

/** An entry with its name. */
export function entry(of: Omit<Entry, 'name'>): Entry {
	const time = (ms: number): string => String(Math.max(0, Math.trunc(ms))).padStart(14, '0');
	const { key, storedAt, since, until, attempts, claim } = of;
	return { ...of, name: [time(storedAt), key, time(since), time(until), attempts, claim].join('-') };
}

/** @returns undefined for a file that is none of the inbox's */
export function parseName(state: State, name: string): Entry | undefined {
	const [, storedAt, key = '', since, until, attempts, claim = ''] = NAME.exec(name) ?? [];
	if (storedAt === undefined) return undefined;
	const times = { storedAt: Number(storedAt), since: Number(since), until: Number(until), attempts: Number(attempts) };
	return { state, key, claim, ...times, name };
}

/** Whether a pause or lease is over. Also when the clock has been put back to before it began: nobody knows then how long it was. */
export function isOver({ since, until }: Entry, now: number): boolean {
	return until <= now || until > now + LONGEST_MS || since > now + CLOCK_DIFFERENCE_MS;
}
