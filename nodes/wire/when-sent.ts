import type { Dispatcher } from 'undici';

/**
 * A dispatcher that tells when a request is about to be written to its connection, behind proxy and TLS handshake: a failure before
 * that means that the server knows nothing of it.
 */
export async function whenSent(dispatcher: Dispatcher, onSent: () => void): Promise<Dispatcher> {
	const { DecoratorHandler } = await import('./vendor/undici');
	return dispatcher.compose((dispatch) => (options, handler) => {
		const watched: Dispatcher.DispatchHandler = new DecoratorHandler(handler);
		const start = watched.onRequestStart?.bind(watched);
		watched.onRequestStart = (controller, context) => {
			onSent();
			start?.(controller, context);
		};
		return dispatch(options, watched);
	});
}
