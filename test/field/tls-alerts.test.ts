import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { createServer as createTlsServer } from 'node:tls';
import type { IdentityFields } from '../../nodes/shared/partners-services/client-identity';
import { askForToken, failureOf, listening, type Running, TOKEN } from './support/api-server';
import { CA, CLIENT, Openssl, SERVER, type Signed } from './support/openssl';

let openssl: Openssl;
let server: Signed;
let stranger: Signed;
let identity: IdentityFields;
let running: Running[] = [];

beforeAll(() => {
	openssl = new Openssl();
	const root = openssl.sign({ name: 'root', extensions: CA });
	stranger = openssl.sign({ name: 'stranger', extensions: CA });
	server = openssl.sign({ name: 'server', issuer: root, extensions: SERVER });
	const client = openssl.sign({ name: 'client', issuer: root, extensions: CLIENT });
	identity = {
		clientCertificate: openssl.read(client.certificate),
		privateKey: openssl.read(client.key),
		caCertificates: openssl.read(root.certificate),
	};
});
afterEach(async () => {
	await Promise.all(running.map(async ({ close }) => await close()));
	running = [];
});
afterAll(() => {
	openssl.close();
});

async function start(one: Promise<Running>): Promise<number> {
	running.push(await one);
	return (await one).port;
}

/** A server that answers the first bytes of each connection with these bytes, and closes it. */
const answering = async (bytes: Buffer) =>
	await start(listening(createServer((socket) => void socket.once('data', () => socket.end(bytes)))));

/** A TLS record with a fatal alert (RFC 8446, 6). */
const alert = (code: number) => Buffer.from([21, 3, 3, 0, 2, 2, code]);

const certified = () => ({ key: openssl.read(server.key), cert: openssl.read(server.certificate) });

/** A TLS server that reads the request and then writes this instead of an answer. */
const saying = async (text: string) =>
	await start(listening(createTlsServer(certified(), (socket) => void socket.once('data', () => socket.end(text)))));

/** Passes on the bytes of each connection; `change` may change those of one direction. */
async function between(port: number, change: { up?: (b: Buffer) => Buffer; down?: (b: Buffer) => Buffer }) {
	const pass = (from: Socket, to: Socket, by = (bytes: Buffer): Buffer => bytes): void => {
		from.on('data', (bytes: Buffer) => to.write(by(bytes))).on('error', () => to.destroy());
		from.on('close', () => to.destroy());
	};
	const front = createServer((socket) => {
		const behind = connect(port, '127.0.0.1');
		pass(socket, behind, change.up);
		pass(behind, socket, change.down);
	});
	return await start(listening(front));
}

/** Passes on the bytes of a connection unchanged. A server that refuses may reset it, which must not end the test's own process. */
function passOn(socket: Socket, port: number): void {
	const behind = connect(port, '127.0.0.1').on('error', () => socket.destroy());
	socket.pipe(behind).pipe(socket);
}

/** Flips one bit in the first record for which `isTime` is true. */
const spoil = (isTime: () => boolean) => (bytes: Buffer) => {
	if (!isTime()) return bytes;
	const spoiled = Buffer.from(bytes);
	spoiled.writeUInt8((spoiled[20] ?? 0) ^ 1, 20);
	return spoiled;
};

/** Starts OpenSSL's own server, which refuses with a TLS alert; Node's closes the connection without one. */
async function opensslServer(...more: string[]): Promise<Running> {
	const files = ['-key', server.key, '-cert', server.certificate];
	const args = ['s_server', '-accept', '127.0.0.1:0', '-naccept', '50', '-www', ...files, ...more];
	const child = spawn('openssl', args, { cwd: openssl.folder, stdio: ['pipe', 'pipe', 'ignore'] });
	const ended = once(child, 'exit');
	const close = async (): Promise<void> => {
		child.kill('SIGKILL');
		await ended;
	};
	for await (const line of createInterface({ input: child.stdout })) {
		const port = /^ACCEPT .*:(\d+)/.exec(line)?.[1];
		if (port === undefined) continue;
		child.stdout.resume();
		return { port: Number(port), close };
	}
	throw new Error('openssl s_server ended before it listened');
}

/** Starts one that refuses a client certificate of another CA. */
const refusing = async (version: '-tls1_2' | '-tls1_3') =>
	await opensslServer(version, '-Verify', '4', '-verify_return_error', '-CAfile', stranger.certificate);

const REFUSED = 'refused the client certificate during the TLS handshake';
const DAMAGED = 'was damaged on the way';

