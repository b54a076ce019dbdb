/** The run was cancelled in n8n: whatever was under way has been ended. Never retried. */
export class CancelledError extends Error {
	override readonly name = 'CancelledError';

	constructor() {
		super('The execution was cancelled');
	}
}

/**
 * Ends early when the run is cancelled already.
 * @throws CancelledError
 */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
	if (signal?.aborted) throw new CancelledError();
}
