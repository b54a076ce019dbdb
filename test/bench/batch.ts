import type { Workbench } from '../real-n8n/workbench';
import { listOf } from '../e2e/chains';
import { itemOf, runByHand } from '../e2e/scene';
import type { NotifyResult } from '../sandbox/types';
import { type Batch, batchWorkflow } from './contenders';
import { atLeast, atMost, byTurns, type Chapter, type Figure, figure } from './figures';
import { addFile, announceMany, type Credentials, runPlainScript, saveCredentials } from './scene';

/** Concurrent requests with which the nodes start. */
const CONCURRENCY = 10;
/** Concurrent requests up to which the nodes increase. */
const MOST = 50;
/** Round-trip time from a hospital to a data centre abroad, in ms. */
const FAR = 40;

interface BatchOptions {
	rounds: number;
	messages: number;
}

/** Measures many messages in one run, on loopback and with the round-trip time of a remote data centre. */
export async function batch(bench: Workbench, options: BatchOptions): Promise<Chapter[]> {
	const credentials = await saveCredentials(bench);
	const near = await oneWay(bench, credentials, options, 0);
	const far = await oneWay(bench, credentials, options, FAR);
	return [near, far];
}

async function oneWay(
	bench: Workbench,
	credentials: Credentials,
	{ rounds, messages }: BatchOptions,
	latencyMs: number,
): Promise<Chapter> {
	const { sandbox } = bench;
	await sandbox.settings({ latencyMs });
	try {
		const key = await addFile(sandbox);
		const inN8n = (name: Batch) => async () =>
			await runBatch(bench, credentials, name, await announceMany(sandbox, key, messages));
		const script = (concurrency: number) => async () => {
			const sent = await announceMany(sandbox, key, messages);
			const { token, fetch, ack } = await runPlainScript(sandbox, sent, key, concurrency);
			return { token, fetch, ack, total: token + fetch + ack };
		};
		const seen = await byTurns(rounds, {
			ours: inN8n('ours'),
			'built-in': inN8n('builtIn'),
			script10: script(CONCURRENCY),
			script50: script(MOST),
		});
		return {
			title: `Batch: ${messages} messages in one run, ${latencyMs === 0 ? 'loopback' : `${latencyMs} ms away`}`,
			figures: figuresOf(seen, latencyMs === 0 ? 4.5 : 3),
		};
	} finally {
		await sandbox.settings({ latencyMs: 0 });
	}
}

/** @param faster goal: how many times as fast as n8n's own nodes */
function figuresOf(seen: Record<string, Record<string, number>>, faster: number): Figure[] {
	const of = (name: string, what: string): number => seen[name]?.[what] ?? NaN;
	const all = Object.keys(seen).flatMap((name) =>
		['token', 'fetch', 'ack', 'total'].map((what) => figure(`${name}: ${what}`, of(name, what), 'ms')),
	);
	// The nodes find a good concurrency themselves. The script runs with 10 and with 50, and its better time counts.
	const beside = (what: string): Figure => {
		const best = Math.min(of('script10', what), of('script50', what));
		return figure(`${what}: ours / faster script`, of('ours', what) / best, 'x');
	};
	return [
		...all,
		atLeast(faster, figure('times as fast as built-in', of('built-in', 'total') / of('ours', 'total'), 'x')),
		atMost(1.5, beside('fetch')),
		atMost(1.5, beside('ack')),
	];
}

/** @returns duration of each step as reported by n8n, in ms */
export async function runBatch(
	bench: Workbench,
	credentials: Credentials,
	name: Batch,
	sent: NotifyResult[],
): Promise<Record<'token' | 'fetch' | 'ack' | 'total', number>> {
	const { workflow, steps } = batchWorkflow(name, listOf(sent.map(itemOf)), bench.sandbox.info, credentials);
	const { status, data } = await runByHand(bench, workflow);
	if (status !== 'success') throw new Error(`The batch of "${name}" failed: ${data.resultData.error?.message ?? ''}`);
	const took = (step = ''): number => data.resultData.runData[step]?.[0]?.executionTime ?? NaN;
	const [token, fetch, ack] = [took(steps.token), took(steps.fetch), took(steps.ack)];
	return { token, fetch, ack, total: token + fetch + ack };
}
