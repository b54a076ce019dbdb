import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createPlainServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DEMO_HOST, S3_HOSTS } from '../sandbox/hosts';
import { certify, type Certified, ecdsaKeys, inDays, privateKeyPem, rsaKeys } from '../sandbox/pki';
import { closeServer, httpsServer, listen } from '../sandbox/servers';

const HOSTS = [DEMO_HOST, ...S3_HOSTS];
const START_TIMEOUT = 10_000;

export interface Authorities {
	/** Signs servers; trusted by the engine, for S3 and the API. */
	server: Certified;
	/** Signs servers; not trusted. */
	stranger: Certified;
	/** Signs the clients that these servers accept. */
	client: Certified;
}

export async function makeAuthorities(): Promise<Authorities> {
	const make = async (subject: string): Promise<Certified> =>
		await certify({ subject, keys: await ecdsaKeys(), usage: 'ca' });
	return {
		server: await make('CN=Test Server CA'),
		stranger: await make('CN=Test Stranger CA'),
		client: await make('CN=Test Client CA'),
	};
}

/** The flaw of a server's certificate or protocol. */
export type BadServer =
	'expired' | 'not yet valid' | 'for another host' | 'of an unknown CA' | 'self-signed' | 'no TLS';

/** A server running on loopback. */
export interface RunningServer {
	port: number;
	close: () => Promise<void>;
}

/** Starts a server under the production names that no client may trust. It answers 200, which reveals a client without checks. */
export async function startBadServer(kind: BadServer, { server, stranger }: Authorities): Promise<RunningServer> {
	if (kind === 'no TLS') return await startPlainServer();
	const keys = await ecdsaKeys();
	const hosts = kind === 'for another host' ? ['another.example'] : HOSTS;
	const request = { subject: `CN=${DEMO_HOST}`, keys, usage: 'server', hosts } as const;
	const { pem } = await certify({
		...request,
		...(kind === 'self-signed' ? {} : { issuer: kind === 'of an unknown CA' ? stranger : server }),
		...(kind === 'expired' ? { notBefore: inDays(-30), notAfter: inDays(-1) } : {}),
		...(kind === 'not yet valid' ? { notBefore: inDays(2), notAfter: inDays(30) } : {}),
	});
	const running = httpsServer({ key: await privateKeyPem(keys), cert: pem });
	running.on('request', (_request, response) => response.end('trusted by mistake'));
	return { port: await listen(running), close: async () => await closeServer(running) };
}

async function startPlainServer(): Promise<RunningServer> {
	const sockets = new Set<Socket>();
	const running = createPlainServer((socket) => {
		sockets.add(socket.on('error', () => socket.destroy()));
		socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
	});
	const port = await listen(running);
	const close = async (): Promise<void> => {
		const closed = once(running, 'close');
		running.close();
		for (const socket of sockets) socket.destroy();
		await closed;
	};
	return { port, close };
}

/** How a server treats client certificates. */
export type Refusal =
	/** It accepts no certificate with the client's type of key, so the client sends none. */
	'none sent' | 'of an unknown CA' | 'expired';

/** Option of openssl. */
export type TlsVersion = '-tls1_2' | '-tls1_3';

/** How far the clock is ahead in a server for which the certificate has expired, in days. */
const AHEAD = 1000;

/**
 * Starts a server under the API's production name that refuses the client's certificate with a TLS alert. It is OpenSSL's, because
 * Node's closes the connection without one.
 *
 * @param clientCa - PEM of the CA that signed the client's certificate
 * @param version - in 1.2 the alert arrives during the handshake, in 1.3 after it
 */
export async function startRefusingServer(
	refusal: Refusal,
	{ server, stranger }: Authorities,
	clientCa: string,
	version: TlsVersion,
): Promise<RunningServer> {
	const folder = await mkdtemp(join(tmpdir(), 'roche-s-server-'));
	const keys = await rsaKeys();
	const { pem } = await certify({
		subject: `CN=${DEMO_HOST}`,
		keys,
		usage: 'server',
		hosts: [DEMO_HOST],
		issuer: server,
	});
	const file = async (name: string, content: string): Promise<string> => {
		await writeFile(join(folder, name), content);
		return join(folder, name);
	};
	const child = spawn(
		'openssl',
		[
			...['s_server', '-accept', '127.0.0.1:0', '-naccept', '50', version, '-www', '-Verify', '4'],
			...['-verify_return_error', '-key', await file('key.pem', await privateKeyPem(keys))],
			...['-cert', await file('cert.pem', pem)],
			...['-CAfile', await file('ca.pem', refusal === 'of an unknown CA' ? stranger.pem : clientCa)],
			...(refusal === 'expired' ? ['-attime', String(Math.floor(inDays(AHEAD).getTime() / 1000))] : []),
			...(refusal === 'none sent' ? ['-client_sigalgs', 'ed25519'] : []),
		],
		{ stdio: ['pipe', 'pipe', 'pipe'] },
	);
	const ended = once(child, 'exit');
	const close = async (): Promise<void> => {
		child.kill('SIGKILL');
		await ended;
		await rm(folder, { recursive: true, force: true });
	};
	try {
		child.stderr.resume();
		const signal = AbortSignal.timeout(START_TIMEOUT);
		const lines = createInterface({ input: child.stdout, signal });
		for await (const line of lines) {
			const [, port] = /^ACCEPT .*:(\d+)/.exec(line) ?? [];
			if (port === undefined) continue;
			child.stdout.resume();
			return { port: Number(port), close };
		}
		throw new Error('openssl s_server ended before it listened');
	} catch (error) {
		await close();
		throw error;
	}
}
