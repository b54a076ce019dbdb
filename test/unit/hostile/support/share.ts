import fc from 'fast-check';

/**
 * Returns the share of an arbitrary's values that have a property: 0 to 1. A test with values that are all refused shows nothing.
 * The series is always the same, so a test of its share cannot fail by chance.
 */
export function shareOf<T>(values: fc.Arbitrary<T>, has: (value: T) => boolean): number {
	const series = fc.sample(values, { seed: 1, numRuns: 2000 });
	return series.filter(has).length / series.length;
}
