/** Reproducible random numbers from a seed (mulberry32). */
export class Random {
	private state: number;

	constructor(seed: number) {
		this.state = seed >>> 0;
	}

	/** A number in [0, 1). */
	next(): number {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let t = this.state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	}

	/** A whole number, both ends included. */
	whole(min: number, max: number): number {
		return min + Math.floor(this.next() * (max - min + 1));
	}

	chance(probability: number): boolean {
		return this.next() < probability;
	}

	/** @throws Error for an empty list */
	of<T>(values: readonly T[]): T {
		const value = values[this.whole(0, values.length - 1)];
		if (value === undefined) throw new Error('Nothing to choose from');
		return value;
	}

	/** Returns one of the keys, chosen by weight. */
	weighted<T extends string>(weights: Partial<Record<T, number>>): T {
		const entries = Object.entries(weights) as Array<[T, number]>;
		let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
		for (const [value, weight] of entries) {
			left -= weight;
			if (left < 0) return value;
		}
		return this.of(entries)[0];
	}
}

/** Returns a different seed for each index of a series. */
export function seedOf(seed: number, index: number): number {
	return new Random(Math.imul(seed, 2654435761) ^ (index * 40503)).whole(0, 2 ** 32 - 1);
}
