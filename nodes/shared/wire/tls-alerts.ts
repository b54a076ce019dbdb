import { subscribe } from 'node:diagnostics_channel';

type SocketError = Error & { code?: string };

/** The message that undici publishes on `undici:client:connected` (undici's documentation of its diagnostics channels). */
interface ConnectedMessage {
	socket: { on(event: 'error', listener: (error: SocketError) => void): unknown };
}

let watching = false;

/**
 * Adds to undici's errors why TLS ended a connection. In TLS 1.3 a server refuses a client certificate only after the client has finished
 * its handshake. The connection then ends with two errors: OpenSSL's, which contains the server's alert, and undici's own "other side closed",
 * the only one that the request receives. For each connection, the first becomes the cause of the second.
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
