import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { pipeline, type Duplex } from 'node:stream';
import { closeServer, listen } from '../sandbox/servers';

/** How the proxy answers a CONNECT for a host. */
export type ProxyBehaviour =
	/** Connects to the sandbox. */
	| { kind: 'pass' }
	/** The proxy refuses with this status, and offers these authentication methods. */
	| { kind: 'status'; status: number; offers?: string }
	/** The host name is connected to a server of the test. */
	| { kind: 'route'; port: number }
	/** The proxy never answers. */
	| { kind: 'hold' }
	/** The proxy closes the connection. */
	| { kind: 'cut' };

/** The two services that a workflow calls. */
export type Side = 'api' | 's3';

const PASS: ProxyBehaviour = { kind: 'pass' };

/** A hospital's proxy in front of the sandbox's proxy, with configurable faults. */
export class FaultProxy {
	private readonly behaviours: Record<Side, ProxyBehaviour> = { api: PASS, s3: PASS };

	/** Number of CONNECT requests. */
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

	/** Sets the behaviour for new connections to a side. Cuts the open ones, which would otherwise still be used. */
	set(side: Side, behaviour: ProxyBehaviour): void {
		this.behaviours[side] = behaviour;
		for (const tunnel of this.tunnels) tunnel.destroy();
	}

	/** Removes all faults. */
	async reset(): Promise<void> {
		Object.assign(this.behaviours, { api: PASS, s3: PASS });
		if (this.server.listening) return;
		this.server = this.makeServer();
		await listen(this.server, this.port);
	}

	/** Stops listening on the proxy's port until the reset. */
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

/** Connects the two ends. @param established - whether to answer the client's CONNECT; otherwise the server does */
function join(client: Duplex, head: Buffer, server: Socket, established = true): void {
	if (established) client.write('HTTP/1.1 200 Connection established\r\n\r\n');
	if (head.length > 0) server.write(head);
	// If one end disconnects, the other one is closed; errors are ignored.
	pipeline(client, server, client, () => undefined);
}
