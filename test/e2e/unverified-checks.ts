import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CleanUp } from '../real-n8n/clean-up';
import { installN8n } from '../real-n8n/install';
import { childEnvironment, npmCommand, ROOT } from '../real-n8n/paths';
import { runProcess } from '../real-n8n/processes';
import { withProgress } from '../real-n8n/progress';
import { type PrivateRegistry, startRegistry } from '../real-n8n/registry/registry';
import { N8nRestClient } from '../real-n8n/rest-client';
import { startN8n } from '../real-n8n/server';
import { readTemplate } from '../real-n8n/workflow';
import type { Checks } from './checks';
import { packageNodes } from './scene';

/** One entry of N8N_COMMUNITY_PACKAGES. */
interface Listed {
	name: string;
	version: string;
	checksum?: string;
}

interface Scene {
	folder: string;
	registry: PrivateRegistry;
	listed: Listed;
}

/**
 * Checks the behaviour of n8n 3, which loads an unverified package only if it is listed with version and checksum. n8n 2 can be set to do the
 * same; here it is, and the package comes from a real registry.
 */
export async function checkUnverified(checks: Checks, cleanUp: CleanUp): Promise<void> {
	await installN8n();
	const folder = await mkdtemp(join(tmpdir(), 'n8n-unverified-'));
	cleanUp.add(async () => await rm(folder, { recursive: true, force: true, maxRetries: 5 }));
	const { tarball, listed } = await withProgress('Building and packing the package', makeTarball);
	cleanUp.add(async () => await rm(tarball));
	const registry = await withProgress('Starting a registry', async () => {
		const started = await startRegistry(join(folder, 'registry'), cleanUp);
		await started.publish(tarball);
		return started;
	});
	const scene: Scene = { folder, registry, listed };
	const nodes = (await packageNodes()).map(({ type }) => type).sort();
	const userFolder = await mkdtemp(join(folder, 'user-'));

	await withN8n(scene, { userFolder }, async (n8n) => {
		await checks.check(
			'the nodes load if the package is listed with the checksum that "npm run package" prints',
			() => {
				assert.deepEqual(n8n.nodes, nodes);
			},
		);
		await checks.check("n8n's migration report finds nothing in the templates that breaks in n8n 3", async () => {
			await checkTemplates(n8n.rest);
		});
	});
	await checks.check('with a wrong checksum the nodes do not load, and the log says why', async () => {
		const wrong = { ...listed, checksum: `sha512-${Buffer.alloc(64).toString('base64')}` };
		await withN8n(scene, { listed: wrong }, (n8n) => {
			assert.deepEqual(n8n.nodes, []);
			assert.match(n8n.log, /Failed to install community package.*checksum/i);
		});
	});
	await checks.check('without a checksum n8n does not start, and says why', async () => {
		const { name, version } = listed;
		const started = withN8n(scene, { listed: { name, version } }, () => undefined);
		await assert.rejects(started, /no checksum available for/);
	});
	await checks.check('n8n without a licence for it does not use a registry other than the public one', async () => {
		await withN8n(scene, { extra: { N8N_COMMUNITY_PACKAGES_REGISTRY: registry.url } }, (n8n) => {
			assert.deepEqual(n8n.nodes, []);
			assert.match(n8n.log, /license does not allow for feat:communityNodes:customRegistry/);
		});
	});
	await checks.check(
		'with the package installed, n8n starts with the nodes even without access to a registry',
		async () => {
			await registry.stop();
			await withN8n(scene, { userFolder }, (n8n) => {
				assert.deepEqual(n8n.nodes, nodes);
			});
		},
	);
}

async function checkTemplates(rest: N8nRestClient): Promise<void> {
	for (const file of await readdir(join(ROOT, 'templates'))) await rest.createWorkflow(await readTemplate(file));
	assert.deepEqual(await rest.brokenBy('v3'), []);
	// Control: the report does find a mode that n8n 3 has removed.
	const name = 'Removed mode';
	const type = 'n8n-nodes-base.executeWorkflow';
	const node = { name, type, typeVersion: 1.3, position: [0, 0] as [number, number], parameters: { mode: 'each' } };
	await rest.createWorkflow({ name, nodes: [node], connections: {}, settings: {} });
	assert.equal((await rest.brokenBy('v3')).length, 1);
}

/** Runs `npm run package` and takes the tarball and the setting from its output, as a user does. */
async function makeTarball(): Promise<{ tarball: string; listed: Listed }> {
	const [file, first] = npmCommand();
	const { code, output } = await runProcess(file, [...first, 'run', 'package'], { cwd: ROOT, env: childEnvironment() });
	assert.equal(code, 0, output);
	const [tarball] = /^\S+\.tgz$/m.exec(output) ?? assert.fail(output);
	const [, setting] = /^N8N_COMMUNITY_PACKAGES='(.+)'$/m.exec(output) ?? assert.fail(output);
	const [listed] = JSON.parse(setting ?? '') as [Listed];
	return { tarball: join(ROOT, tarball), listed };
}

interface Started {
	/** The package's nodes that n8n has loaded. */
	nodes: string[];
	log: string;
	rest: N8nRestClient;
}

interface How {
	/** Default: the package with its checksum. */
	listed?: Listed;
	/** Default: a new folder. */
	userFolder?: string;
	extra?: NodeJS.ProcessEnv;
}

/** Starts n8n with unverified packages disabled, runs the work and stops n8n. */
async function withN8n(scene: Scene, how: How, work: (n8n: Started) => Promise<void> | void): Promise<void> {
	const { listed = scene.listed, extra } = how;
	const environment = {
		...scene.registry.environment,
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'false',
		N8N_COMMUNITY_PACKAGES_MANAGED_BY_ENV: 'true',
		N8N_COMMUNITY_PACKAGES: JSON.stringify([listed]),
		...extra,
	};
	const userFolder = how.userFolder ?? (await mkdtemp(join(scene.folder, 'user-')));
	const n8n = await startN8n({ n8n: await installN8n(), userFolder, environment });
	try {
		const rest = await N8nRestClient.connect(n8n.url);
		const types = (await rest.types('nodes')).map(({ name }) => name);
		const nodes = types.filter((name) => name.startsWith(`${listed.name}.`)).sort();
		await work({ nodes, log: n8n.output(), rest });
	} finally {
		await n8n.stop();
	}
}
