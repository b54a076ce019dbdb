import { existsSync } from 'node:fs';
import { basename, delimiter, join, resolve } from 'node:path';

/** The repository's root folder. */
export const ROOT = resolve(__dirname, '..', '..');

/** The installed n8n versions. Ignored by git. */
export const N8N_FOLDER = join(ROOT, '.n8n');

/** The commands of the development packages, including Node 24. */
export const BIN_FOLDER = join(ROOT, 'node_modules', '.bin');

/** n8n 2.x runs on Node 24 and later. */
const NODE_MAJOR = 24;

/**
 * Returns the path of a Node 24 or later: the running Node if it is new enough, else that of the development package `node`.
 *
 * @throws Error if neither exists; the message says how to install it
 */
export function nodeBinary(): string {
	if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return process.execPath;
	const installed = join(ROOT, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
	if (existsSync(installed)) return installed;
	throw new Error('Node 24 is missing. Run "node test/commands/bootstrap.mjs" to install it.');
}

/** The machine's own Node, in front of which npm puts that of the development packages; undefined if there is none. */
export function machineNode(): string | undefined {
	const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
	return folders.map((folder) => join(folder, 'node')).find((file) => existsSync(file));
}

/** Variables that npm passes to its scripts, and the settings from the project's .npmrc: they would mislead an npm started by a script. */
const OF_OUTER_NPM =
	/^(npm_(?!config_)|npm_config_(local_prefix|ignore_scripts|omit_lockfile_registry_resolved)$|INIT_CWD$|N8N_)/i;

/**
 * Returns the environment for a child process: that of this process, with the development packages' commands first on PATH (Node 24 among
 * them) and without the variables of the outer npm. The user's npm settings are kept. Node 24 trusts the CAs of the system, as the system's own
 * Node may do: otherwise nothing could be downloaded behind a TLS-inspecting proxy.
 */
export function childEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
	const kept = Object.entries(process.env).filter(([name]) => !OF_OUTER_NPM.test(name));
	const PATH = [BIN_FOLDER, process.env.PATH].join(delimiter);
	return { ...Object.fromEntries(kept), PATH, NODE_USE_SYSTEM_CA: '1', ...extra };
}

/**
 * Returns the program and first arguments that start npm. npm's JavaScript file is preferred: it needs no shell on Windows
 * and runs on the Node of {@link nodeBinary}.
 */
export function npmCommand(): [file: string, args: string[]] {
	const script = process.env.npm_execpath;
	if (script !== undefined && basename(script).startsWith('npm')) return [nodeBinary(), [script]];
	return ['npm', []];
}
