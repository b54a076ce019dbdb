import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment } from '../real-n8n/paths';

const ROOT = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'bootstrap-'));
const binary = join(folder, 'node_modules/node/bin/node');

function run(file: string, ...args: string[]): string {
	return execFileSync(file, args, { cwd: folder, encoding: 'utf8', env: childEnvironment(), stdio: 'pipe' });
}

/** Returns the npm commands that bootstrap.mjs runs in the folder. */
function bootstrap(): string[] {
	const output = run(process.execPath, 'test/commands/bootstrap.mjs');
	return Array.from(output.matchAll(/^\$ npm (\w+)/gm), ([, command = '']) => command);
}

/** Packs a package with this name, and returns the tarball. */
function packed(name: string, files: Readonly<Record<string, string>>, manifest = {}): string {
	const source = mkdtempSync(join(folder, 'source-'));
	writeFileSync(join(source, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...manifest }));
	for (const [file, text] of Object.entries(files)) writeFileSync(join(source, file), text);
	return run('npm', 'pack', source, '--silent').trim();
}

function writeProject(devDependencies: Readonly<Record<string, string>>): void {
	writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'project', devDependencies }));
	run('npm', 'install', '--package-lock-only', '--offline');
}

// A project of two small packages with the real command and the real .npmrc. Its `node` also creates its binary in an install script.
beforeAll(() => {
	mkdirSync(join(folder, 'test/commands'), { recursive: true });
	cpSync(join(ROOT, 'test/commands/bootstrap.mjs'), join(folder, 'test/commands/bootstrap.mjs'));
	cpSync(join(ROOT, '.npmrc'), join(folder, '.npmrc'));
	const setup = `require('fs').mkdirSync('bin'); require('fs').writeFileSync('bin/node', '');`;
	const node = packed('node', { 'setup.js': setup }, { scripts: { preinstall: 'node setup.js' } });
	const tool = packed('tool', { 'index.js': '' });
	writeProject({ node: `file:${node}`, tool: `file:${tool}` });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a command installs the missing packages, once', () => {
	it('in a fresh clone', () => {
		expect(bootstrap()).toEqual(['ci', 'rebuild']);
		expect(existsSync(binary)).toBe(true);
	});

	it('not if all are installed', () => {
		expect(bootstrap()).toEqual([]);
	});

	it('after a plain npm ci only the binary, because .npmrc disables its install script', () => {
		run('npm', 'ci', '--offline');
		expect(existsSync(binary)).toBe(false);
		expect(bootstrap()).toEqual(['rebuild']);
		expect(bootstrap()).toEqual([]);
	});

	it('when the lock file contains a missing package', () => {
		run('npm', 'uninstall', 'tool', '--no-save', '--offline');
		expect(bootstrap()[0]).toBe('ci');
		expect(existsSync(join(folder, 'node_modules/tool'))).toBe(true);
	});

	it('when the lock file contains another version', () => {
		const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
			devDependencies: Record<string, string>;
		};
		const newer = packed('tool', { 'index.js': '' }, { version: '2.0.0' });
		writeProject({ ...manifest.devDependencies, tool: `file:${newer}` });
		expect(bootstrap()[0]).toBe('ci');
		expect(bootstrap()).toEqual([]);
	});

	it('after an interrupted install', () => {
		rmSync(join(folder, 'node_modules/.package-lock.json'));
		expect(bootstrap()[0]).toBe('ci');
	});
});
