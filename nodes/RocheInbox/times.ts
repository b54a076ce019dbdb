import { wholeNumber } from '../node-support/parameters';
import { type InboxOptions, KEEP_DAYS, LEASE, LONGEST_PAUSE, PAUSE, WINDOW } from './properties';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAY_SECONDS = DAY_MS / SECOND_MS;

/** @returns ms */
export function leaseOf(options: unknown): number {
	const { lease } = options as InboxOptions;
	return wholeNumber(LEASE.displayName, lease, Number(LEASE.default), 1, DAY_SECONDS) * SECOND_MS;
}

/** @returns the pause in ms after so many attempts */
export function pauseOf(options: unknown): (attempts: number) => number {
	const { pause, longestPause } = options as InboxOptions;
	const first = wholeNumber(PAUSE.displayName, pause, Number(PAUSE.default), 1, DAY_SECONDS) * SECOND_MS;
	const longest =
		wholeNumber(LONGEST_PAUSE.displayName, longestPause, Number(LONGEST_PAUSE.default), 1, DAY_SECONDS) * SECOND_MS;
	return (attempts) => Math.min(longest, first * 2 ** Math.max(0, attempts - 1));
}

/** @returns ms */
export function keepOf(options: unknown): number {
	const { keepDays } = options as InboxOptions;
	return wholeNumber(KEEP_DAYS.displayName, keepDays, Number(KEEP_DAYS.default), 1) * DAY_MS;
}

/** @returns ms */
export function windowOf(options: unknown): number {
	const { window } = options as InboxOptions;
	return wholeNumber(WINDOW.displayName, window, Number(WINDOW.default), 0) * MINUTE_MS;
}
