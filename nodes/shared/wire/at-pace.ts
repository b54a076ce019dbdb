import type { Pace } from './pace';

/**
 * Starts the work on each item in order, as many items at once as the pace allows.
 * @param work must not throw: work on other items would continue after `atPace` has rejected
 */
export async function atPace<T>(
	items: readonly T[],
	pace: Pace,
	work: (item: T, index: number) => Promise<void>,
): Promise<void> {
	const { pLimit } = await import('./vendor/p-limit');
	const limit = pLimit(pace.limit);
	await limit.map(items, async (item, index) => {
		const began = performance.now();
		await work(item, index);
		pace.worked(performance.now() - began);
		if (limit.concurrency !== pace.limit) limit.concurrency = pace.limit;
	});
}
