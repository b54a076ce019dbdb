import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { pipeline, type Duplex } from 'node:stream';
import { closeServer, listen } from '../sandbox/servers';

/** What becomes of a CONNECT for a host. */
export type ProxyBehaviour =
	/** On to the sandbox. */
	| { kind: 'pass' }
	/** The proxy answers with a status of its own, and offers these ways to sign in. */
	| { kind: 'status'; status: number; offers?: string }
	/** The host's name leads to a server of the test's. */
	| { kind: 'route'; port: number }
	/** The proxy never answers. */
	| { kind: 'hold' }
	/** The proxy hangs up. */
	| { kind: 'cut' };

/** The two sides that a workflow reaches. */
export type Side = 'api' | 's3';

const PASS: ProxyBehaviour = { kind: 'pass' };

/** A hospital's proxy, in front of that of the sandbox: it misbehaves as it is told. */
export class FaultProxy {
	private readonly behaviours: Record<Side, ProxyBehaviour> = { api: PASS, s3: PASS };

	/** How often a connection was asked for. */
	connections = 0;

	private readonly tunnels = new Set<Duplex>();

	private server: Server;

	private constructor(
		private readonly upstream: URL,
		private port = 0,
	) {
		this.server = this.makeServer();
	}

	/** @param upstream - URL of the sandbox's proxy */
	static async start(upstream: string): Promise<FaultProxy> {
		const proxy = new FaultProxy(new URL(upstream));
		proxy.port = await listen(proxy.server);
		return proxy;
	}

	/** For HTTPS_PROXY. */
	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/** Sets what becomes of the next connections to a side. Those that are open are cut, or they would go on being used. */
	set(side: Side, behaviour: ProxyBehaviour): void {
		this.behaviours[side] = behaviour;
		for (const tunnel of this.tunnels) tunnel.destroy();
	}

	/** All is well again. */
	async reset(): Promise<void> {
		Object.assign(this.behaviours, { api: PASS, s3: PASS });
		if (this.server.listening) return;
		this.server = this.makeServer();
		await listen(this.server, this.port);
	}

	/** Nobody listens at the proxy's port any more, until the reset. */
	async stop(): Promise<void> {
		for (const tunnel of this.tunnels) tunnel.destroy();
		await closeServer(this.server);
	}

	private makeServer(): Server {
		return createServer().on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
			this.connections += 1;
			this.tunnels.add(client);
			client.once('close', () => this.tunnels.delete(client));
			client.on('error', () => client.destroy());
			this.serve(request.url ?? '', client, head);
		});
	}

	private serve(authority: string, client: Duplex, head: Buffer): void {
		const behaviour = this.behaviours[/\.amazonaws\.com:443$/.test(authority) ? 's3' : 'api'];
		switch (behaviour.kind) {
			case 'pass':
				return this.pass(authority, client, head);
			case 'status':
				client.end(refusal(behaviour));
				return;
			case 'route':
				return join(client, head, connect(behaviour.port, '127.0.0.1'));
			case 'hold':
				return;
			case 'cut':
				client.destroy();
		}
	}

	private pass(authority: string, client: Duplex, head: Buffer): void {
		const server = connect(Number(this.upstream.port), this.upstream.hostname);
		server.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
		join(client, head, server, false);
	}
}

function refusal({ status, offers }: { status: number; offers?: string }): string {
	const challenge = offers === undefined ? '' : `Proxy-Authenticate: ${offers}\r\n`;
	return `HTTP/1.1 ${status} No\r\n${challenge}Content-Length: 0\r\nConnection: close\r\n\r\n`;
}

/** Connects the two ends. @param established - tells the client that the tunnel is there; otherwise the server does */
function join(client: Duplex, head: Buffer, server: Socket, established = true): void {
	if (established) client.write('HTTP/1.1 200 Connection established\r\n\r\n');
	if (head.length > 0) server.write(head);
	// Either end may hang up: the other one is closed then, and nothing else follows from it.
	pipeline(client, server, client, () => undefined);
}
