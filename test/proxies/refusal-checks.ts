import assert from 'node:assert/strict';
import { assertFailed, FLOW, hostsOf, runFlow, STEPS } from './flow';
import { type Scene, type Stage, scene } from './scene';

const ADVICE = /^The environment variables HTTPS_PROXY .* allow connections to \S+,/;

/** Checks that squid's refusals and failed connections are reported correctly. */
export async function checkRefusals(stage: Stage): Promise<void> {
	await scene(stage, 'squid denies the API host: the message names the host, after a single attempt', apiDenied);
	await scene(
		stage,
		'squid denies the S3 host: the message names the host, after a single attempt; nothing is acknowledged',
		s3Denied,
	);
	await scene(
		stage,
		"squid's parent proxy is down: the message says so, and a retry succeeds after its restart",
		parentDown,
	);
	await scene(stage, 'squid cannot connect to the host: the message says so, after a retry', hostDown);
}

const denying = (host: string) => ({ settings: () => [`acl denied dstdomain ${host}`, 'http_access deny denied'] });

async function apiDenied(place: Scene): Promise<void> {
	const { api } = hostsOf(place);
	const squid = await place.squid(denying(api));
	await place.startN8n({ HTTPS_PROXY: squid.url });
	const [delivery] = await place.deliveries(1);
	for (const step of [STEPS['Get Token'], STEPS['Notification ACK']]) {
		const run = await place.run([delivery?.item ?? {}], [step]);
		assertFailed(run, `The proxy does not allow connections to ${api} (403)`, ADVICE);
	}
	const denied = { result: 'TCP_DENIED', status: 403, method: 'CONNECT', target: `${api}:443`, user: '-' };
	assert.deepEqual(await squid.log(2), [denied, denied]);
}

async function s3Denied(place: Scene): Promise<void> {
	const { api, s3 } = hostsOf(place);
	const squid = await place.squid(denying(s3));
	await place.startN8n({ HTTPS_PROXY: squid.url });
	const [delivery] = await place.deliveries(1);
	const message = `The proxy does not allow connections to ${s3} (403)`;
	assertFailed(await place.run([delivery?.item ?? {}], FLOW), message, ADVICE);
	assertFailed(await place.run([delivery?.item ?? {}], [STEPS['S3 Fetch by URL']]), message, ADVICE);
	assert.ok(!(await place.acknowledged()).includes(delivery?.item.MessageId ?? ''));
	await place.stopN8n();
	const lines = await squid.log(3);
	const results = lines.map(({ target, status }) => `${target} ${status}`);
	assert.deepEqual(results.toSorted(), [`${api}:443 200`, `${s3}:443 403`, `${s3}:443 403`].toSorted());
}

/** One attempt and one retry. */
const TWICE = { options: { maxAttempts: 2 } };

async function parentDown(place: Scene): Promise<void> {
	const { api, s3 } = hostsOf(place);
	const parent = await place.squid();
	const squid = await place.squid({ parentPort: parent.port });
	await place.startN8n({ HTTPS_PROXY: squid.url });
	await runFlow(place, await place.deliveries(1));
	await place.stopN8n();
	const before = (await squid.log(2)).length;
	await parent.kill();
	await place.startN8n({ HTTPS_PROXY: squid.url });
	const [delivery] = await place.deliveries(1);
	const items = [delivery?.item ?? {}];
	const token = await place.run(items, [{ ...STEPS['Get Token'], parameters: TWICE }]);
	assertFailed(token, `The proxy could not connect to ${api}`, ADVICE);
	const byUrl = STEPS['S3 Fetch by URL'];
	const file = await place.run(items, [{ ...byUrl, parameters: { ...byUrl.parameters, ...TWICE } }]);
	assertFailed(file, `The proxy could not connect to ${s3}`, ADVICE);
	const lines = (await squid.log(before + 4)).slice(before);
	console.log(`    squid answered ${lines.map(({ status }) => status).join(', ')}`);
	assert.deepEqual([lines.length, lines[0]?.status], [4, 503]);
	// The parent is restarted while n8n retries.
	const waiting = runFlow(place, await place.deliveries(1));
	await parent.restart();
	await waiting;
}

async function hostDown(place: Scene): Promise<void> {
	const { api } = hostsOf(place);
	// Without a parent squid would query DNS. The hosts file maps the name to this machine, where nothing listens on port 443.
	const squid = await place.squid({
		parentPort: undefined,
		settings: async (home) => [`hosts_file ${await home.write('hosts', `127.0.0.1 ${api}\n`)}`],
	});
	await place.startN8n({ HTTPS_PROXY: squid.url });
	const run = await place.run([{}], [{ ...STEPS['Get Token'], parameters: TWICE }]);
	assertFailed(run, `The proxy could not connect to ${api}`, ADVICE);
	const results = (await squid.log(2)).map(({ target, status }) => `${target} ${status}`);
	assert.deepEqual(results, [`${api}:443 503`, `${api}:443 503`]);
}
