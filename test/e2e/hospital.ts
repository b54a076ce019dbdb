import {
	createServer,
	type IncomingHttpHeaders,
	type IncomingMessage,
	type Server,
	type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request accepted by the hospital's system. */
export interface Taken {
	/** Decoded, with the leading slash. */
	path: string;
	headers: IncomingHttpHeaders;
	body: string;
}

/** A hospital's system that keeps accepted requests, including headers, and answers with its own fields. HTTP on loopback. */
export class Hospital {
	readonly taken: Taken[] = [];

	/** Whether to answer a path with 503. */
	refuses: (path: string) => boolean = () => false;

	private constructor(private readonly server: Server) {}

	static async open(): Promise<Hospital> {
		const server = createServer((request, response) => {
			hospital.answer(request, response).catch(() => response.destroy());
		});
		const hospital = new Hospital(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return hospital;
	}

	/** Without a trailing slash. */
	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	/** Returns the paths of the accepted requests that begin with the prefix. */
	paths(prefix: string): string[] {
		return this.taken.map(({ path }) => path).filter((path) => path.startsWith(prefix));
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
		const path = decodeURIComponent(request.url ?? '/');
		const refused = this.refuses(path);
		if (!refused) this.taken.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
		response.writeHead(refused ? 503 : 200, { 'content-type': 'application/json' });
		response.end(JSON.stringify(refused ? { problem: 'closed' } : { stored: true }));
	}
}
