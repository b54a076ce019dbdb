import type { buildConnector } from 'undici';

/** Options of undici's clients. */
export interface Connecting {
	connect: buildConnector.connector;
}

type SocketError = Error & { code?: string };

/**
 * Adds to undici's errors why TLS ended a connection. In TLS 1.3 a server refuses a client certificate only after the client has finished
 * its handshake. The connection then ends with two errors: OpenSSL's, which contains the server's alert, and undici's own "other side closed",
 * the only one that the request receives. For each connection, the first becomes the cause of the second.
 */
export function withTlsAlerts<Options extends Connecting>(options: Options): Options {
	const connect: buildConnector.connector = (target, callback) => {
		options.connect(target, (...outcome) => {
			let reason: SocketError | undefined;
			outcome[1]?.on('error', (error: SocketError) => {
				if (/^ERR_SSL_/.test(error.code ?? '')) reason ??= error;
				else if (reason) error.cause ??= reason;
			});
			callback(...outcome);
		});
	};
	return { ...options, connect };
}
