import type { INodeProperties } from 'n8n-workflow';
import { InvalidInputError } from '../shared/errors/invalid-input-error';
import { wholeNumber } from '../shared/node-support/parameters';
import { type InboxOptions, KEEP_DAYS, LEASE, LONGEST_PAUSE, PAUSE, WINDOW } from './properties';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAY_SECONDS = DAY_MS / SECOND_MS;

/** @returns how long a claim lasts, in ms */
export function leaseOf(options: unknown): number {
	const { lease } = options as InboxOptions;
	return wholeNumber(LEASE.displayName, lease, Number(LEASE.default), 1, DAY_SECONDS) * SECOND_MS;
}

/** @returns a function that gives the pause after a number of attempts, in ms */
export function pauseOf(options: unknown): (attempts: number) => number {
	const { pause, longestPause } = options as InboxOptions;
	const first = wholeNumber(PAUSE.displayName, pause, Number(PAUSE.default), 1, DAY_SECONDS) * SECOND_MS;
	const longest =
		wholeNumber(LONGEST_PAUSE.displayName, longestPause, Number(LONGEST_PAUSE.default), 1, DAY_SECONDS) * SECOND_MS;
	return (attempts) => Math.min(longest, first * 2 ** Math.max(0, attempts - 1));
}

/** @returns how long marks of finished messages are kept, in ms */
export function keepOf(options: unknown): number {
	const { keepDays } = options as InboxOptions;
	return wholeNumber(KEEP_DAYS.displayName, keepDays, Number(KEEP_DAYS.default), 1) * DAY_MS;
}

/** @returns how long Roche keeps delivering a message, in ms */
export function windowOf(options: unknown): number {
	const { window } = options as InboxOptions;
	return minutesOf(WINDOW, window) * MINUTE_MS;
}

/**
 * Returns a number of minutes, which may have a fraction.
 * @throws InvalidInputError if the value is not a number from 0
 */
export function minutesOf({ displayName, default: fallback }: INodeProperties, value: unknown): number {
	if (value === undefined || value === '') return Number(fallback);
	const minutes = Number(value);
	if (Number.isFinite(minutes) && minutes >= 0) return minutes;
	throw new InvalidInputError(
		displayName,
		`${displayName} must be a number of at least 0`,
		'Correct it, or remove the option.',
	);
}
