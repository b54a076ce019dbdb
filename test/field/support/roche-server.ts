import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type CallOptions, acknowledge, getToken } from '../../../nodes/shared/partners-services/client';
import { type Connection, openConnection } from '../../../nodes/shared/partners-services/connection';
import { certify, ecdsaKeys, privateKeyPem } from '../../sandbox/pki';
import { closeServer, httpsServer, listen } from '../../sandbox/servers';
import { fieldsOf, makeEcIdentity } from '../../unit/support/identity-samples';

/** The outcome of one request: an answer, or a connection that is cut after the request. */
export type Turn =
	| 'cut'
	| { status: number; body?: string | Buffer; type?: string }
	| ((request: IncomingMessage) => { status: number; body: string });

/** Roche's API behind TLS, with a given outcome for each request. */
export class RocheServer {
	turns: Turn[] = [];

	requests = 0;

	private constructor(
		private readonly server: Server,
		readonly connection: Connection,
	) {}

	static async start(secret: string): Promise<RocheServer> {
		const keys = await ecdsaKeys();
		const { pem } = await certify({ subject: 'CN=localhost', keys, usage: 'server', hosts: ['localhost'] });
		const server = httpsServer({ key: await privateKeyPem(keys), cert: pem });
		const baseUrl = `https://localhost:${await listen(server)}/partners/services/api/`;
		const fields = { orgId: '1.2.840.4711', clientId: 'klinik-am-see', ...fieldsOf(await makeEcIdentity()) };
		const own = { environment: 'custom', baseUrl, clientSecret: secret, caCertificates: pem };
		const roche = new RocheServer(server, openConnection({ ...fields, ...own }));
		server.on('request', (request, response) => roche.answer(request, response));
		return roche;
	}

	async token(...turns: Turn[]) {
		this.turns = turns;
		return await getToken(this.connection, { timeout: 10_000, maxAttempts: turns.length });
	}

	async ack(message: Parameters<typeof acknowledge>[1], turns: Turn[], more: Partial<CallOptions> = {}) {
		this.turns = turns;
		return await acknowledge(this.connection, message, { timeout: 10_000, maxAttempts: turns.length, ...more });
	}

	async close(): Promise<void> {
		await closeServer(this.server);
	}

	private answer(request: IncomingMessage, response: ServerResponse): void {
		this.requests += 1;
		const turn = this.turns.shift() ?? { status: 418 };
		if (turn === 'cut') {
			response.destroy();
			return;
		}
		const { status, body, type } = typeof turn === 'function' ? { ...turn(request), type: undefined } : turn;
		response.writeHead(status, { 'Content-Type': type ?? 'application/json', Connection: 'close' }).end(body);
	}
}
