import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Checks } from '../e2e/checks';
import { withProgress } from '../real-n8n/progress';
import { checkLargeFiles } from './large-files';
import { checkManyRuns } from './many-runs';
import { type Column, type Row } from './matrix';
import { drive } from './paths/drive';
import { OF_CREDENTIAL } from './paths/of-credential';
import { OF_NODE } from './paths/of-node';
import { OF_PROCESS } from './paths/of-process';
import type { OtherProcess } from './paths/path';
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
import { ThrowCoverage } from './throw-coverage';

/** Groups of columns that run concurrently, each with its own sandbox. Two groups use two cores fully. */
const LANES: Column[][] = [
	['token', 'ACK'],
	['file', 'URL'],
];

/** Places that throw only if the package itself has a fault, such as an unexpected kind of error or a missing row. */
const NOT_REACHED = [
	'shared/access-point/file-source.js: throw error;',
	'shared/node-support/credential.js: throw error;',
	'shared/failures/partners-services.js: throw new RangeError(`No row for status ${status}: the table',
	// A library that cannot be loaded because no more files can be opened; see the unit test.
	'shared/wire/once.js: throw error;',
];

const ROWS = [...CONNECTION, ...TLS, ...ANSWERS, ...CONTENTS, ...TRANSFERS, ...TIME, ...CANCEL];

/** Records of the runs. */
interface Driven {
	search: SecretSearch;
	coverage: ThrowCoverage;
}

/** The results of the cells: the outcome, or an error if it was unexpected. */
type Results = ReadonlyMap<Row, Map<Column, string | Error>>;

/** Runs all cells of some columns, one after the other. */
async function runLane(columns: Column[], { search, coverage }: Driven, results: Results): Promise<void> {
	const rig = await Rig.start(coverage.folder);
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

async function tryMatrix(rows: Row[], driven: Driven): Promise<{ tried: number; failed: number }> {
	const results: Results = new Map(rows.map((row) => [row, new Map<Column, string | Error>()]));
	const tried = (): number => [...results.values()].reduce((sum, cells) => sum + cells.size, 0);
	await withProgress(
		`Trying ${rows.length} faults`,
		async () => await Promise.all(LANES.map(async (columns) => await runLane(columns, driven, results))),
		() => `${tried()} cells of the matrix`,
	);
	const counts = printMatrix(results);
	console.log(
		`\n${counts.tried} cells tried, ${counts.tried - counts.failed} as expected, ${counts.failed} not as expected`,
	);
	return counts;
}

/** Runs all outcomes that occur without a fault of the network, then reports the findings of these and of the matrix. */
async function tryPaths(checks: Checks, driven: Driven): Promise<void> {
	const { search, coverage } = driven;
	await tryPathsOf({ env: {}, paths: [...OF_CREDENTIAL, ...OF_NODE] }, checks, driven);
	for (const process of OF_PROCESS) await tryPathsOf(process, checks, driven);
	const { paths, bytes, found } = search;
	console.log(
		`\n${paths} paths driven, ${bytes} bytes of items, errors, hints and logs searched, ${found.length} found`,
	);
	await checks.check('every place of the nodes that throws was reached on these paths', () => {
		const { all, missed } = coverage.count();
		console.log(`    ${all - missed.length} of ${all} places`);
		assert.deepEqual(
			missed.filter((place) => !NOT_REACHED.includes(place)),
			[],
		);
	});
}

async function tryPathsOf({ env, paths }: OtherProcess, checks: Checks, { search, coverage }: Driven): Promise<void> {
	const rig = await Rig.start(coverage.folder, env);
	try {
		for (const path of paths) {
			for (const node of path.nodes) {
				await checks.check(`${path.what}, ${node}`, async () => await drive(rig, path, node, search));
			}
		}
	} finally {
		await rig.stop();
	}
}

/**
 * Runs each fault of network, proxy, Roche and S3, and prints the outcomes as a matrix; then all other failures of a node, large
 * files and many runs.
 *
 * @param wanted - runs only the faults whose name contains it, and skips the rest; empty: everything
 */
export async function runFaultSuite(wanted = ''): Promise<{ passed: number; failed: number }> {
	const folder = await mkdtemp(join(tmpdir(), 'roche-coverage-'));
	const driven: Driven = { search: new SecretSearch(MARKER), coverage: new ThrowCoverage(folder) };
	const checks = new Checks();
	try {
		const { tried, failed } = await tryMatrix(
			ROWS.filter(({ fault }) => fault.includes(wanted)),
			driven,
		);
		checks.passed += tried - failed;
		if (wanted === '') {
			console.log('\nEverything else that a node can fail with');
			await tryPaths(checks, driven);
			console.log('\nLarge files, many runs');
			await tryLoad(checks);
		}
		for (const failure of checks.failures) console.log(`\n✗ ${failure}`);
		return { passed: checks.passed, failed: failed + checks.failures.length };
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function tryLoad(checks: Checks): Promise<void> {
	const rig = await Rig.start();
	try {
		await checkLargeFiles(checks, rig);
		await checkManyRuns(checks, rig);
	} finally {
		await rig.stop();
	}
}
