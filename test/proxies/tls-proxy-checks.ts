import assert from 'node:assert/strict';
import { type Certified, certify, ecdsaKeys, privateKeyPem } from '../sandbox/pki';
import { makeHome } from './home';
import { assertBoth, assertFailed, endAndCount, runFlow, STEPS } from './flow';
import { versionOf } from './programs';
import { type Scene, type Stage, scene } from './scene';
import type { Squid } from './squid';

/** Checks TLS to the proxy itself: its URL begins with https. */
export async function checkTlsProxy(stage: Stage): Promise<void> {
	if (!/--with-(openssl|gnutls)/.test(await versionOf(stage.programs.squid))) {
		console.log('  - TLS to the proxy is not tested: this squid does not support it');
		return;
	}
	await scene(stage, 'squid with TLS (https://proxy:port): the whole flow', async (place) => {
		const authority = await makeAuthority();
		const squid = await tlsSquid(place, authority);
		const home = await makeHome(stage.cleanUp);
		const trusted = await home.write('trusted.pem', place.sandbox.info.s3Ca + authority.pem);
		await place.startN8n({ HTTPS_PROXY: squid.url, NODE_EXTRA_CA_CERTS: trusted });
		await runFlow(place, await place.deliveries(1));
		assertBoth(await endAndCount(place, squid));
	});
	await scene(stage, 'squid with a TLS certificate of an unknown CA: refused, and nothing is sent', async (place) => {
		const squid = await tlsSquid(place, await makeAuthority());
		await place.startN8n({ HTTPS_PROXY: squid.url });
		const run = await place.run([{}], [STEPS['Get Token']]);
		assertFailed(run, /^The certificate of the proxy in HTTPS_PROXY .* is not accepted$/, /NODE_EXTRA_CA_CERTS/);
		assert.deepEqual(await place.sandbox.requests(), []);
	});
}

async function makeAuthority(): Promise<Certified> {
	return await certify({ subject: 'CN=Hospital Proxy CA', keys: await ecdsaKeys(), usage: 'ca' });
}

async function tlsSquid(place: Scene, issuer: Certified): Promise<Squid> {
	const keys = await ecdsaKeys();
	const { pem } = await certify({ subject: 'CN=proxy', keys, usage: 'server', hosts: ['127.0.0.1'], issuer });
	return await place.squid({
		tls: async (home) => ({
			certificate: await home.write('certificate.pem', pem),
			key: await home.write('key.pem', await privateKeyPem(keys)),
		}),
	});
}
