import assert from 'node:assert/strict';
import type { IDataObject } from 'n8n-workflow';
import { assertBoth, assertFailed, endAndCount, runFlow, STEPS } from './flow';
import { type Scene, type Stage, scene } from './scene';

/** Which of the environment's variables leads where. */
export async function checkVariables(stage: Stage): Promise<void> {
	await scene(stage, 'ALL_PROXY alone leads through squid', allProxy);
	await scene(stage, 'HTTPS_PROXY wins over ALL_PROXY', httpsProxyWins);
	await scene(stage, 'a host in NO_PROXY is reached directly, with mutual TLS, and S3 through squid', noProxy);
	await scene(stage, 'the same host goes through squid when NO_PROXY is empty', withoutNoProxy);
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

/** The API at a base URL of its own on this machine; S3 has no name here but its real one. */
function onThisMachine(place: Scene): IDataObject {
	return place.freshCredential({ environment: 'custom', baseUrl: place.sandbox.info.customApiBaseUrl });
}

async function noProxy(place: Scene): Promise<void> {
	const squid = await place.squid();
	const { host, hostname } = new URL(place.sandbox.info.customApiBaseUrl);
	await place.startN8n({ HTTPS_PROXY: squid.url, NO_PROXY: `intranet.hospital.example,${hostname}` });
	// The client certificate is looked for there.
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
	// The sandbox's proxy, behind squid, lets no host through but those of Roche and Amazon.
	assertFailed(run, `The proxy does not allow connections to ${host} (403)`, /NO_PROXY/);
	assert.deepEqual(
		(await squid.log(1)).map(({ target, status }) => [target, status]),
		[[host, 403]],
	);
}
