import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../real-n8n/paths';
import type { Counts } from './command';

/** Fields of jest's JSON report. */
interface JestReport {
	numPassedTests: number;
	numFailedTests: number;
	numPendingTests: number;
	numFailedTestSuites: number;
}

/** Runs jest on a Node, with its output on the terminal. A skipped test counts as failed. */
export function runJest(node: string, args: readonly string[], env = process.env): Counts {
	const folder = mkdtempSync(join(tmpdir(), 'roche-test-'));
	const report = join(folder, 'jest.json');
	try {
		const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
		const options = { cwd: ROOT, stdio: 'inherit', env } as const;
		const { status } = spawnSync(node, [jest, '--json', `--outputFile=${report}`, ...args], options);
		const result = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
		const failed = result.numFailedTests + result.numPendingTests;
		// jest counts no failed test for a test file that cannot be loaded.
		const unseen = failed === 0 && status !== 0 ? Math.max(1, result.numFailedTestSuites) : 0;
		return { passed: result.numPassedTests, failed: failed + unseen };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
