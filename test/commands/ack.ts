// npm run test:ack [-- LINE...]: acknowledgements in the engine and with the nodes of the installed n8n lines.
import { spawnSync } from 'node:child_process';
import { LINE_VARIABLE } from '../ack/support';
import { runCampaign } from '../fuzz/campaign';
import { installN8n } from '../real-n8n/install';
import { childEnvironment, ROOT } from '../real-n8n/paths';
import { type Counts, runCommand, sumOf } from './command';
import { runJest } from './jest';
import { chosenLines } from './lines';

/** Seeds that every run tries, and random workflows per seed. `npm run fuzz:ack` tries others. */
const SEEDS = [1, 2, 3];
const GRAPHS = 100;

runCommand(async () => {
	const lines = chosenLines(process.argv.slice(2));
	for (const line of lines) await installN8n(line);
	const options = {
		cwd: ROOT,
		stdio: 'inherit',
		env: childEnvironment(),
		shell: process.platform === 'win32',
	} as const;
	if (spawnSync('npm', ['run', '--silent', 'build'], options).status !== 0)
		throw new Error('The package could not be built');
	const counts: Counts[] = [];
	for (const line of lines) {
		console.log(`\nn8n ${line}.x`);
		counts.push(
			runJest(process.execPath, ['-c', 'test/ack/jest.config.js'], childEnvironment({ [LINE_VARIABLE]: line })),
		);
		for (const seed of SEEDS) counts.push(await runCampaign({ line, seed, graphs: GRAPHS }));
	}
	return sumOf(counts);
});
