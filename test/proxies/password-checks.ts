import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { assertBoth, assertFailed, endAndCount, runFlow, STEPS } from './flow';
import { type Account, PasswordSearch, plainForms, urlFor } from './password-search';
import { type Scene, type Stage, scene } from './scene';
import type { Squid } from './squid';

/** Contains characters with a meaning in URLs, and one outside ASCII. */
const ACCOUNT: Account = { user: 'n8n-roche', password: 'p@ss:w/rd%ü' };
const WRONG: Account = { ...ACCOUNT, password: 'wr@ng:pa/ss%ö' };

const PERCENT: Account = { ...ACCOUNT, password: 'ward-50%off' };

const MESSAGE = 'The proxy asks for a user name and password (407)';
const ADVICE = /HTTPS_PROXY.*http:\/\/user:password@proxy:port/;

/** Checks squid with a password. */
export async function checkPasswords(stage: Stage): Promise<void> {
	const search = new PasswordSearch([ACCOUNT, WRONG, PERCENT]);
	await scene(stage, 'squid with a password, percent-encoded in the URL: the whole flow', async (place) => {
		await right(place, await guarded(place, stage), search);
	});
	await scene(stage, 'squid, wrong password: each node names the cause after a single attempt', async (place) => {
		await refused(place, await guarded(place, stage), search, WRONG);
	});
	await scene(stage, 'squid, no password: each node names the cause after a single attempt', async (place) => {
		await refused(place, await guarded(place, stage), search);
	});
	await scene(
		stage,
		'a password that is not percent-encoded: the message says that the proxy URL is invalid',
		async (place) => {
			await notEncoded(place, await guarded(place, stage), search);
		},
	);
	await scene(stage, 'control: the search finds a password that is there', async (place) => {
		await searchFinds(place, search);
	});
	console.log(`    searched ${search.bytes} characters of items, errors, hints and logs for the passwords`);
}

/** Starts a squid that accepts one account. */
async function guarded(place: Scene, { programs }: Stage): Promise<Squid> {
	return await place.squid({
		settings: async (home) => {
			const passwords = await home.write(
				'passwords',
				`${ACCOUNT.user}:${hashOf(ACCOUNT.password, programs.openssl)}\n`,
			);
			return [
				`auth_param basic program ${programs.basicAuth} ${passwords}`,
				'auth_param basic realm Hospital',
				'acl known proxy_auth REQUIRED',
				'http_access deny !known',
			];
		},
	});
}

function hashOf(password: string, openssl: string): string {
	const { stdout, status } = spawnSync(openssl, ['passwd', '-apr1', '-stdin'], { input: password, encoding: 'utf8' });
	assert.equal(status, 0, 'openssl could not hash the password');
	return stdout.trim();
}

async function right(place: Scene, squid: Squid, search: PasswordSearch): Promise<void> {
	await place.startN8n({ HTTPS_PROXY: urlFor(squid.url, ACCOUNT) });
	const run = await runFlow(place, await place.deliveries(1));
	search.assertNone(run);
	assertBoth(await endAndCount(place, squid, ACCOUNT.user));
	// The password is for squid only: it is not sent to the next proxy, Roche or S3.
	const requests = await place.sandbox.requests();
	assert.ok(requests.every(({ headers }) => headers['proxy-authorization'] === undefined));
}

async function refused(place: Scene, squid: Squid, search: PasswordSearch, account?: Account): Promise<void> {
	const credential = place.freshCredential();
	const [delivery] = await place.deliveries(1);
	const item = await place.withToken(delivery?.item ?? {}, credential);
	await place.startN8n({ HTTPS_PROXY: account ? urlFor(squid.url, account) : squid.url });
	for (const [name, step] of Object.entries(STEPS)) {
		const run = await place.run([{ ...item, link: delivery?.item.link }], [step], credential);
		assertFailed(run, MESSAGE, ADVICE);
		assert.equal(run.executed.length, 2, name);
		search.assertNone(run);
	}
	const test = await place.engine.testCredential('rochePartnersServicesApi', credential as never);
	assert.deepEqual([test.status, test.message.startsWith(MESSAGE)], ['Error', true]);
	search.assertNone({ persisted: JSON.stringify(test), log: test.log });
	await place.stopN8n();
	const lines = await squid.log(1);
	assert.equal(
		lines.length,
		Object.keys(STEPS).length + 1,
		'Expected one request per node and one for the credential test',
	);
	for (const { result, status, user } of lines) {
		assert.deepEqual([result, status, user], ['TCP_DENIED', 407, account?.user ?? '-']);
	}
	assert.deepEqual(await place.sandbox.requests(), []);
	assert.ok(!(await place.acknowledged()).includes(delivery?.item.MessageId ?? ''));
}

/** In the first password a slash ends the URL's host too early; in the second "%of" is not a valid encoding. */
async function notEncoded(place: Scene, squid: Squid, search: PasswordSearch): Promise<void> {
	const [delivery] = await place.deliveries(1);
	for (const { user, password } of [ACCOUNT, PERCENT]) {
		await place.startN8n({ HTTPS_PROXY: squid.url.replace('://', `://${user}:${password}@`) });
		for (const step of Object.values(STEPS)) {
			const run = await place.run([delivery?.item ?? {}], [step]);
			const message = 'HTTPS_PROXY (or ALL_PROXY) of the n8n process is not the URL of an HTTP proxy';
			assertFailed(run, message, /http:\/\/user:password@proxy:port/);
			search.assertNone(run);
		}
	}
}

/** Checks that the search looks in the right places: otherwise it would never find anything. */
async function searchFinds(place: Scene, search: PasswordSearch): Promise<void> {
	await place.startN8n({ HTTPS_PROXY: place.sandbox.info.proxyUrl });
	const forms = [ACCOUNT, WRONG, PERCENT].flatMap(plainForms);
	for (const form of forms) {
		const run = await place.run([{ note: form }], [STEPS['Get Token']]);
		assert.ok(search.find(run).includes(form), form);
		assert.match(run.log, /rocheGetToken/, 'The log does not contain the node');
	}
}
