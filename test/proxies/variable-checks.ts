import assert from 'node:assert/strict';
import type { IDataObject } from 'n8n-workflow';
import { assertBoth, assertFailed, endAndCount, runFlow, STEPS } from './flow';
import { type Scene, type Stage, scene } from './scene';

/** Checks which environment variable determines the proxy. */
export async function checkVariables(stage: Stage): Promise<void> {
	await scene(stage, 'ALL_PROXY alone: the flow goes through squid', allProxy);
	await scene(stage, 'HTTPS_PROXY takes precedence over ALL_PROXY', httpsProxyWins);
	await scene(stage, 'a host in NO_PROXY is connected directly, with mutual TLS; S3 through squid', noProxy);
	await scene(stage, 'without NO_PROXY the same host is requested through squid', withoutNoProxy);
}

async function allProxy(place: Scene): Promise<void> {
	const squid = await place.squid();
	await place.startN8n({ ALL_PROXY: squid.url });
	await runFlow(place, await place.deliveries(1));
	assertBoth(await endAndCount(place, squid));
}

async function httpsProxyWins(place: Scene): Promise<void> {
	const [squid, other] = [await place.squid(), await place.squid()];
	await place.startN8n({ HTTPS_PROXY: squid.url, ALL_PROXY: other.url });
	await runFlow(place, await place.deliveries(1));
	assertBoth(await endAndCount(place, squid));
	assert.deepEqual(await other.log(0), []);
}

/** Returns a credential with a base URL on this machine. S3 is still addressed by its real name. */
function onThisMachine(place: Scene): IDataObject {
	return place.freshCredential({ environment: 'custom', baseUrl: place.sandbox.info.customApiBaseUrl });
}

async function noProxy(place: Scene): Promise<void> {
	const squid = await place.squid();
	const { host, hostname } = new URL(place.sandbox.info.customApiBaseUrl);
	await place.startN8n({ HTTPS_PROXY: squid.url, NO_PROXY: `intranet.hospital.example,${hostname}` });
	// runFlow also checks the client certificate.
	await runFlow(place, await place.deliveries(1), onThisMachine(place));
	const { api, s3 } = await endAndCount(place, squid);
	assert.ok(api === 0 && s3 > 0);
	for (const target of ['token', 'ack'] as const) {
		assert.deepEqual(
			(await place.sandbox.requests(target)).map((request) => request.host),
			[host],
		);
	}
}

async function withoutNoProxy(place: Scene): Promise<void> {
	const squid = await place.squid();
	const { host } = new URL(place.sandbox.info.customApiBaseUrl);
	await place.startN8n({ HTTPS_PROXY: squid.url });
	const run = await place.run([{}], [STEPS['Get Token']], onThisMachine(place));
	// The sandbox's proxy, squid's parent, allows only the hosts of Roche and Amazon.
	assertFailed(run, `The proxy does not allow connections to ${host} (403)`, /NO_PROXY/);
	assert.deepEqual(
		(await squid.log(1)).map(({ target, status }) => [target, status]),
		[[host, 403]],
	);
}
