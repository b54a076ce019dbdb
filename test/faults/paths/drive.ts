import assert from 'node:assert/strict';
import type { IDataObject } from 'n8n-workflow';
import { chain, type RocheNode, type Step } from '../../engine/roche';
import type { Rig } from '../rig';
import { makeMarkedFile } from '../run-cell';
import type { SecretSearch } from '../secret-search';
import { PROXY_PASSWORD } from './of-process';
import { type Path, type Scene, SUCCEEDS } from './path';

/** n8n stores different data of a failure for each of these. */
const ON_ERROR = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const;

const CALLER = { authentication: 'basicAuth', user: 'roche', password: 'password-of-the-callback-0815' };

/** Nothing listens on this port. The sandbox does not wait for an answer. */
const NOWHERE = 'http://127.0.0.1:1/webhook/roche-notification';

async function makeScene(rig: Rig, node: RocheNode): Promise<Scene> {
	const { item } = await makeMarkedFile(rig);
	return {
		rig,
		node,
		credential: rig.freshCredential(),
		webhookCredential: { ...CALLER },
		item,
		parameters: node === 'rocheSandboxNotification' ? { callbackUrl: NOWHERE } : {},
		options: { maxAttempts: 1 },
		settings: {},
		secrets: [],
	};
}

/**
 * Runs one path with one node, under each setting of "On Error", and searches the data that n8n stores and logs.
 *
 * @throws AssertionError if it does not end as expected, or if a secret is found
 */
export async function drive(rig: Rig, path: Path, node: RocheNode, search: SecretSearch): Promise<void> {
	await rig.reset();
	const scene = await makeScene(rig, node);
	await path.prepare(scene);
	if (node === 'rocheSandboxNotification') delete scene.options.maxAttempts;
	const secrets = secretsOf(scene);
	const { credential, webhookCredential, item, parameters, options, settings, startNode } = scene;
	if (path.testButton === 'alone') {
		await pressTest(path, { ...scene, secrets }, search);
		return;
	}
	for (const onError of ON_ERROR) {
		const step: Step = { ...settings, type: node, parameters: { ...parameters, options }, onError };
		const run = await rig.engine.runWorkflow({
			workflow: chain([item], [step]),
			credentials: {
				rochePartnersServicesApi: credential as never,
				rocheNotificationWebhookApi: webhookCredential as never,
			},
			binaryMode: 'filesystem',
			startNode,
		});
		const [out] = [...run.json(node, 1), ...run.json(node)];
		assertEnd(path, run.error?.message ?? out?.error);
		await search.look(`${path.what}, ${node}, ${onError}`, { ...scene, secrets }, run);
	}
	if (path.testButton && node === path.nodes[0]) await pressTest(path, { ...scene, secrets }, search);
}

async function pressTest(path: Path, scene: Scene, search: SecretSearch): Promise<void> {
	const { rig, credential } = scene;
	const { message } = await rig.engine.testCredential('rochePartnersServicesApi', credential as never);
	assertEnd(path, message);
	await search.lookInText(`${path.what}, Test button`, scene, message);
}

function assertEnd({ expected }: Path, message: unknown): void {
	if (expected === SUCCEEDS) assert.equal(message, undefined);
	else assert.match(String(message), expected);
}

/** Returns all secrets in the fields of the credentials, valid or not. */
function secretsOf({ credential, webhookCredential, secrets }: Scene): Scene['secrets'] {
	const fields: Array<[string, IDataObject, string]> = [
		['client secret', credential, 'clientSecret'],
		['passphrase', credential, 'passphrase'],
		['base URL with a secret', credential, 'baseUrl'],
		["password of Roche's caller", webhookCredential, 'password'],
	];
	const lines = fields.flatMap(([name, holder, field]) =>
		((holder[field] ?? '') as string)
			.split('\n')
			// The host is not a secret: messages contain it.
			.map((line) => ({ name, value: /0815/.exec(line) || field !== 'baseUrl' ? line : '' })),
	);
	return [
		...secrets,
		{ name: 'password of the proxy', value: PROXY_PASSWORD },
		...lines.filter(({ value }) => value.length > 7),
	];
}
