// Installs what the other commands need, once: the development packages and the Node 24 binary that n8n 2.x runs on.
// Runs on the system's own Node, before anything is installed, so it uses nothing but Node itself.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const stamp = join(root, 'node_modules', '.installed-from');
const lockHash = createHash('sha256')
	.update(readFileSync(join(root, 'package-lock.json')))
	.digest('hex');

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

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lockHash) {
	npm('ci', '--loglevel=error');
	// The package `node` fetches its binary (itself an npm package) in an install script, and .npmrc switches those off.
	npm('rebuild', 'node', '--ignore-scripts=false', '--loglevel=error');
	writeFileSync(stamp, lockHash);
}
