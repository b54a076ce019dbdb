// npm test [-- ARGUMENTS OF JEST]: linters, types, build, then all tests; with arguments, only those of jest that they name.
import { execFileSync, spawnSync } from 'node:child_process';
import { runFaultSuite } from '../faults/suite';
import { machineNode, ROOT } from '../real-n8n/paths';
import { type Counts, runCommand, sumOf } from './command';
import { runJest } from './jest';

/** Runs an npm script; returns whether it succeeded. */
function run(script: string): boolean {
	console.log(`\n$ npm run ${script}`);
	const options = { cwd: ROOT, stdio: 'inherit', shell: process.platform === 'win32' } as const;
	return spawnSync('npm', ['run', '--silent', script], options).status === 0;
}

/** Runs the fault suite. One that aborts counts as one failure. */
async function runFaults(): Promise<Counts> {
	console.log('\n$ npm run test:faults');
	try {
		return await runFaultSuite();
	} catch (error) {
		console.error(error);
		return { passed: 0, failed: 1 };
	}
}

/** Tests of our own tools, and two that take long and need no part of Node that other tests do not cover. */
const NOT_ON_OLDER_NODE = 'linters|bootstrap|github|hostile/(notification|pem)';

/** Repeats the tests of domain and wire on the machine's own Node if it is older: n8n 1.x supports Node 20. */
function runOnOlderNode(): Counts {
	const node = machineNode();
	const version = node && execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
	if (node === undefined || version === process.version) return { passed: 0, failed: 0 };
	console.log(`\nunit tests on Node ${version}`);
	return runJest(node, ['test/unit', '--testPathIgnorePatterns', NOT_ON_OLDER_NODE]);
}

runCommand(async () => {
	const unsound = ['lint', 'typecheck', 'build'].filter((script) => !run(script));
	const args = process.argv.slice(2);
	console.log(`\n$ jest ${args.join(' ')}`);
	const counts = [runJest(process.execPath, args)];
	if (args.length === 0) counts.push(runOnOlderNode(), await runFaults());
	for (const script of unsound) console.log(`\nnpm run ${script} failed`);
	return sumOf([...counts, { passed: 0, failed: unsound.length }]);
});
