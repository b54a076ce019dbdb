/** Size of the larger input relative to the smaller one. */
export const TIMES = 8;
/** An input `TIMES` as large takes 8 times the work if that is linear, and 64 times if it is quadratic. */
const MOST_TIMES = 24;
/** Less work cannot be compared. In µs of CPU time. */
const MEASURABLE = 2_000;
const RUNS = 5;
const MOST_RUNS = 10;

/** Returns the CPU time of an action, in µs. Unlike elapsed time it excludes pauses caused by other programs. */
function workOf(action: () => unknown): number {
	const before = process.cpuUsage();
	action();
	const { user, system } = process.cpuUsage(before);
	return Math.max(MEASURABLE, user + system);
}

/**
 * Whether an action's work is linear in the size of its input. The first runs are slower, and garbage collection or a busy machine add work.
 * Therefore the minimum of several runs counts, and the larger input is repeated until the result is linear. Quadratic work never is.
 * @param small the action with some input
 * @param large the action with an input `TIMES` as large
 */
export function isLinear(small: () => unknown, large: () => unknown): boolean {
	const least = Math.min(...Array.from({ length: RUNS }, () => workOf(small)));
	return Array.from({ length: MOST_RUNS }).some(() => workOf(large) / least < MOST_TIMES);
}
