import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chain } from '../engine/roche';
import { Engine } from '../engine/harness';
import { startSandboxProcess } from '../sandbox/process';
import { blocksOf } from './support/pages';

interface PackageJson {
	name: string;
	dependencies?: object;
	n8n: { nodes: string[]; credentials: string[] };
}

const root = join(__dirname, '..', '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageJson;
const MEGABYTE = 1024 * 1024;
let folder: string;
let tarball: string;

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'roche-package-'));
	const [packed] = JSON.parse(npm(root, 'pack', '--json', '--pack-destination', folder)) as Array<{ filename: string }>;
	tarball = join(folder, packed?.filename ?? '');
});
afterAll(() => {
	rmSync(folder, { recursive: true, force: true });
});

/** Runs npm with an empty cache: everything that it needs must be in the tarball. */
function npm(cwd: string, ...args: string[]): string {
	const env = { ...process.env, npm_config_cache: join(folder, 'cache') };
	return execFileSync('npm', [...args, '--loglevel=error'], {
		cwd,
		env,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'pipe'],
	});
}

/** Installs the tarball without any registry, with the commands of the page on installing. */
function installOffline(): string {
	const commands = blocksOf('docs/install.md').find(
		({ code }) => code.includes('--offline') && code.includes('/PATH/TO/'),
	);
	const code = (commands?.code ?? 'false').replaceAll(/\/PATH\/TO\/\S+/g, tarball);
	const env = { ...process.env, HOME: folder, npm_config_cache: join(folder, 'cache') };
	execFileSync('sh', ['-euc', code], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
	return join(folder, '.n8n', 'nodes', 'node_modules', manifest.name);
}

describe('the files that n8n loads at its start', () => {
	const files = [...manifest.n8n.nodes, ...manifest.n8n.credentials];

	it.each(files)('%s loads neither the AWS SDK nor undici, bundled or not', (file) => {
		const script = `require(${JSON.stringify(join(root, file))}); console.log(JSON.stringify(Object.keys(require.cache)))`;
		const loaded = JSON.parse(
			execFileSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' }),
		) as string[];
		expect(loaded.some((path) => path.endsWith(file))).toBe(true);
		expect(loaded.filter((path) => /[/\\](vendor|undici|@aws-sdk|@smithy|p-retry|p-limit)[/\\]/.test(path))).toEqual(
			[],
		);
	});
});

describe('the tarball', () => {
	it('is smaller than 3 MB and contains only what n8n and its user need', () => {
		expect(statSync(tarball).size).toBeLessThan(3 * MEGABYTE);
		const paths = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
		const kinds = new Set(paths.map((path) => path.replace(/^package\//, '').split('/')[0]));
		expect([...kinds].sort()).toEqual([
			'CHANGELOG.md',
			'CONTRIBUTING.md',
			'LICENSE',
			'README.md',
			'SECURITY.md',
			'dist',
			'docs',
			'index.js',
			'package.json',
			'templates',
		]);
	});

	it('needs no other package, and contains the licences of the bundled ones', () => {
		expect(manifest.dependencies).toBeUndefined();
		const notices = readFileSync(join(root, 'dist', 'THIRD-PARTY-NOTICES.txt'), 'utf8');
		for (const name of [
			'undici',
			'@aws-sdk/client-s3',
			'@smithy/undici-http-handler',
			'p-retry',
			'p-limit',
			'@streamparser/json',
		]) {
			expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
		}
	});

	it('installs without a registry, and its nodes run from there', async () => {
		const packageDirectory = installOffline();
		const sandbox = await startSandboxProcess();
		const { proxyUrl, s3CaFile, credential } = sandbox.info;
		const engine = await Engine.start({
			packageDirectory,
			env: { HTTPS_PROXY: proxyUrl, NODE_EXTRA_CA_CERTS: s3CaFile, NODE_PATH: '' },
		});
		try {
			const file = await sandbox.addFile({ kind: 'bundle', observations: 10 });
			const { notification } = await sandbox.notify({ objectKey: file.key });
			const steps = (['rocheGetToken', 'rocheS3Fetch', 'rocheNotificationAck'] as const).map((type) => ({ type }));
			const run = await engine.runWorkflow({
				workflow: chain([notification], steps),
				credentials: { rochePartnersServicesApi: { ...credential } },
			});
			expect(run.json('rocheNotificationAck')).toMatchObject([
				{ file: { sha256: file.sha256 }, ack: { acknowledged: true } },
			]);
		} finally {
			await Promise.all([engine.stop(), sandbox.close()]);
		}
	});
});
