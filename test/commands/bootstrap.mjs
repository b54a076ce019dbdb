// Installs what the other commands need, unless it is installed already: the development packages and the Node 24 binary for n8n 2.x.
// Runs on the system's own Node before anything is installed, and therefore uses only Node's built-in modules.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Runs npm. If npm fails, ends this process with npm's exit code. */
function npm(...args) {
	console.log(`$ npm ${args.join(' ')}`);
	const { status, error } = spawnSync('npm', args, {
		cwd: root,
		stdio: 'inherit',
		// Unlike the Node of some systems, the Node 24 installed here trusts the system's CAs only with this setting.
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
 * Whether node_modules contains the versions in the lock file. The record that npm writes after an install (.package-lock.json) is not
 * enough: npm also writes it when it only changes the lock file. Optional packages, such as those for other platforms, may be missing.
 */
function hasPackages() {
	if (!readJson('node_modules', '.package-lock.json')) return false;
	return Object.entries(readJson('package-lock.json').packages).every(([path, { version, optional = false }]) => {
		const found = readJson(path, 'package.json');
		return path === '' || (found ? found.version === version : optional);
	});
}

if (!hasPackages()) npm('ci', '--loglevel=error');
// The package `node` fetches its binary (another npm package) in an install script, and .npmrc disables install scripts.
if (!existsSync(join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node'))) {
	npm('rebuild', 'node', '--ignore-scripts=false', '--loglevel=error');
}
