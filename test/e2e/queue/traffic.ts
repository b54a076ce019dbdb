import { setTimeout as sleep } from 'node:timers/promises';
import { CALLER } from '../../real-n8n/demo/workflows';
import { withProgress } from '../../real-n8n/progress';
import type { Cluster } from '../../real-n8n/queue/cluster';
import type { N8nServer } from '../../real-n8n/server';
import { drawUp, type Ledger } from '../ledger';

/** Notifications posted concurrently: more than the workers can process, so a queue forms. */
const POSTED_AT_ONCE = 10;

/** From the last notification to the last acknowledgement, redeliveries included, in ms. */
const SETTLE_TIMEOUT = 600_000;

const POLL_INTERVAL = 500;

/** Real files mostly have up to 500 observations. These are smaller, because only the number of messages matters here. */
const OBSERVATIONS = 25;

/** Puts files with different content into S3. @returns their object keys */
export async function putFiles({ sandbox }: Cluster, count: number): Promise<string[]> {
	return await withProgress(`Putting ${count} files into S3`, async () => {
		const keys: string[] = [];
		for (let seed = 1; seed <= count; seed += 1) {
			const key = `delivery/clinical-data/bundle-${seed}.json`;
			await sandbox.addFile({ kind: 'bundle', observations: OBSERVATIONS, key, seed });
			keys.push(key);
		}
		return keys;
	});
}

/** Makes Roche announce each file to one of the webhooks in turn. Resolves when all are announced, whatever the answers. */
export async function announceAll({ sandbox, webhook }: Cluster, keys: string[], paths: string[]): Promise<void> {
	const waiting = keys.entries();
	const postSome = async (): Promise<void> => {
		// The posters share one iterator: each takes the next key that no other has taken.
		for (const [index, objectKey] of waiting) {
			const callbackUrl = `${webhook.url}/webhook/${paths[index % paths.length]}`;
			await sandbox.notify({ objectKey, callbackUrl, callbackAuth: CALLER });
		}
	};
	await Promise.all(Array.from({ length: POSTED_AT_ONCE }, postSome));
}

/** Returns the current outcome of the messages. */
async function account({ sandbox }: Cluster): Promise<Ledger> {
	const { files, messages } = await sandbox.state();
	return drawUp(files, messages, await sandbox.emr());
}

/**
 * Waits until the outcome meets a condition or the time is up.
 *
 * @param what - for the progress line
 * @returns the outcome then
 */
export async function waitFor(cluster: Cluster, what: string, wanted: (ledger: Ledger) => boolean): Promise<Ledger> {
	let ledger = await account(cluster);
	const deadline = Date.now() + SETTLE_TIMEOUT;
	const detail = (): string => `${ledger.handled} handled, ${ledger.acknowledged} acknowledged`;
	await withProgress(
		what,
		async () => {
			while (!wanted(ledger) && Date.now() < deadline) {
				await sleep(POLL_INTERVAL);
				ledger = await account(cluster);
			}
		},
		detail,
	);
	return ledger;
}

/** Ids of the executions that a worker started and finished, from its log. */
export interface WorkerRuns {
	started: string[];
	finished: string[];
}

export function runsOf(worker: N8nServer): WorkerRuns {
	const log = worker.output();
	return { started: executionsIn(log, 'started'), finished: executionsIn(log, 'finished') };
}

/** Returns the ids of the executions that were started but not finished. */
export function openRuns({ started, finished }: WorkerRuns): string[] {
	return started.filter((id) => !finished.includes(id));
}

function executionsIn(log: string, what: 'started' | 'finished'): string[] {
	return [...log.matchAll(new RegExp(`Worker ${what} execution (\\d+)`, 'g'))].flatMap(([, id]) => id ?? []);
}
