import { setImmediate } from 'node:timers/promises';

/** How long work without pauses may keep n8n's other runs waiting, in ms: far less than n8n allows its own pages for an answer. */
const LONGEST_TURN_MS = 25;

/**
 * Lets other work of the process run from time to time. n8n needs about 1 ms for an expression, during which nothing else can run.
 * @returns a function that must be called and awaited between two pieces of work
 */
export function fairTurns(): () => Promise<void> {
	let began = performance.now();
	return async () => {
		if (performance.now() - began < LONGEST_TURN_MS) return;
		await setImmediate();
		began = performance.now();
	};
}
