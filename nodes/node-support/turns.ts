import { setImmediate } from 'node:timers/promises';

/** How long the other runs of n8n wait at most for work that has no pauses of its own, in ms. n8n asks its pages to answer in far more. */
const LONGEST_TURN_MS = 25;

/**
 * Lets other work of the process have its turn, now and then. An expression takes n8n about 1 ms, and nothing else happens meanwhile.
 * @returns to be awaited between two pieces of work
 */
export function fairTurns(): () => Promise<void> {
	let began = performance.now();
	return async () => {
		if (performance.now() - began < LONGEST_TURN_MS) return;
		await setImmediate();
		began = performance.now();
	};
}
