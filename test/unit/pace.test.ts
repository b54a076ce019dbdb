import { atPace } from '../../nodes/shared/wire/at-pace';
import { AdaptivePace, fixedPace, type Pace } from '../../nodes/shared/wire/pace';

/** As many answers as may be under way at once, each after so many ms. */
function rounds(pace: Pace, times: number, ms: (limit: number) => number): number[] {
	return Array.from({ length: times }, () => {
		const { limit } = pace;
		for (let i = 0; i < limit; i++) pace.worked(ms(limit));
		return pace.limit;
	});
}

describe('the pace that adapts', () => {
	it('grows to 50 while the answers stay quick', () => {
		expect(rounds(new AdaptivePace(), 6, () => 40)).toEqual([15, 22, 33, 49, 50, 50]);
	});

	it('stays where more at once only take longer', () => {
		// A server with one place, whose answers take longer the more wait for it.
		const limits = rounds(new AdaptivePace(), 10, (limit) => limit);
		expect(limits.at(-1)).toBe(15);
		expect(Math.max(...limits)).toBe(15);
	});

	it('goes back to where it began, and not below, when answers become slow', () => {
		const pace = new AdaptivePace();
		rounds(pace, 4, () => 10);
		expect(rounds(pace, 3, () => 1000)).toEqual([10, 10, 10]);
	});

	it('is not misled by the first round, which opens the connections', () => {
		const pace = new AdaptivePace();
		rounds(pace, 1, () => 300);
		expect(rounds(pace, 4, () => 40)).toEqual([22, 33, 49, 50]);
	});

	it('halves once when all that are under way are refused, and then grows by one', () => {
		const pace = new AdaptivePace();
		rounds(pace, 4, () => 10);
		for (let i = 0; i < 49; i++) pace.pushedBack();
		expect(pace.limit).toBe(24);
		// Those that were refused, however long they took.
		for (let i = 0; i < 49; i++) pace.worked(2000);
		expect(rounds(pace, 3, () => 10)).toEqual([25, 26, 27]);
	});

	it('goes down to one at a time, and no further', () => {
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
	/** Works on so many items, and says how many were at work at once at most. */
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

	it('has as many at work as the user wants', async () => {
		expect(await most(50, fixedPace(7))).toBe(7);
		expect(await most(3, fixedPace(7))).toBe(3);
		expect(await most(0, fixedPace(1))).toBe(0);
	});

	it('obeys a limit that changes while it works', async () => {
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
