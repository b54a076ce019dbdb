import { existsSync } from 'node:fs';
import { basename, delimiter, join, resolve } from 'node:path';

/** The repository's root folder. */
export const ROOT = resolve(__dirname, '..', '..');

/** Ignored by git: the installed n8n versions. */
export const N8N_FOLDER = join(ROOT, '.n8n');

/** Where npm puts the development packages' commands, Node 24 among them. */
export const BIN_FOLDER = join(ROOT, 'node_modules', '.bin');

/** n8n 2.x runs on Node 24 and later. */
const NODE_MAJOR = 24;

/**
 * The Node 24 binary: the running one where it is new enough, else that of the development package `node`.
 *
 * @throws Error when neither exists, which says how to get it.
 */
export function nodeBinary(): string {
	if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return process.execPath;
	const installed = join(ROOT, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
	if (existsSync(installed)) return installed;
	throw new Error('Node 24 is missing. Run "node test/commands/bootstrap.mjs" first: it installs it.');
}

/** The machine's own Node, in front of which npm puts that of the development packages; undefined if there is none. */
export function machineNode(): string | undefined {
	const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
	return folders.map((folder) => join(folder, 'node')).find((file) => existsSync(file));
}

/** What npm tells the scripts that it runs, and what the project's own .npmrc sets: both would steer a second npm elsewhere. */
const OF_OUTER_NPM =
	/^(npm_(?!config_)|npm_config_(local_prefix|ignore_scripts|omit_lockfile_registry_resolved)$|INIT_CWD$|N8N_)/i;

/**
 * The environment of a child process: this process's own, with Node 24 first on PATH and without what the outer npm added. The user's
 * own settings of npm stay. Node 24 is told to trust the CAs of the system, as the system's own Node may do by itself: behind a
 * company's inspecting proxy nothing could be downloaded otherwise.
 */
export function childEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
	const kept = Object.entries(process.env).filter(([name]) => !OF_OUTER_NPM.test(name));
	const PATH = [BIN_FOLDER, process.env.PATH].join(delimiter);
	return { ...Object.fromEntries(kept), PATH, NODE_USE_SYSTEM_CA: '1', ...extra };
}

/**
 * The program and first arguments that start npm. npm's own JavaScript file is preferred: it needs no shell on Windows,
 * and it runs on the Node that was chosen here.
 */
export function npmCommand(): [file: string, args: string[]] {
	const script = process.env.npm_execpath;
	if (script !== undefined && basename(script).startsWith('npm')) return [nodeBinary(), [script]];
	return ['npm', []];
}
