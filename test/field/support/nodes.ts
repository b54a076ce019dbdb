import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A Node installed on this machine. */
export interface NodeProgram {
	/** `v24.21.0`. */
	version: string;
	path: string;
	/** Whether it has `--use-system-ca` and `tls.setDefaultCACertificates`. */
	isNewer: boolean;
}

/** Oldest Node that the package supports. */
const OLDEST = 20;

/** Returns all Nodes on the PATH and the running one: npm puts that of the development packages before the machine's own. */
export function nodePrograms(): NodeProgram[] {
	const name = process.platform === 'win32' ? 'node.exe' : 'node';
	const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
	const found = [process.execPath, ...places].filter((path) => existsSync(path)).map((path) => realpathSync(path));
	const script = 'console.log(process.version, "setDefaultCACertificates" in require("tls"))';
	const programs = new Map<string, NodeProgram>();
	for (const path of new Set(found)) {
		const [version = '', flag] = execFileSync(path, ['-e', script], { encoding: 'utf8' }).trim().split(' ');
		if (Number(/\d+/.exec(version)?.[0]) >= OLDEST) {
			programs.set(version, { version, path, isNewer: flag === 'true' });
		}
	}
	return [...programs.values()];
}
