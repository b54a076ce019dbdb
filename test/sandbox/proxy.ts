import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';
import { type Duplex, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DEMO_HOST, LIVE_HOST } from './hosts';
import type { RequestLog } from './request-log';
import type { ConnectionLog } from './servers';
import type { SandboxSettings } from './types';

export interface ProxyParts {
	apiPort: number;
	s3Port: number;
	settings: SandboxSettings;
	connections: ConnectionLog;
	log: RequestLog;
}

/** Bytes in flight on a delayed connection: as many as a real one of 40 ms has at 1.6 Gbit/s. */
const WHOLE_WAY = 8 * 1024 * 1024;

const REASONS: Record<number, string> = { 403: 'Forbidden', 407: 'Proxy Authentication Required' };

/**
 * Creates a CONNECT proxy that connects the production host names to the sandbox's servers: the product runs unchanged.
 * It refuses every other host, so nothing under test can reach the internet by accident.
 */
export function connectProxy(parts: ProxyParts): Server {
	const tunnels = new Set<Duplex>();
	const server = createServer((_request, response) =>
		response.writeHead(403).end('This proxy supports only CONNECT\n'),
	);
	server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
		tunnels.add(client);
		client.once('close', () => tunnels.delete(client));
		client.on('error', () => client.destroy());
		parts.connections.connections.proxy += 1;
		const entry = parts.log.record('proxy', request);
		entry.host = request.url ?? '';
		const port = portOf(entry.host, parts);
		entry.status = parts.settings.proxy?.status ?? (port === undefined ? 403 : 200);
		if (entry.status === 200 && port !== undefined) tunnel(client, head, port, () => parts.settings.latencyMs / 2);
		else client.end(refusal(entry.status, parts.settings.proxy?.offers));
	});
	// For Node, tunnels are no longer HTTP connections: closing the server does not close them.
	server.once('close', () => {
		tunnels.forEach((client) => client.destroy());
	});
	return server;
}

function portOf(authority: string, { apiPort, s3Port }: ProxyParts): number | undefined {
	const match = /^([^:]+):443$/.exec(authority.toLowerCase());
	const host = match?.[1] ?? '';
	if (host === DEMO_HOST || host === LIVE_HOST) return apiPort;
	return host.endsWith('.amazonaws.com') ? s3Port : undefined;
}

function refusal(status: number, offers = 'Basic realm="sandbox"'): string {
	const challenge = status === 407 ? `Proxy-Authenticate: ${offers}\r\n` : '';
	return `HTTP/1.1 ${status} ${REASONS[status] ?? 'Refused'}\r\n${challenge}Content-Length: 0\r\nConnection: close\r\n\r\n`;
}

/** @param delay of data in each direction, in ms */
function tunnel(client: Duplex, head: Buffer, port: number, delay: () => number) {
	// Half-open: one side may have ended while its last bytes are still delayed.
	const upstream = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true }, () => {
		client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
		if (head.length > 0) upstream.write(head);
		const ways = [pipeline(client, delayLine(delay), upstream), pipeline(upstream, delayLine(delay), client)];
		const done = () => {
			client.destroy();
			upstream.destroy();
		};
		Promise.all(ways).then(done, done);
	});
	upstream.once('error', () => client.destroy());
}

/** Returns a stream that delays data without limiting throughput or changing its order. The delay may change only while no data is in it. */
function delayLine(delay: () => number): Transform {
	const sent = new Transform({
		readableHighWaterMark: WHOLE_WAY,
		transform(chunk: Buffer, _encoding, taken) {
			if (delay() === 0) {
				taken(null, chunk);
				return;
			}
			setTimeout(() => sent.destroyed || sent.push(chunk), delay());
			taken();
		},
		flush(ended) {
			setTimeout(ended, delay());
		},
	});
	return sent;
}
