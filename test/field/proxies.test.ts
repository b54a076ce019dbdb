import { once } from 'node:events';
import * as net from 'node:net';
import * as tls from 'node:tls';
import type { ServiceError } from '../../nodes/shared/errors/service-error';
import { type Connection, openConnection } from '../../nodes/shared/partners-services/connection';
import { post } from '../../nodes/shared/partners-services/post';
import { storageDispatcher } from '../../nodes/shared/wire/dispatchers';
import { failureCode } from '../../nodes/shared/wire/failure-code';
import { certify, ecdsaKeys, privateKeyPem } from '../sandbox/pki';
import { closeServer, httpsServer, listen } from '../sandbox/servers';
import { fieldsOf, makeEcIdentity } from '../unit/support/identity-samples';
import { PASSWORD, restoreProxies, setProxies } from './support/proxy-variables';

restoreProxies();

describe('a request that needs no proxy', () => {
	it.each(['socks5://127.0.0.1:1', 'no url', `http://user:1#${PASSWORD}@127.0.0.1:1`])(
		'is sent directly, whatever the proxy is: %s',
		async (proxy) => {
			setProxies({ ALL_PROXY: proxy, NO_PROXY: '*' });
			expect(await send()).toMatchObject({ statusCode: 418 });
		},
	);

	it('uses the proxy when NO_PROXY changes while n8n runs', async () => {
		setProxies({ ALL_PROXY: 'socks5://127.0.0.1:1', NO_PROXY: 'localhost' });
		expect(await send()).toMatchObject({ statusCode: 418 });
		setProxies({ ALL_PROXY: 'socks5://127.0.0.1:1' });
		expect(await send()).toMatchObject({ code: 'PROXY_INVALID' });
	});
});

describe('the error for a faulty proxy names the proxy, not the host behind it', () => {
	const challenge = (...lines: string[]) =>
		answering(`HTTP/1.1 407 No\r\n${lines.map((line) => `${line}\r\n`).join('')}Content-Length: 2\r\n\r\nno`);
	const noBasic = /^The proxy does not offer Basic/;
	const wantsPassword = /^The proxy asks for a user name and password \(407\)$/;

	it.each<[string, string[], RegExp]>([
		['Negotiate and NTLM', ['Proxy-Authenticate: Negotiate', 'Proxy-Authenticate: NTLM'], noBasic],
		['both in one line', ['proxy-authenticate: negotiate, NTLM'], noBasic],
		[
			'Digest with a realm that contains Basic',
			['Proxy-Authenticate: Digest realm="a, Basic \\", Basic", nonce="b"'],
			noBasic,
		],
		[
			'Negotiate, NTLM and Basic',
			['Proxy-Authenticate: Negotiate', 'Proxy-Authenticate: NTLM', 'Proxy-Authenticate: basic realm="a"'],
			wantsPassword,
		],
		['Basic after another one in one line', ['Proxy-Authenticate: Digest realm="x", Basic realm="y"'], wantsPassword],
		['nothing', [], wantsPassword],
	])('407 that offers %s', async (_what, lines, message) => {
		const error = await through(challenge(...lines));
		expect(error.message).toMatch(message);
		expect(error.retry).toBe(false);
		expect(error.advice).toMatch(message === noBasic ? /cntlm or px/ : /HTTPS_PROXY/);
	});

	it.each([
		[403, /^The proxy does not allow connections to localhost:\d+ \(403\)$/],
		[502, /^The proxy could not connect to localhost:\d+$/],
		[503, /^The proxy could not connect to localhost:\d+$/],
		[302, /^The proxy refused to connect to localhost:\d+$/],
	])('%i with a web page, which is not repeated', async (status, message) => {
		const page = `<html><title>${PASSWORD}</title></html>`;
		const error = await through(answering(`HTTP/1.1 ${status} x\r\nContent-Length: ${page.length}\r\n\r\n${page}`));
		expect(error.message).toMatch(message);
		expect(error.message + error.advice).not.toContain(PASSWORD);
	});

	it('one that closes the connection', async () => {
		expect((await through((socket) => socket.destroy())).message).toMatch(/^The proxy could not connect to localhost/);
	});

	it('one that closes the connection in the middle of its answer', async () => {
		const error = await through((socket) => socket.end('HTTP/1.1 200 OK\r\nX-'));
		expect(error.message).toMatch(/^The proxy could not connect to localhost/);
	});

	it('one that speaks another protocol', async () => {
		const error = await through(answering('SSH-2.0-OpenSSH_9.2\r\n'));
		expect(error.message).toBe('The proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process does not speak HTTP');
	});

	it('one on which nothing listens', async () => {
		setProxies({ https_proxy: 'http://127.0.0.1:1' });
		expect((await send()).message).toBe('The proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process cannot be reached');
	});

	it('one that DNS does not know, also for S3', async () => {
		setProxies({ HTTPS_PROXY: 'http://proxy.invalid:3128' });
		const error = await send();
		expect(error.code).toMatch(/^PROXY_(ENOTFOUND|EAI_AGAIN)$/);
		expect(error.message).toMatch(/the proxy in HTTPS_PROXY \(or ALL_PROXY\) of the n8n process/i);
		expect(error.message).not.toContain('localhost');
		const s3 = await storageDispatcher();
		const asked = s3.request({ origin: 'https://bucket.s3.amazonaws.com', path: '/', method: 'GET' });
		expect(await asked.catch(failureCode)).toMatch(/^PROXY_(ENOTFOUND|EAI_AGAIN)$/);
	});

	it('one that does not speak TLS and has no scheme in its URL, as n8n reads it', async () => {
		const error = await through(answering('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'), '');
		expect(error.message).toBe(
			'The proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process does not speak TLS, although its URL calls for it',
		);
		expect(error.advice).toContain('http://proxy:port');
	});

	it.each(['localhost', 'elsewhere'])('one behind TLS whose certificate, for %s, is not accepted', async (name) => {
		const keys = await ecdsaKeys();
		const { pem } = await certify({ subject: 'CN=proxy', keys, usage: 'server', hosts: [name] });
		const server = tls.createServer({ key: await privateKeyPem(keys), cert: pem });
		const error = await throughServer(server, 'https://');
		expect(error.message).toBe(
			'The certificate of the proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process is not accepted',
		);
		expect(error.advice).toContain('NODE_EXTRA_CA_CERTS');
	});
});

