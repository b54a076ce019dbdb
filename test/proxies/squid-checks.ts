import assert from 'node:assert/strict';
import { chain } from '../engine/roche';
import { assertBoth, endAndCount, FLOW, runFlow } from './flow';
import { type Scene, type Stage, scene } from './scene';

const MESSAGES = 100;

/** Maximum tunnels per request. On a busy machine undici may open a new connection because it has not yet seen that one has become free. */
const MOST_OF_REQUESTS = 1 / 2;

/** Concurrency for the test with ten items at a time. */
const CONCURRENCY = 10;

/** Checks squid without a password: all traffic goes through it, over few connections. */
export async function checkSquid(stage: Stage): Promise<void> {
	await scene(stage, 'the whole flow goes through squid, including mutual TLS; nothing bypasses it', wholeFlow);
	await scene(stage, `${MESSAGES} messages, one at a time, need few tunnels`, async (place) => {
		await fewTunnels(place, 1);
	});
	await scene(stage, `${MESSAGES} messages, ten at a time, need few tunnels per concurrent message`, async (place) => {
		await fewTunnels(place, CONCURRENCY);
	});
}

async function wholeFlow(place: Scene): Promise<void> {
	const squid = await place.squid();
	const before = (await place.sandbox.state()).connections;
	await place.startN8n({ HTTPS_PROXY: squid.url });
	await runFlow(place, await place.deliveries(1));
	const tunnels = await endAndCount(place, squid);
	assertBoth(tunnels);
	// Every TLS connection of the servers came through a tunnel.
	const after = (await place.sandbox.state()).connections;
	assert.deepEqual([after.api - before.api, after.s3 - before.s3], [tunnels.api, tunnels.s3]);
}

async function fewTunnels(place: Scene, concurrency: number): Promise<void> {
	const squid = await place.squid();
	await place.startN8n({ HTTPS_PROXY: squid.url });
	const parameters = { options: { concurrency } };
	const steps = FLOW.map((step) => ({ ...step, parameters: { ...step.parameters, ...parameters } }));
	const items = (await place.deliveries(MESSAGES)).map(({ item }) => item);
	const run = await place.engine.runWorkflow({
		workflow: chain(items, steps),
		credentials: { rochePartnersServicesApi: place.freshCredential() as never },
	});
	assert.equal(run.status, 'success', run.error?.message);
	const requests = (await place.sandbox.requests()).filter(({ target }) => target !== 'proxy').length;
	assert.ok(
		requests > 3 * MESSAGES,
		'Expected for each message: a file, fetched twice, and an ACK; and at least one token',
	);
	const { api, s3 } = await endAndCount(place, squid);
	console.log(`    ${requests} requests over ${api} tunnels to the API and ${s3} to S3`);
	const s3Requests = 2 * MESSAGES;
	assert.ok(api <= 2 * concurrency && s3 <= s3Requests * MOST_OF_REQUESTS, `${api} tunnels to the API and ${s3} to S3`);
}
