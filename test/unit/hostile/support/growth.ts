/** How many times the larger input is the smaller one. */
export const TIMES = 8;
/** `TIMES` as large takes 8 times the work where that is linear, and 64 times where it grows as the square. */
const MOST_TIMES = 24;
/** Less work cannot be compared, in µs of the processor. */
const MEASURABLE = 2_000;
const RUNS = 5;
const MOST_RUNS = 20;

/** What something takes of the processor, in µs: unlike the clock's time, without the pauses that other programs cause. */
function workOf(action: () => unknown): number {
	const before = process.cpuUsage();
	action();
	const { user, system } = process.cpuUsage(before);
	return Math.max(MEASURABLE, user + system);
}

/**
 * Whether an action's work grows as its input does, not as its square. The first runs are slower, and garbage collection or a busy machine add work: so
 * the least of several runs counts, and the larger input is tried until it is linear. Work that grows as the square never is.
 * @param small the action with some input
 * @param large the same with `TIMES` as much
 */
export function isLinear(small: () => unknown, large: () => unknown): boolean {
	const least = Math.min(...Array.from({ length: RUNS }, () => workOf(small)));
	return Array.from({ length: MOST_RUNS }).some(() => workOf(large) / least < MOST_TIMES);
}
