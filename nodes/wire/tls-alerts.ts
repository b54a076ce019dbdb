import { subscribe } from 'node:diagnostics_channel';

type SocketError = Error & { code?: string };

/** What undici publishes on `undici:client:connected` (its diagnostics channel documentation). */
interface ConnectedMessage {
	socket: { on(event: 'error', listener: (error: SocketError) => void): unknown };
}

let watching = false;

/**
 * Makes undici's errors tell why TLS ended a connection. In TLS 1.3 a server refuses a client certificate only after the client has finished
 * its handshake. The connection then ends by two errors: OpenSSL's, which has the server's alert, and undici's own "other side closed",
 * which is all that the request gets. The first becomes the cause of the second, connection by connection.
 */
export function watchTlsAlerts(): void {
	if (watching) return;
	watching = true;
	subscribe('undici:client:connected', (message) => {
		let reason: SocketError | undefined;
		(message as ConnectedMessage).socket.on('error', (error) => {
			if (/^ERR_SSL_/.test(error.code ?? '')) reason ??= error;
			else if (reason) error.cause ??= reason;
		});
	});
}
