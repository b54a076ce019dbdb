import type { Server as HttpServer } from 'node:http';
import { createServer, type Server as HttpsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { SandboxState } from './types';

/** Records connections, sent bytes and TLS errors of the sandbox for `GET /state`. */
export class ConnectionLog {
	readonly connections: SandboxState['connections'] = { proxy: 0, api: 0, s3: 0 };
	readonly tlsErrors: SandboxState['tlsErrors'] = [];
	private readonly sent = { api: 0, s3: 0 };
	private readonly open = { api: new Set<Socket>(), s3: new Set<Socket>() };

	/** Bytes that the servers have sent so far, TLS included. */
	get sentBytes(): SandboxState['sentBytes'] {
		const total = (name: 'api' | 's3') =>
			[...this.open[name]].reduce((sum, one) => sum + one.bytesWritten, this.sent[name]);
		return { api: total('api'), s3: total('s3') };
	}

	watch(server: HttpsServer, name: 'api' | 's3') {
		server.on('connection', (socket: Socket) => {
			this.open[name].add(socket);
			socket.once('close', () => {
				this.open[name].delete(socket);
				this.sent[name] += socket.bytesWritten;
			});
		});
		server.on('secureConnection', () => (this.connections[name] += 1));
		server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
			// For a refused client certificate Node's error is only "socket hang up"; the cause is on the socket.
			const cause: unknown = socket.authorizationError;
			const code = typeof cause === 'string' ? cause : (error.code ?? error.message);
			this.tlsErrors.push({ server: name, code, at: new Date().toISOString() });
		});
	}
}

/** Creates an HTTPS server that keeps idle connections as long as a cloud load balancer does (60 s; Node's default is 5 s). */
export function httpsServer(options: ServerOptions): HttpsServer {
	return createServer({ ...options, keepAliveTimeout: 60_000 });
}

/** Listens on loopback and returns the port. */
export async function listen(server: Server, port = 0): Promise<number> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => {
			resolve();
		});
	});
	return (server.address() as AddressInfo).port;
}

/** Stops a server at once and closes its open connections. */
export async function closeServer(server: HttpServer | HttpsServer): Promise<void> {
	const closed = new Promise<void>((resolve) =>
		server.close(() => {
			resolve();
		}),
	);
	server.closeAllConnections();
	await closed;
}