describe('a host with several addresses', () => {
	/** Returns the timeout per address of a host, for each connection that a request opens, in ms. */
	async function times(variables: Record<string, string>): Promise<Array<number | undefined>> {
		setProxies(variables);
		const spies = [
			jest.spyOn(jest.requireActual<typeof net>('node:net'), 'connect'),
			jest.spyOn(jest.requireActual<typeof tls>('node:tls'), 'connect'),
		];
		const seen: Array<number | undefined> = [];
		try {
			// No open connection of another test is used.
			await send({ ...api.connection, fingerprint: JSON.stringify(variables) });
			const s3 = await storageDispatcher();
			await s3.request({ origin: `https://localhost:${api.port}`, path: '/', method: 'GET' }).catch(() => undefined);
			for (const [options] of spies.flatMap((spy) => spy.mock.calls as unknown[][])) {
				const { socket, autoSelectFamilyAttemptTimeout } = options as tls.ConnectionOptions & net.TcpNetConnectOpts;
				// TLS inside a tunnel opens no connection of its own.
				if (!socket) seen.push(autoSelectFamilyAttemptTimeout);
			}
		} finally {
			for (const spy of spies) spy.mockRestore();
		}
		return seen;
	}

	const allEnough = (all: Array<number | undefined>) => all.every((ms = 0) => ms >= 1000 && ms <= 2000);

	it('has a timeout for each of them that suits a slow link, for the API and for S3', async () => {
		const all = await times({ NO_PROXY: '*' });
		expect(all.length).toBeGreaterThanOrEqual(2);
		expect(allEnough(all)).toBe(true);
	});

	it('and so does a proxy', async () => {
		const all = await times({ HTTPS_PROXY: 'http://localhost:1' });
		expect(all.length).toBeGreaterThanOrEqual(2);
		expect(allEnough(all)).toBe(true);
	});

	it('has a longer one if Node is configured with it, as by --network-family-autoselection-attempt-timeout', async () => {
		const before = net.getDefaultAutoSelectFamilyAttemptTimeout();
		net.setDefaultAutoSelectFamilyAttemptTimeout(5000);
		try {
			expect(await times({ NO_PROXY: 'localhost' })).toContain(5000);
		} finally {
			net.setDefaultAutoSelectFamilyAttemptTimeout(before);
		}
	});
});

/** A server of Roche that answers 418, which differs from all failures on the way to it. */
let api: { port: number; connection: Connection };
let close: () => Promise<void>;

beforeAll(async () => {
	const keys = await ecdsaKeys();
	const { pem } = await certify({ subject: 'CN=localhost', keys, usage: 'server', hosts: ['localhost'] });
	const server = httpsServer({ key: await privateKeyPem(keys), cert: pem });
	server.on('request', (_request, response) => response.writeHead(418).end());
	const port = await listen(server);
	close = async () => await closeServer(server);
	const baseUrl = `https://localhost:${port}/partners/services/api/`;
	const fields = { orgId: '1.2.3', clientId: 'id', clientSecret: 'geheim', ...fieldsOf(await makeEcIdentity()) };
	api = { port, connection: openConnection({ environment: 'custom', baseUrl, ...fields, caCertificates: pem }) };
});

afterAll(async () => await close());

async function send(connection = api.connection): Promise<ServiceError> {
	return (await post(connection, { path: 'v1/token', headers: {}, timeout: 20_000 }).then(
		() => new Error('There was an answer of 200'),
		(error: unknown) => error,
	)) as ServiceError;
}

type Behaviour = (socket: net.Socket) => unknown;

/** Answers a CONNECT with this. */
function answering(text: string): Behaviour {
	return (socket) => socket.once('data', () => socket.end(text));
}

/** Sends a request through a proxy that behaves like this. */
async function through(behaviour: Behaviour, scheme = 'http://'): Promise<ServiceError> {
	return await throughServer(
		net.createServer((socket) => behaviour(socket.on('error', () => undefined))),
		scheme,
	);
}

async function throughServer(server: net.Server, scheme: string): Promise<ServiceError> {
	server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
	await once(server, 'listening');
	setProxies({ HTTPS_PROXY: `${scheme}127.0.0.1:${(server.address() as net.AddressInfo).port}` });
	const error = await send();
	server.close();
	return error;
}
