import type { Workbench } from '../real-n8n/workbench';
import { atMost, byTurns, type Chapter, figure, median } from './figures';
import { runBatch } from './batch';
import { addFile, announceMany, saveCredentials } from './scene';

const COUNTS = [10, 100, 1_000, 10_000];
/** Small batches run several times in a round, up to this many messages or runs: a single run says little. */
const FEW = 1_000;
const MOST_RUNS = 10;

/** Measures the time per message in small and large batches. */
export async function growth(bench: Workbench, rounds: number): Promise<Chapter> {
	const credentials = await saveCredentials(bench);
	const key = await addFile(bench.sandbox, 1);
	const contender = (count: number) => async () => {
		const totals: number[] = [];
		while (totals.length === 0 || (totals.length < MOST_RUNS && totals.length * count < FEW)) {
			const sent = await announceMany(bench.sandbox, key, count);
			totals.push((await runBatch(bench, credentials, 'ours', sent)).total);
		}
		return { each: median(totals) / count };
	};
	const seen = await byTurns(rounds, Object.fromEntries(COUNTS.map((count) => [String(count), contender(count)])));
	const each = (count: number): number => seen[String(count)]?.each ?? NaN;
	return {
		title: 'Growth: time per message by batch size',
		figures: [
			...COUNTS.map((count) => figure(`${count} messages`, each(count), 'ms')),
			atMost(1.2, figure('per message: 10,000 / 100', each(10_000) / each(100), 'x')),
		],
	};
}
