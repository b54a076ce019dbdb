import type { Server } from 'node:https';
import { certify, ecdsaKeys, privateKeyPem } from '../sandbox/pki';
import { closeServer, httpsServer, listen } from '../sandbox/servers';
import { Roche } from './roche';

const UNKNOWN_CA = /^The server certificate of \S+ is signed by a CA that n8n does not trust/;

describe('a server whose CA is unknown, with NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment of n8n', () => {
	let roche: Roche;
	beforeAll(async () => {
		roche = await Roche.start({}, { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_EXTRA_CA_CERTS: '' });
	});
	afterAll(async () => await roche.stop());

	it('receives no client secret', async () => {
		const credential = roche.freshCredential({ caCertificates: '' });
		const run = await roche.run([{}], [{ type: 'rocheGetToken' }], { credential });
		expect(run.error?.message).toMatch(UNKNOWN_CA);
		expect(await roche.sandbox.requests('token')).toEqual([]);
	});

	it('receives no session token instead of S3', async () => {
		const [made] = await roche.notifications(1);
		const run = await roche.run([made?.item ?? {}], [{ type: 'rocheS3Fetch' }]);
		expect(run.error?.message).toMatch(UNKNOWN_CA);
		expect(await roche.sandbox.requests('s3')).toEqual([]);
	});
});

describe('a proxy behind TLS whose CA is unknown, with the same variable', () => {
	let proxy: Server;
	let port: number;
	let asked: number;

	beforeAll(async () => {
		const keys = await ecdsaKeys();
		const { pem } = await certify({ subject: 'CN=127.0.0.1', keys, usage: 'server', hosts: ['127.0.0.1'] });
		asked = 0;
		proxy = httpsServer({ key: await privateKeyPem(keys), cert: pem }).on('connect', (_request, socket) => {
			asked += 1;
			socket.destroy();
		});
		port = await listen(proxy);
	});
	afterAll(async () => await closeServer(proxy));

	it('receives neither the CONNECT target nor the password', async () => {
		const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0', HTTPS_PROXY: `https://user:password@127.0.0.1:${port}` };
		const roche = await Roche.start({}, env);
		try {
			const run = await roche.run([{}], [{ type: 'rocheGetToken', parameters: { options: { maxAttempts: 1 } } }]);
			expect(run.status).toBe('error');
			expect(asked).toBe(0);
		} finally {
			await roche.stop();
		}
	});
});
