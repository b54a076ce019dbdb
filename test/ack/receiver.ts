import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that arrived, and what it was answered; `cut` without an answer. */
export interface Receipt {
	/** Decoded, with its first slash. */
	path: string;
	body: unknown;
	status: number | 'cut';
	/** When the answer went out, in ms since 1970. */
	at: number;
}

/** Stands for the hospital's system: HTTP on loopback, with a list of what came in. */
export class Receiver {
	receipts: Receipt[] = [];
	/** What a request is told when all is well; default: the same for all, so that nothing of the item is left behind it. */
	reply: (body: unknown) => object = () => ({ stored: true });

	private constructor(
		private readonly server: Server,
		/** What each request is answered, by its body and path. */
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

	/** What came in below a path; it is forgotten then. */
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
