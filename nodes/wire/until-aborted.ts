/**
 * Settles as the work does, or rejects as soon as the signal aborts. undici looks at a signal only when a request has a connection: until
 * then (a proxy that does not answer, say) an abort would be heard of after the timeout of the connection.
 * @throws the signal's reason, or what the work throws
 */
export async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
	// Whatever comes of it after the abort is of no interest, yet must not be an unhandled rejection.
	work.catch(() => undefined);
	return await new Promise<T>((resolve, reject) => {
		const abort = (): void => {
			reject(signal.reason as Error);
		};
		if (signal.aborted) {
			abort();
			return;
		}
		signal.addEventListener('abort', abort, { once: true });
		work.then(resolve, reject).finally(() => {
			signal.removeEventListener('abort', abort);
		});
	});
}
