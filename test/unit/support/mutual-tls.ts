import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as tls from 'node:tls';
import { certify, ecdsaKeys, privateKeyPem } from '../../sandbox/pki';

/** A TLS server on loopback that requests a client certificate and reports whether it accepts it. */
export interface MutualTlsServer {
	/** Returns "authorized", or the reason why the client's certificate was not accepted. */
	connect(client: { cert: string; key: string }): Promise<string>;
	close(): Promise<void>;
}

/** @param clientCa PEM of the CA that signs client certificates */
export async function mutualTlsServer(clientCa: string): Promise<MutualTlsServer> {
	const own = await certify({
		subject: 'CN=127.0.0.1',
		keys: await ecdsaKeys(),
		usage: 'server',
		hosts: ['127.0.0.1'],
	});
	const options = { key: await privateKeyPem(own.keys), cert: own.pem, ca: clientCa };
	const server = tls.createServer({ ...options, requestCert: true, rejectUnauthorized: false }, (socket) => {
		socket.end(socket.authorized ? 'authorized' : String(socket.authorizationError));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		connect: async (client) => await text(tls.connect({ ...client, host: '127.0.0.1', port, ca: own.pem })),
		close: async () => {
			server.close();
			await once(server, 'close');
		},
	};
}
