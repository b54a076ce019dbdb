import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LazyPackageDirectoryLoader, PackageDirectoryLoader } from 'n8n-core';
import { Engine } from '../engine/harness';
import { chain } from '../engine/roche';
import { type SandboxClient, startSandboxProcess } from '../sandbox/process';

const root = join(__dirname, '..', '..');
const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));
const manifest = read('package.json') as { n8n: { nodes: string[]; credentials: string[] } };

/** Returns the package's description as n8n sends it to the editor, as JSON. */
function asSent(types: unknown): unknown {
	return JSON.parse(JSON.stringify(types));
}

describe('the files that the build writes for loading on demand', () => {
	let whole: PackageDirectoryLoader;
	let lazy: LazyPackageDirectoryLoader;

	beforeAll(async () => {
		whole = new PackageDirectoryLoader(root);
		lazy = new LazyPackageDirectoryLoader(root);
		await whole.loadAll();
		await lazy.loadAll();
	});

	it('are used by n8n, which then loads no node at its start', () => {
		expect(lazy.isLazyLoaded).toBe(true);
		expect(Object.keys(lazy.nodeTypes)).toEqual([]);
		expect(whole.isLazyLoaded).toBe(false);
		expect(Object.keys(whole.nodeTypes)).toHaveLength(manifest.n8n.nodes.length);
	});

	it('describe nodes and credentials, including icons and categories, as n8n does when it loads them', () => {
		expect(lazy.types.nodes).toHaveLength(manifest.n8n.nodes.length);
		expect(lazy.types.credentials).toHaveLength(manifest.n8n.credentials.length);
		expect(asSent(lazy.types)).toEqual(asSent(whole.types));
		expect(asSent(lazy.known)).toEqual(asSent(whole.known));
	});

	it('name icons that are in the package, and no path of the machine that built it', () => {
		const text = JSON.stringify(lazy.types) + JSON.stringify(lazy.known);
		expect(text).not.toContain(root);
		const icons = [...text.matchAll(/icons\/n8n-nodes-roche-partners-services\/([^"]+\.svg)/g)].map(([, path]) => path);
		expect(icons).toHaveLength(2 * (manifest.n8n.nodes.length + manifest.n8n.credentials.length));
		for (const path of icons) expect(readFileSync(join(root, path ?? ''), 'utf8')).toContain('<svg');
	});

	it.each(manifest.n8n.nodes)('contain the codex of %s', (path) => {
		const { node, categories, alias } = read(path.replace(/\.js$/, '.json')) as Record<string, unknown>;
		const name = String(node).replace('n8n-nodes-roche-partners-services.', '');
		const description = lazy.types.nodes.find((type) => type.name === name);
		expect(description?.codex).toMatchObject({ categories, alias });
	});
});

describe.each(['package', 'lazy'] as const)('with the %s loader of n8n', (loader) => {
	let sandbox: SandboxClient;
	let engine: Engine;

	beforeAll(async () => {
		sandbox = await startSandboxProcess();
		const { proxyUrl, s3CaFile } = sandbox.info;
		engine = await Engine.start({ loader, env: { HTTPS_PROXY: proxyUrl, NODE_EXTRA_CA_CERTS: s3CaFile } });
	});
	afterAll(async () => await Promise.all([engine.stop(), sandbox.close()]));

	it('token, file and acknowledgement work', async () => {
		const file = await sandbox.addFile({ kind: 'bundle', observations: 10 });
		const { notification } = await sandbox.notify({ objectKey: file.key });
		const steps = (['rocheGetToken', 'rocheS3Fetch', 'rocheNotificationAck'] as const).map((type) => ({ type }));
		const run = await engine.runWorkflow({
			workflow: chain([notification], steps),
			credentials: { rochePartnersServicesApi: { ...sandbox.info.credential } },
		});
		expect(run.json('rocheNotificationAck')).toMatchObject([
			{ file: { sha256: file.sha256 }, ack: { acknowledged: true } },
		]);
	});

	it('the Test of the credential finds its function', async () => {
		const credential = { ...sandbox.info.credential };
		expect(await engine.testCredential('rochePartnersServicesApi', credential)).toMatchObject({ status: 'OK' });
	});
});
