import type { Pace } from './pace';

/**
 * Works on all items, as many at once as the pace allows, in their order.
 * @param work must not throw: the others would go on unseen
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
