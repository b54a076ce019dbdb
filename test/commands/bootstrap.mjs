// Installs what the other commands need and is not there yet: the development packages and the Node 24 binary that n8n 2.x runs on.
// Runs on the system's own Node, before anything is installed, so it uses nothing but Node itself.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Runs npm and ends this process with npm's exit code when it fails. */
function npm(...args) {
	console.log(`$ npm ${args.join(' ')}`);
	const { status, error } = spawnSync('npm', args, {
		cwd: root,
		stdio: 'inherit',
		// Node 24, once installed, trusts the CAs of the system only when told, unlike the Node of some systems.
		env: { ...process.env, NODE_USE_SYSTEM_CA: '1' },
		shell: process.platform === 'win32',
	});
	if (error) throw error;
	if (status !== 0) process.exit(status ?? 1);
}

function readJson(...path) {
	const file = join(root, ...path);
	return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/**
 * Whether node_modules holds what the lock file asks for, whoever installed it. npm ends an install with a record, which alone proves
 * little: npm also writes it where it changes the lock file only. Packages for another kind of machine are left out.
 */
function hasPackages() {
	if (!readJson('node_modules', '.package-lock.json')) return false;
	return Object.entries(readJson('package-lock.json').packages).every(([path, { version, optional = false }]) => {
		const found = readJson(path, 'package.json');
		return path === '' || (found ? found.version === version : optional);
	});
}

if (!hasPackages()) npm('ci', '--loglevel=error');
// The package `node` fetches its binary (itself an npm package) in an install script, and .npmrc switches those off.
if (!existsSync(join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node'))) {
	npm('rebuild', 'node', '--ignore-scripts=false', '--loglevel=error');
}
