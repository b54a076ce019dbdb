import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certify, ecdsaKeys, privateKeyPem } from '../../sandbox/pki';
import { closeServer, httpsServer, listen } from '../../sandbox/servers';

/** An object store on loopback that is not S3. */
export interface Store {
	host: string;
	/** File with the certificate that n8n is told to trust. */
	certificate: string;
	close: () => Promise<void>;
}

export async function startStore(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Store> {
	const keys = await ecdsaKeys();
	const { pem } = await certify({ subject: 'CN=127.0.0.1', keys, usage: 'server', hosts: ['127.0.0.1'] });
	const folder = await mkdtemp(join(tmpdir(), 'roche-store-'));
	const certificate = join(folder, 'store.pem');
	await writeFile(certificate, pem);
	const server = httpsServer({ key: await privateKeyPem(keys), cert: pem });
	server.on('request', answer);
	const host = `127.0.0.1:${await listen(server)}`;
	const close = async () => {
		await closeServer(server);
		await rm(folder, { recursive: true });
	};
	return { host, certificate, close };
}
