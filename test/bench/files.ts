import type { Workbench } from '../real-n8n/workbench';
import { atMost, byTurns, type Chapter, figure, type Figure } from './figures';
import { runBatch } from './batch';
import { addFile, announceMany, runPlainScript, saveCredentials } from './scene';
import { forgetPeak, memory } from './usage';

const MB = 1024;
/** In KB. */
const SIZES = [0.4 * MB, 4 * MB, 10 * MB, 50 * MB, 200 * MB].map(Math.round);
const BYTES_PER_MB = 1024 * 1024;
/** Random variation of a process's memory, such as pages that are returned later. In MB. */
const CHANCE = 20;

/** Measures one file of each size: time of the fetching step, and growth of n8n's memory meanwhile. */
export async function files(bench: Workbench, rounds: number): Promise<Chapter> {
	const { sandbox, n8n } = bench;
	const credentials = await saveCredentials(bench);
	const seen = new Map<number, Record<string, Record<string, number>>>();
	for (const size of SIZES) {
		const key = await addFile(sandbox, size);
		const inN8n = (name: 'ours' | 'builtIn') => async () => {
			const sent = await announceMany(sandbox, key, 1);
			forgetPeak(n8n.pid);
			const before = memory(n8n.pid).now;
			const { fetch } = await runBatch(bench, credentials, name, sent);
			return { fetch, memory: (memory(n8n.pid).peak - before) / BYTES_PER_MB };
		};
		const script = async () => {
			const { fetch } = await runPlainScript(sandbox, await announceMany(sandbox, key, 1), key, 1);
			return { fetch };
		};
		seen.set(size, await byTurns(rounds, { ours: inN8n('ours'), 'built-in': inN8n('builtIn'), script }));
		await sandbox.deleteFile(key);
	}
	return { title: 'Files: one of each size', figures: figuresOf(seen) };
}

function figuresOf(seen: Map<number, Record<string, Record<string, number>>>): Figure[] {
	const of = (size: number, name: string, what: string): number => seen.get(size)?.[name]?.[what] ?? NaN;
	const shown = (size: number): string => `${Math.round((size / MB) * 10) / 10} MB`;
	const all = SIZES.flatMap((size) => [
		figure(`${shown(size)}: ours`, of(size, 'ours', 'fetch'), 'ms'),
		figure(`${shown(size)}: built-in`, of(size, 'built-in', 'fetch'), 'ms'),
		figure(`${shown(size)}: script`, of(size, 'script', 'fetch'), 'ms'),
		figure(`${shown(size)}: memory, ours`, of(size, 'ours', 'memory'), 'MB'),
		figure(`${shown(size)}: memory, built-in`, of(size, 'built-in', 'memory'), 'MB'),
	]);
	const [largest, less] = [200 * MB, 50 * MB];
	const slower = of(largest, 'ours', 'fetch') / of(largest, 'script', 'fetch');
	const more = of(largest, 'ours', 'memory') - of(less, 'ours', 'memory');
	return [
		...all,
		atMost(1.15, figure('200 MB: ours / script', slower, 'x')),
		atMost(CHANCE, figure('memory: 200 MB minus 50 MB', more, 'MB')),
	];
}
