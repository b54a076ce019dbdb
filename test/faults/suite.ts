import { Checks } from '../e2e/checks';
import { withProgress } from '../real-n8n/progress';
import { checkLargeFiles } from './large-files';
import { checkManyRuns } from './many-runs';
import { type Column, type Row } from './matrix';
import { printMatrix } from './print-matrix';
import { Rig } from './rig';
import { ANSWERS, CONTENTS } from './rows/answers';
import { CANCEL } from './rows/cancel';
import { CONNECTION } from './rows/connection';
import { TIME } from './rows/time';
import { TLS } from './rows/tls';
import { TRANSFERS } from './rows/transfers';
import { MARKER, runCell } from './run-cell';
import { SecretSearch } from './secret-search';

/** Columns that run at the same time, each group with a sandbox of its own: two cores are busy with that. */
const LANES: Column[][] = [
	['token', 'ACK'],
	['file', 'URL'],
];

const ROWS = [...CONNECTION, ...TLS, ...ANSWERS, ...CONTENTS, ...TRANSFERS, ...TIME, ...CANCEL];

/** What came of the cells: an outcome, or why it was not the expected one. */
type Results = ReadonlyMap<Row, Map<Column, string | Error>>;

/** Runs all cells of some columns, one after the other. */
async function runLane(columns: Column[], search: SecretSearch, results: Results): Promise<void> {
	const rig = await Rig.start();
	try {
		for (const [row, cells] of results) {
			for (const column of columns) {
				if (row.expected[column] === undefined) continue;
				cells.set(column, await outcomeOf(runCell(rig, row, column, search)));
			}
		}
	} finally {
		await rig.stop();
	}
}

async function outcomeOf(cell: Promise<string>): Promise<string | Error> {
	try {
		return await cell;
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
}

async function tryMatrix(rows: Row[]): Promise<{ tried: number; failed: number }> {
	const search = new SecretSearch(MARKER);
	const results: Results = new Map(rows.map((row) => [row, new Map<Column, string | Error>()]));
	const tried = (): number => [...results.values()].reduce((sum, cells) => sum + cells.size, 0);
	await withProgress(
		`Trying ${rows.length} faults`,
		async () => await Promise.all(LANES.map(async (columns) => await runLane(columns, search, results))),
		() => `${tried()} cells of the matrix`,
	);
	const counts = printMatrix(results);
	const { paths, bytes, found } = search;
	console.log(
		`\n${counts.tried} cells tried, ${counts.tried - counts.failed} as expected, ${counts.failed} not as expected`,
	);
	console.log(`${paths} paths driven, ${bytes} bytes of items, errors, hints and logs searched, ${found.length} found`);
	return counts;
}

/**
 * Tries what comes of each fault of network, proxy, Roche and S3, and prints it as a matrix; then large files and many runs.
 *
 * @param wanted - only faults whose name contains it, and nothing else; empty for all
 */
export async function runFaultSuite(wanted = ''): Promise<{ passed: number; failed: number }> {
	const { tried, failed } = await tryMatrix(ROWS.filter(({ fault }) => fault.includes(wanted)));
	const checks = new Checks();
	checks.passed += tried - failed;
	if (wanted === '') {
		console.log('\nLarge files, many runs');
		const rig = await Rig.start();
		try {
			await checkLargeFiles(checks, rig);
			await checkManyRuns(checks, rig);
		} finally {
			await rig.stop();
		}
	}
	for (const failure of checks.failures) console.log(`\n✗ ${failure}`);
	return { passed: checks.passed, failed: failed + checks.failures.length };
}
