import { atPace } from '../../nodes/shared/wire/at-pace';
import { AdaptivePace, fixedPace, type Pace } from '../../nodes/shared/wire/pace';

/** Simulates rounds of concurrent answers, each after `ms`. Returns the limit after each round. */
function rounds(pace: Pace, times: number, ms: (limit: number) => number): number[] {
	return Array.from({ length: times }, () => {
		const { limit } = pace;
		for (let i = 0; i < limit; i++) pace.worked(ms(limit));
		return pace.limit;
	});
}

describe('the adaptive pace', () => {
	it('grows to 50 while answers are fast', () => {
		expect(rounds(new AdaptivePace(), 6, () => 40)).toEqual([15, 22, 33, 49, 50, 50]);
	});

	it('stays the same if more concurrent requests only take longer', () => {
		// A server that processes one request at a time: the more are waiting, the longer each takes.
		const limits = rounds(new AdaptivePace(), 10, (limit) => limit);
		expect(limits.at(-1)).toBe(15);
		expect(Math.max(...limits)).toBe(15);
	});

	it('returns to its start value, and not below, when answers become slow', () => {
		const pace = new AdaptivePace();
		rounds(pace, 4, () => 10);
		expect(rounds(pace, 3, () => 1000)).toEqual([10, 10, 10]);
	});

	it('is not misled by the first round, which opens the connections', () => {
		const pace = new AdaptivePace();
		rounds(pace, 1, () => 300);
		expect(rounds(pace, 4, () => 40)).toEqual([22, 33, 49, 50]);
	});

	it('halves once when all concurrent requests are refused, and then grows by one', () => {
		const pace = new AdaptivePace();
		rounds(pace, 4, () => 10);
		for (let i = 0; i < 49; i++) pace.pushedBack();
		expect(pace.limit).toBe(24);
		// The refused ones, however long they took.
		for (let i = 0; i < 49; i++) pace.worked(2000);
		expect(rounds(pace, 3, () => 10)).toEqual([25, 26, 27]);
	});

	it('decreases to one at a time, and no further', () => {
		const pace = new AdaptivePace();
		const pushed = Array.from({ length: 6 }, () => {
			const { limit } = pace;
			pace.pushedBack();
			for (let i = 0; i < limit; i++) pace.worked(2000);
			return pace.limit;
		});
		expect(pushed).toEqual([5, 2, 1, 1, 1, 1]);
	});
});

describe('work at a pace', () => {
	/** Processes `items` items, and returns the maximum number processed concurrently. */
	async function most(items: number, pace: Pace, whenDone: (done: number) => void = () => undefined): Promise<number> {
		let atWork = 0;
		let done = 0;
		let highest = 0;
		await atPace(Array.from({ length: items }), pace, async () => {
			highest = Math.max(highest, (atWork += 1));
			await new Promise(setImmediate);
			atWork -= 1;
			whenDone((done += 1));
		});
		expect(done).toBe(items);
		return highest;
	}

	it('processes as many concurrently as the user sets', async () => {
		expect(await most(50, fixedPace(7))).toBe(7);
		expect(await most(3, fixedPace(7))).toBe(3);
		expect(await most(0, fixedPace(1))).toBe(0);
	});

	it('follows a limit that changes meanwhile', async () => {
		const pace = { ...fixedPace(2), limit: 2 };
		expect(await most(100, pace, (done) => (pace.limit = done < 50 ? 2 : 12))).toBe(12);
		const slower = { ...fixedPace(12), limit: 12 };
		let atEnd = 0;
		await most(100, slower, (done) => {
			slower.limit = 1;
			if (done > 50) atEnd = Math.max(atEnd, slower.limit);
		});
		expect(atEnd).toBe(1);
	});
});