describe('a TLS alert is reported with its cause', () => {
	it.each<[number, string, string, boolean]>([
		[10, 'unexpected_message', DAMAGED, true],
		[20, 'bad_record_mac', DAMAGED, true],
		[22, 'record_overflow', DAMAGED, true],
		[40, 'handshake_failure', 'does not accept what n8n offers', false],
		[42, 'bad_certificate', REFUSED, false],
		[43, 'unsupported_certificate', REFUSED, false],
		[44, 'certificate_revoked', 'says that the client certificate has been revoked', false],
		[45, 'certificate_expired', 'says that the client certificate has expired', false],
		[46, 'certificate_unknown', REFUSED, false],
		[47, 'illegal_parameter', DAMAGED, true],
		[48, 'unknown_ca', 'does not know the CA that signed the client certificate', false],
		[49, 'access_denied', REFUSED, false],
		[50, 'decode_error', DAMAGED, true],
		[51, 'decrypt_error', DAMAGED, true],
		[70, 'protocol_version', 'have no TLS version in common', false],
		[71, 'insufficient_security', 'does not accept what n8n offers', false],
		[80, 'internal_error', 'because of an internal error', true],
		[112, 'unrecognized_name', 'does not know the name', false],
		[116, 'certificate_required', 'requires a client certificate and received none', false],
		[120, 'no_application_protocol', 'does not accept what n8n offers', false],
	])('%i %s', async (code, _name, message, retry) => {
		const error = await failureOf(await answering(alert(code)), identity);
		expect(error.message).toContain(message);
		// No part of the request was sent.
		expect(error).toMatchObject({ retry, answerLost: false });
	});

	it('alerts that may be temporary are retried', async () => {
		let count = 0;
		const good = createHttpsServer(certified(), (_request, response) => response.end(TOKEN));
		const behind = await start(listening(good));
		const front = createServer((socket) => {
			count += 1;
			if (count === 1) socket.once('data', () => socket.end(alert(80)));
			else passOn(socket, behind);
		});
		expect(await askForToken(await start(listening(front)), identity, 2)).toHaveProperty('awsResources');
		expect(count).toBe(2);
	});

	it.each(['-tls1_2', '-tls1_3'] as const)('a client certificate of an unknown CA, %s', async (version) => {
		const error = await failureOf(await start(refusing(version)), identity, 3);
		expect(error.message).toContain('does not know the CA that signed the client certificate');
		expect(error).toMatchObject({ retry: false, attempts: 1 });
	});

	it('a request that is damaged in transit', async () => {
		let sendings = 0;
		// The first record from a client is its hello.
		const change = { up: spoil(() => ++sendings > 1) };
		const error = await failureOf(await between(await start(opensslServer()), change), identity);
		expect(error.message).toContain(DAMAGED);
		expect(error).toMatchObject({ retry: true, answerLost: true });
	});

	it('an answer that is damaged in transit', async () => {
		let asked = false;
		const answer = createTlsServer(certified(), (socket) => {
			socket.once('data', () => {
				asked = true;
				socket.end(`HTTP/1.1 200 OK\r\n\r\n${TOKEN}`);
			});
		});
		const change = { down: spoil(() => asked) };
		const error = await failureOf(await between(await start(listening(answer)), change), identity);
		expect(error.message).toContain(DAMAGED);
		expect(error).toMatchObject({ retry: true, answerLost: true });
	});
});

describe('an alert belongs to its connection', () => {
	it('a broken connection is not reported as refused if the same host refuses another one meanwhile', async () => {
		const refused = await start(refusing('-tls1_3'));
		const asked = new EventEmitter();
		let hangUp: () => void = () => undefined;
		const tls = createTlsServer(certified(), (socket) => {
			socket.once('data', () => {
				hangUp = () => socket.destroy();
				asked.emit('request');
			});
		});
		const breaking = await start(listening(tls));
		let ports = [breaking, refused];
		const front = createServer((socket) => {
			const [port = 0, ...rest] = ports;
			ports = rest;
			passOn(socket, port);
		});
		const host = await start(listening(front));
		const request = once(asked, 'request');
		const broken = failureOf(host, identity);
		await request;
		const other = await failureOf(host, identity);
		expect(other.message).toContain('does not know the CA that signed the client certificate');
		hangUp();
		const error = await broken;
		expect(error.message).toContain('closed the connection before the answer was complete');
		expect(error).toMatchObject({ retry: true, answerLost: true });
	});
});

describe('another protocol answers', () => {
	it.each<[string, string]>([
		['a mail server', '220 mail.example ESMTP\r\n'],
		['a header that is not valid', 'HTTP/1.1 200 OK\r\nno header\r\n\r\n'],
		['a length that is not a number', 'HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nx'],
		['chunks that are not valid', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
		['headers without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`],
	])('over TLS: %s', async (_name, text) => {
		const error = await failureOf(await saying(text), identity);
		expect(error.message).toContain('sent an answer that is not HTTP');
		// The request may have been executed.
		expect(error).toMatchObject({ retry: true, answerLost: true });
	});

	it.each<[string, string]>([
		['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
		['SSH', 'SSH-2.0-OpenSSH_9.6\r\n'],
	])('without TLS: %s', async (_name, text) => {
		const error = await failureOf(await answering(Buffer.from(text)), identity);
		expect(error.message).toContain('does not speak TLS as expected');
		expect(error).toMatchObject({ retry: false, answerLost: false });
	});

	it('a server with only TLS 1.1', async () => {
		const old = { ...certified(), minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
		const error = await failureOf(await start(listening(createTlsServer(old))), identity);
		expect(error.message).toContain('have no TLS version in common');
	});
});
