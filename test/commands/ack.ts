// npm run test:ack [-- LINE...]: acknowledgements in the engine and with the nodes of the installed n8n lines.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LINE_VARIABLE } from '../ack/support';
import { runCampaign } from '../fuzz/campaign';
import { installN8n, N8N_LINES, type N8nLine } from '../real-n8n/install';
import { childEnvironment, ROOT } from '../real-n8n/paths';

/** Seeds that every run tries, and random workflows per seed. `npm run fuzz:ack` tries others. */
const SEEDS = [1, 2, 3];
const GRAPHS = 100;

interface Counts {
	passed: number;
	failed: number;
}

/** Fields of jest's JSON report. */
interface JestReport {
	numPassedTests: number;
	numFailedTests: number;
	numFailedTestSuites: number;
}

/** @throws Error if a named line does not exist */
function chosenLines(names: string[]): readonly N8nLine[] {
	const unknown = names.filter((name) => !N8N_LINES.some((line) => line === name));
	if (unknown.length > 0)
		throw new Error(`Unknown n8n line ${unknown.join(', ')}; available: ${N8N_LINES.join(', ')}.`);
	return names.length === 0 ? N8N_LINES : N8N_LINES.filter((line) => names.includes(line));
}

function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): boolean {
	const { status } = spawnSync(command, args, {
		cwd: ROOT,
		stdio: 'inherit',
		env: childEnvironment(env),
		shell: process.platform === 'win32',
	});
	return status === 0;
}

function runTests(line: N8nLine, folder: string): Counts {
	const report = join(folder, `line-${line}.json`);
	const args = ['-c', 'test/ack/jest.config.js', '--json', `--outputFile=${report}`];
	const sound = run('jest', args, { [LINE_VARIABLE]: line });
	const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(
		readFileSync(report, 'utf8'),
	) as JestReport;
	// A test file that cannot be loaded counts no failed test.
	return {
		passed: numPassedTests,
		failed: numFailedTests > 0 || sound ? numFailedTests : Math.max(1, numFailedTestSuites),
	};
}

async function main(): Promise<number> {
	const folder = mkdtempSync(join(tmpdir(), 'roche-ack-'));
	const total: Counts = { passed: 0, failed: 0 };
	const add = ({ passed, failed }: Counts) => {
		total.passed += passed;
		total.failed += failed;
	};
	try {
		const lines = chosenLines(process.argv.slice(2));
		for (const line of lines) await installN8n(line);
		if (!run('npm', ['run', '--silent', 'build'])) throw new Error('The package could not be built');
		for (const line of lines) {
			console.log(`\nn8n ${line}.x`);
			add(runTests(line, folder));
			for (const seed of SEEDS) add(await runCampaign({ line, seed, graphs: GRAPHS }));
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	console.log(`\n${total.passed} passed, ${total.failed} failed`);
	return total.failed === 0 ? 0 : 1;
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		console.log('\n0 passed, 1 failed');
		process.exit(1);
	},
);
