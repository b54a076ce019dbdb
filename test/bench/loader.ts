import { join } from 'node:path';
import { nodeBinary, ROOT } from '../real-n8n/paths';
import { runProcess } from '../real-n8n/processes';
import { atMost, type Chapter, figure, median } from './figures';

const BYTES_PER_MB = 1024 * 1024;

/** Measures the time and memory that n8n needs for the package at its start. */
export async function loader(rounds: number): Promise<Chapter> {
	const seen: Array<{ ms: number; bytes: number }> = [];
	for (let round = 0; round < rounds; round += 1) seen.push(await loadOnce());
	return {
		title: "Loading the package with n8n's own loader, in fresh processes",
		figures: [
			atMost(10, figure('time', median(seen.map(({ ms }) => ms)), 'ms')),
			atMost(2, figure('memory', median(seen.map(({ bytes }) => bytes)) / BYTES_PER_MB, 'MB')),
		],
	};
}

async function loadOnce(): Promise<{ ms: number; bytes: number }> {
	const script = join(ROOT, 'test', 'bench', 'load-package.ts');
	const args = ['--expose-gc', '--import', require.resolve('tsx'), script, ROOT];
	const { code, output } = await runProcess(nodeBinary(), args, { cwd: ROOT, env: process.env });
	if (code !== 0) throw new Error(`The package could not be loaded:\n${output}`);
	return JSON.parse(output.trim().split('\n').at(-1) ?? '') as { ms: number; bytes: number };
}
