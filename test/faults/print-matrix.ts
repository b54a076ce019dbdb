import { type Column, COLUMNS, type Row } from './matrix';

/** Outcomes shown in the matrix itself. Messages are listed below it. */
const SIGNS = new Map([
	['recovered', 'recovered'],
	['cancelled', 'cancelled'],
]);

/**
 * Prints the matrix: a line for each fault, and below it the error messages of the runs.
 *
 * @returns the number of cells that ran, and of those with an unexpected outcome
 */
export function printMatrix(results: ReadonlyMap<Row, ReadonlyMap<Column, string | Error>>): {
	tried: number;
	failed: number;
} {
	const messages: string[] = [];
	const width = Math.max(...[...results.keys()].map(({ fault }) => fault.length)) + 2;
	const line = (first: string, cells: string[]): string =>
		[first.padEnd(width), ...cells.map((cell) => cell.padEnd(11))].join('').trimEnd();
	console.log(`\n${line('fault', [...COLUMNS])}`);
	const problems: string[] = [];
	let tried = 0;
	for (const [{ fault }, cells] of results) {
		const shown = COLUMNS.map((column) => {
			const outcome = cells.get(column);
			if (outcome === undefined) return '-';
			tried += 1;
			if (typeof outcome !== 'string') {
				problems.push(`${fault}, ${column}: ${outcome.message}`);
				return 'WRONG';
			}
			const sign = SIGNS.get(outcome);
			if (sign !== undefined) return sign;
			if (!messages.includes(outcome)) messages.push(outcome);
			return `failed ${messages.indexOf(outcome) + 1}`;
		});
		console.log(line(fault, shown));
	}
	console.log('\nfailed with');
	for (const [index, message] of messages.entries()) console.log(`${String(index + 1).padStart(4)}  ${message}`);
	for (const problem of problems) console.log(`\n✗ ${problem}`);
	return { tried, failed: problems.length };
}
