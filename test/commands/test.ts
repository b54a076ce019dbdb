import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

/** `npm test`: lint, types, build, then all tests; ends with the counts. Arguments go to jest. */
function main(): number {
	const folder = mkdtempSync(join(tmpdir(), 'roche-test-'));
	const report = join(folder, 'jest.json');
	try {
		const sound = ['lint', 'typecheck', 'build'].filter((script) => !run('npm', 'run', '--silent', script));
		const jest = run('jest', '--json', `--outputFile=${report}`, ...process.argv.slice(2));
		const result = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
		for (const script of sound) console.log(`\nnpm run ${script} failed`);
		const unsound = result.numFailedTests + result.numPendingTests + sound.length;
		// A file that cannot be loaded has no test that could fail.
		const failed = unsound === 0 && !jest ? Math.max(1, result.numFailedTestSuites) : unsound;
		console.log(`\n${result.numPassedTests} passed, ${failed} failed`);
		return failed === 0 ? 0 : 1;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

process.exitCode = main();
