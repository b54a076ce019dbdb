/** One thing that was measured. */
export interface Figure {
	name: string;
	/** Median of the rounds. */
	value: number;
	unit: string;
	/** What it should be, as the reader sees it; undefined where there is no goal. */
	goal?: string;
	/** Whether it is so; undefined where there is no goal. */
	met?: boolean;
}

/** What was measured of one kind of work. */
export interface Chapter {
	title: string;
	figures: Figure[];
}

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
	if (low === undefined || high === undefined) throw new Error('There is no median of nothing.');
	return (low + high) / 2;
}

export function figure(name: string, value: number, unit: string): Figure {
	return { name, value, unit };
}

/** @param most what the value may be at most */
export function atMost(most: number, { name, value, unit }: Figure): Figure {
	return { name, value, unit, goal: `≤ ${most} ${unit}`, met: value <= most };
}

/** @param least what the value has to be at least */
export function atLeast(least: number, { name, value, unit }: Figure): Figure {
	return { name, value, unit, goal: `≥ ${least} ${unit}`, met: value >= least };
}

export function printChapter({ title, figures }: Chapter): void {
	console.log(`\n${title}`);
	const width = Math.max(...figures.map(({ name }) => name.length));
	for (const { name, value, unit, goal, met } of figures) {
		const shown = `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`.padStart(14);
		const verdict = goal === undefined ? '' : `   ${goal}   ${met === true ? 'met' : 'missed'}`;
		console.log(`  ${name.padEnd(width)} ${shown}${verdict}`);
	}
}

/**
 * Measures contenders by turns, so that what the machine does meanwhile meets all of them, and gives the medians.
 * @param rounds how often each has its turn; one more before them warms it up and does not count
 */
export async function byTurns<Name extends string>(
	rounds: number,
	contenders: Record<Name, () => Promise<Record<string, number>>>,
): Promise<Record<Name, Record<string, number>>> {
	const names = Object.keys(contenders) as Name[];
	const seen = new Map<Name, Array<Record<string, number>>>(names.map((name) => [name, []]));
	for (let round = 0; round <= rounds; round += 1) {
		// Each is first as often as last.
		for (const name of round % 2 === 0 ? names : [...names].reverse()) {
			const result = await contenders[name]();
			if (round > 0) seen.get(name)?.push(result);
			const shown = Object.entries(result).map(([what, value]) => `${what} ${value.toFixed(1)}`);
			console.log(`  ${round === 0 ? 'warm-up' : `round ${round}`}: ${name}: ${shown.join(', ')}`);
		}
	}
	const medians = names.map((name) => [name, medianOfEach(seen.get(name) ?? [])] as const);
	return Object.fromEntries(medians) as Record<Name, Record<string, number>>;
}

function medianOfEach(results: ReadonlyArray<Record<string, number>>): Record<string, number> {
	const names = Object.keys(results[0] ?? {});
	return Object.fromEntries(names.map((name) => [name, median(results.map((result) => result[name] ?? NaN))]));
}
