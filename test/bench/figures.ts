/** One measured value. */
export interface Figure {
	name: string;
	/** Median of the rounds. */
	value: number;
	unit: string;
	/** The goal as printed; undefined if there is none. */
	goal?: string;
	/** Whether the goal is met; undefined if there is none. */
	met?: boolean;
}

/** The figures for one kind of work. */
export interface Chapter {
	title: string;
	figures: Figure[];
}

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
	if (low === undefined || high === undefined) throw new Error('The median needs at least one value.');
	return (low + high) / 2;
}

export function figure(name: string, value: number, unit: string): Figure {
	return { name, value, unit };
}

/** @param most goal: maximum of the value */
export function atMost(most: number, { name, value, unit }: Figure): Figure {
	return { name, value, unit, goal: `≤ ${most} ${unit}`, met: value <= most };
}

/** @param least goal: minimum of the value */
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
 * Measures the contenders in turn, so other load on the machine affects all of them, and returns the medians.
 * @param rounds measured rounds; a warm-up round before them does not count
 */
export async function byTurns<Name extends string>(
	rounds: number,
	contenders: Record<Name, () => Promise<Record<string, number>>>,
): Promise<Record<Name, Record<string, number>>> {
	const names = Object.keys(contenders) as Name[];
	const seen = new Map<Name, Array<Record<string, number>>>(names.map((name) => [name, []]));
	for (let round = 0; round <= rounds; round += 1) {
		// The order alternates, so no contender always runs first.
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
