import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ROOT } from '../real-n8n/paths';
import type { TypeDescription } from '../real-n8n/rest-client';
import type { Workbench } from '../real-n8n/workbench';
import type { Checks } from './checks';
import { CREDENTIAL_TYPE, packageNodes } from './scene';

/** Checks that n8n shows the package's nodes, icons and categories and its credential, and that it has not loaded the nodes for this. */
export async function checkPackage(checks: Checks, { n8n, rest }: Workbench): Promise<void> {
	await checks.check('n8n lists every node of the package, with its categories', async () => {
		const types = await rest.types('nodes');
		for (const { type, categories } of await packageNodes()) {
			const found = types.filter(({ name }) => name === type);
			assert.equal(found.length, 1, `${type} is listed ${found.length} times`);
			assert.deepEqual((found[0]?.codex as { categories?: string[] } | undefined)?.categories, categories, type);
		}
	});
	await checks.check('n8n serves the light and dark icons of every node and of the credential', async () => {
		const expected = (await packageNodes()).map(({ type }) => type);
		const nodes = (await rest.types('nodes')).filter(({ name }) => expected.includes(name));
		const credentials = (await rest.types('credentials')).filter(({ name }) => name === CREDENTIAL_TYPE);
		assert.equal(nodes.length + credentials.length, expected.length + 1);
		for (const description of [...nodes, ...credentials]) {
			for (const path of iconPaths(description)) {
				const { contentType, content } = await rest.file(path);
				assert.match(contentType, /^image\/svg\+xml/, path);
				assert.deepEqual(content, await readFile(join(ROOT, 'nodes', 'icons', basename(path))), path);
			}
		}
	});
	await checks.check('n8n loads the nodes on demand: at its start it reads only their descriptions', async () => {
		const log = await readFile(n8n.logFile, 'utf8');
		assert.match(log, /Lazy-loading nodes and credentials from n8n-nodes-roche-partners-services/);
		assert.doesNotMatch(log, /Loaded all credentials and nodes from n8n-nodes-roche-partners-services/);
	});
}

function iconPaths({ name, iconUrl }: TypeDescription): string[] {
	assert.ok(typeof iconUrl === 'object', `${name} has no light and dark icon`);
	assert.notEqual(iconUrl.light, iconUrl.dark, name);
	return [iconUrl.light, iconUrl.dark];
}
