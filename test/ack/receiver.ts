import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A received request and its answer; `cut` if there was none. */
export interface Receipt {
	/** Decoded, with the leading slash. */
	path: string;
	body: unknown;
	status: number | 'cut';
	/** When the answer was sent, in ms since 1970. */
	at: number;
}

/** Stand-in for the hospital's system: HTTP on loopback, with a list of the received requests. */
export class Receiver {
	receipts: Receipt[] = [];
	/** Returns the body of a successful answer; default: the same for all, so no field of the item is left after it. */
	reply: (body: unknown) => object = () => ({ stored: true });

	private constructor(
		private readonly server: Server,
		/** Returns the status of an answer, by the request's body and path. */
		public answer: (body: unknown, path: string) => Receipt['status'],
	) {}

	static async start(answer: Receiver['answer'] = () => 200): Promise<Receiver> {
		const server = createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				receiver.receive(decodeURIComponent(request.url ?? '/'), Buffer.concat(chunks).toString('utf8'), response);
			});
		});
		const receiver = new Receiver(server, answer);
		server.listen(0, '127.0.0.1');
		await new Promise((resolve) => server.once('listening', resolve));
		return receiver;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	/** Returns the requests below a path, and removes them from the list. */
	take(path: string): Receipt[] {
		const taken = this.receipts.filter((receipt) => receipt.path.startsWith(path));
		this.receipts = this.receipts.filter((receipt) => !receipt.path.startsWith(path));
		return taken;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private receive(path: string, text: string, response: ServerResponse): void {
		const body = JSON.parse(text === '' ? 'null' : text) as unknown;
		const status = this.answer(body, path);
		this.receipts.push({ path, body, status, at: Date.now() });
		if (status === 'cut') return void response.socket?.destroy();
		const reply = status < 300 ? this.reply(body) : { message: 'Refused by the receiver' };
		response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
	}
}
