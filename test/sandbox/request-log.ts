import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { RecordedRequest, RequestTarget } from './types';

/** Enough for a benchmark. The oldest entries are dropped first. */
const MAX_ENTRIES = 50_000;

/** Requests to the sandbox, in order of arrival. */
export class RequestLog {
	private entries: RecordedRequest[] = [];
	private readonly connections = new WeakMap<Socket, { id: number; subject: string | null }>();
	private lastConnection = 0;

	/** Records a request on arrival. The caller adds status and body size later. */
	record(target: RequestTarget, request: IncomingMessage): RecordedRequest {
		const connection = this.connection(request.socket);
		const rawHeaders: Array<[string, string]> = [];
		for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
			rawHeaders.push([request.rawHeaders[i] ?? '', request.rawHeaders[i + 1] ?? '']);
		}
		const entry: RecordedRequest = {
			target,
			method: request.method ?? '',
			host: request.headers.host ?? '',
			path: request.url ?? '',
			headers: Object.fromEntries(rawHeaders.map(([name, value]) => [name.toLowerCase(), value])),
			rawHeaders,
			status: null,
			at: new Date().toISOString(),
			bodyBytes: 0,
			clientCertificateSubject: connection.subject,
			connectionId: connection.id,
		};
		this.entries.push(entry);
		if (this.entries.length > MAX_ENTRIES) this.entries.shift();
		return entry;
	}

	list(target?: string): RecordedRequest[] {
		return target ? this.entries.filter((entry) => entry.target === target) : this.entries;
	}

	clear() {
		this.entries = [];
	}

	private connection(socket: Socket) {
		const known = this.connections.get(socket);
		if (known) return known;
		const fresh = { id: ++this.lastConnection, subject: subjectOf(socket) };
		this.connections.set(socket, fresh);
		return fresh;
	}
}

function subjectOf(socket: Socket): string | null {
	const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
	return certificate ? subjectText(certificate) : null;
}

/** Returns the subject of a certificate as "CN=..., O=...". */
export function subjectText(certificate: X509Certificate): string {
	return certificate.subject.split('\n').join(', ');
}
