import { createHash } from 'node:crypto';
import type { Acknowledgement } from '../partners-services/client';
import { LruCache } from '../wire/lru-cache';

/** Runs whose acknowledgements are remembered; far more than one n8n process works on at once. */
const KEPT_RUNS = 200;

const runs = new LruCache<Map<string, Promise<Acknowledgement>>>(KEPT_RUNS);

/**
 * Acknowledges each receipt handle once in a run of the workflow: items that were split from one message share it, and n8n's setting
 * "Retry On Fail" runs the whole node again, with items that were acknowledged before. A failure is not remembered.
 * @param run stands for the run and the node
 * @param receiptHandle only its hash is kept
 */
export async function acknowledgeOnce(
	run: string,
	receiptHandle: string,
	acknowledge: () => Promise<Acknowledgement>,
): Promise<Acknowledgement> {
	const done = runs.getOrMake(run, () => new Map());
	const key = createHash('sha256').update(receiptHandle).digest('base64url');
	const known = done.get(key);
	if (known) return await known;
	const acknowledgement = acknowledge();
	done.set(key, acknowledgement);
	try {
		return await acknowledgement;
	} catch (error) {
		done.delete(key);
		throw error;
	}
}
