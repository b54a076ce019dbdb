import type { Workbench } from '../real-n8n/workbench';
import { atMost, byTurns, type Chapter, figure } from './figures';
import { runBatch } from './batch';
import { addFile, announceMany, saveCredentials } from './scene';

const COUNTS = [10, 100, 1_000, 10_000];

/** What a message costs in small and large batches. */
export async function growth(bench: Workbench, rounds: number): Promise<Chapter> {
	const credentials = await saveCredentials(bench);
	const key = await addFile(bench.sandbox, 1);
	const contender = (count: number) => async () => {
		const sent = await announceMany(bench.sandbox, key, count);
		const { total } = await runBatch(bench, credentials, 'ours', sent);
		return { each: total / count };
	};
	const seen = await byTurns(rounds, Object.fromEntries(COUNTS.map((count) => [String(count), contender(count)])));
	const each = (count: number): number => seen[String(count)]?.each ?? NaN;
	return {
		title: 'Growth: ms of a message in batches of several sizes',
		figures: [
			...COUNTS.map((count) => figure(`${count} messages`, each(count), 'ms')),
			atMost(1.2, figure('one of 10,000 beside one of 100', each(10_000) / each(100), 'x')),
		],
	};
}
