import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runFaultSuite } from '../faults/suite';
import { machineNode } from '../real-n8n/paths';

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

/** Runs jest; returns how many of its tests passed and failed. */
function runJest(node: string, ...args: string[]): { passed: number; failed: number } {
	const folder = mkdtempSync(join(tmpdir(), 'roche-test-'));
	const report = join(folder, 'jest.json');
	try {
		const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
		const isGreen = run(node, jest, '--json', `--outputFile=${report}`, ...args);
		const result = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
		const failed = result.numFailedTests + result.numPendingTests;
		// A file that cannot be loaded has no test that could fail.
		const unseen = failed === 0 && !isGreen ? Math.max(1, result.numFailedTestSuites) : 0;
		return { passed: result.numPassedTests, failed: failed + unseen };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** The tests of domain and wire once more on the machine's own Node if it is an older one: n8n 1.x supports Node 20. */
function runOnOlderNode(): { passed: number; failed: number } {
	const node = machineNode();
	const version = node && execFileSync(node, ['--version'], { encoding: 'utf8' });
	if (node === undefined || version === process.version + '\n') return { passed: 0, failed: 0 };
	return runJest(node, 'test/unit');
}

/** `npm test`: lint, types, build, then all tests; ends with the counts. Arguments go to jest, and then nothing else is tested. */
async function main(): Promise<number> {
	const unsound = ['lint', 'typecheck', 'build'].filter((script) => !run('npm', 'run', '--silent', script));
	const jestArguments = process.argv.slice(2);
	const results = [runJest(process.execPath, ...jestArguments)];
	if (jestArguments.length === 0) results.push(runOnOlderNode(), await runFaults());
	for (const script of unsound) console.log(`\nnpm run ${script} failed`);
	const passed = results.reduce((sum, result) => sum + result.passed, 0);
	const failed = results.reduce((sum, result) => sum + result.failed, unsound.length);
	console.log(`\n${passed} passed, ${failed} failed`);
	return failed === 0 ? 0 : 1;
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
