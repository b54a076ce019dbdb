import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runFaultSuite } from '../faults/suite';

const root = join(__dirname, '..', '..');
/** Fields of jest's JSON report. */
interface JestReport {
	numPassedTests: number;
	numFailedTests: number;
	numPendingTests: number;
	numFailedTestSuites: number;
}

/** Runs a command of the development packages; returns whether it succeeded. */
function run(command: string, ...args: string[]): boolean {
	console.log(`\n$ ${command} ${args.join(' ')}`);
	return spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' }).status === 0;
}

/** Runs the fault suite and returns how many of its checks passed and failed. A suite that aborts counts as one failure. */
async function runFaults(): Promise<{ passed: number; failed: number }> {
	console.log('\n$ npm run test:faults');
	try {
		return await runFaultSuite();
	} catch (error) {
		console.error(error);
		return { passed: 0, failed: 1 };
	}
}

/** `npm test`: lint, types, build, then all tests; ends with the counts. With arguments, which go to jest, the fault suite is skipped. */
async function main(): Promise<number> {
	const folder = mkdtempSync(join(tmpdir(), 'roche-test-'));
	const report = join(folder, 'jest.json');
	try {
		const sound = ['lint', 'typecheck', 'build'].filter((script) => !run('npm', 'run', '--silent', script));
		const jestArguments = process.argv.slice(2);
		const jest = run('jest', '--json', `--outputFile=${report}`, ...jestArguments);
		const result = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
		const faults = jestArguments.length === 0 ? await runFaults() : { passed: 0, failed: 0 };
		for (const script of sound) console.log(`\nnpm run ${script} failed`);
		const unsound = result.numFailedTests + result.numPendingTests + sound.length;
		// A test file that cannot be loaded counts no failed test.
		const failedTests = unsound === 0 && !jest ? Math.max(1, result.numFailedTestSuites) : unsound;
		const failed = failedTests + faults.failed;
		console.log(`\n${result.numPassedTests + faults.passed} passed, ${failed} failed`);
		return failed === 0 ? 0 : 1;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
