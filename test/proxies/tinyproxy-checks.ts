import assert from 'node:assert/strict';
import { assertBoth, assertFailed, countTargets, runFlow, STEPS } from './flow';
import { type Account, PasswordSearch, urlFor } from './password-search';
import { type Scene, type Stage, scene } from './scene';
import type { Tinyproxy } from './tinyproxy';

const ACCOUNT: Account = { user: 'n8n-roche', password: 'Ward-7_Room.12' };
const WRONG: Account = { ...ACCOUNT, password: 'Ward-8_Room.13' };

/** tinyproxy answers 401 to a wrong password, and 407 to a missing one. The node reports both alike. */
const MESSAGE = /^The proxy .*user name and password/;
const ADVICE = /HTTPS_PROXY.*http:\/\/user:password@proxy:port/;

/** Checks tinyproxy with and without a password. */
export async function checkTinyproxy(stage: Stage): Promise<void> {
	await scene(stage, 'the whole flow goes through tinyproxy', async (place) => {
		const proxy = await place.tinyproxy();
		await works(place, proxy, proxy.url);
	});
	await scene(stage, 'tinyproxy with a password: the whole flow', async (place) => {
		const proxy = await place.tinyproxy(ACCOUNT);
		await works(place, proxy, urlFor(proxy.url, ACCOUNT));
	});
	await scene(stage, 'tinyproxy, no password (407): the message says so, after a single attempt', async (place) => {
		const proxy = await place.tinyproxy(ACCOUNT);
		await refused(place, proxy, proxy.url);
	});
	await scene(stage, 'tinyproxy, wrong password (401): the message says so, after a single attempt', async (place) => {
		const proxy = await place.tinyproxy(ACCOUNT);
		await refused(place, proxy, urlFor(proxy.url, WRONG));
	});
}

async function works(place: Scene, proxy: Tinyproxy, url: string): Promise<void> {
	await place.startN8n({ HTTPS_PROXY: url });
	const run = await runFlow(place, await place.deliveries(1));
	new PasswordSearch([ACCOUNT]).assertNone(run);
	assertBoth(countTargets(place, proxy.targets()));
	assert.equal((await place.tunnels()).length, proxy.targets().length);
}

async function refused(place: Scene, proxy: Tinyproxy, url: string): Promise<void> {
	await place.startN8n({ HTTPS_PROXY: url });
	const [delivery] = await place.deliveries(1);
	const steps = [STEPS['Get Token'], STEPS['S3 Fetch by URL'], STEPS['Notification ACK']];
	for (const [index, step] of steps.entries()) {
		const run = await place.run([delivery?.item ?? {}], [step]);
		assert.equal(proxy.targets().length, index + 1, 'Expected a single attempt');
		assertFailed(run, MESSAGE, ADVICE);
		new PasswordSearch([ACCOUNT, WRONG]).assertNone(run);
	}
	assert.deepEqual(await place.sandbox.requests(), []);
}
