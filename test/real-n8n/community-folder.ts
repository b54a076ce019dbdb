import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment, npmCommand, ROOT } from './paths';
import { runProcess } from './processes';

/** Of the command in `docs/install.md` that installs a tarball. */
export const INSTALL_FLAGS = '--prefix . --offline --ignore-scripts --omit=peer --legacy-peer-deps';

/** Returns the folder below n8n's user folder in which n8n keeps installed community packages. */
function communityFolder(userFolder: string): string {
	return join(userFolder, '.n8n', 'nodes');
}

/**
 * Packs the built package as `npm publish` would.
 *
 * @param folder - receives the tarball
 * @returns the tarball's path
 */
export async function packPackage(folder: string): Promise<string> {
	await npm(ROOT, ['pack', '--pack-destination', folder, '--loglevel=error'], 'The package could not be packed');
	const name = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
	if (name === undefined) throw new Error('npm pack created no tarball.');
	return join(folder, name);
}

/**
 * Installs a tarball into n8n's community folder with the command of `docs/install.md`, as on a machine without access to a registry: npm is offline and
 * its cache is empty, so the tarball must contain everything that the nodes need. The home folder has a `node_modules`, which npm would prefer.
 */
export async function installTarball(tarball: string, userFolder: string): Promise<void> {
	const folder = communityFolder(userFolder);
	await mkdir(folder, { recursive: true });
	await mkdir(join(userFolder, 'node_modules'), { recursive: true });
	const emptyCache = await mkdtemp(join(tmpdir(), 'empty-npm-cache-'));
	const args = ['install', tarball, ...INSTALL_FLAGS.split(' '), '--loglevel=error', `--cache=${emptyCache}`];
	try {
		await npm(folder, args, 'The tarball could not be installed offline');
	} finally {
		await rm(emptyCache, { recursive: true, force: true });
	}
}

async function npm(cwd: string, args: string[], failure: string): Promise<void> {
	const [file, first] = npmCommand();
	const { code, output } = await runProcess(file, [...first, ...args], { cwd, env: childEnvironment() });
	if (code !== 0) throw new Error(`${failure}. Output of npm:\n${output}`);
}
