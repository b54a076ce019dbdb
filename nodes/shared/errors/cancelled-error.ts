/** The run was cancelled in n8n, and all work under way was ended. Never retried. */
export class CancelledError extends Error {
	override readonly name = 'CancelledError';

	constructor() {
		super('The execution was cancelled');
	}
}

/**
 * Checks whether the run has been cancelled.
 * @throws CancelledError if it has
 */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
	if (signal?.aborted) throw new CancelledError();
}
