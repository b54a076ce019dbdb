/**
 * Calls the listener when the signal aborts, immediately if it already has.
 * @returns a function that stops listening; must be called when the work is done, since the signal of a run lives as long as the run
 */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
	if (signal?.aborted) listener();
	else signal?.addEventListener('abort', listener, { once: true });
	return () => {
		signal?.removeEventListener('abort', listener);
	};
}

/**
 * Settles as the work does, or rejects as soon as the signal aborts, even if the work ignores the signal. undici, for instance, checks a
 * signal only once a request has a connection.
 * @throws the signal's reason, or what the work throws
 */
export async function untilAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
	let stopListening = (): void => undefined;
	const aborted = new Promise<never>((_, reject) => {
		stopListening = onAbort(signal, () => {
			reject(signal?.reason as Error);
		});
	});
	try {
		// The race also handles a rejection of the promise that loses.
		return await Promise.race([aborted, work]);
	} finally {
		stopListening();
	}
}
