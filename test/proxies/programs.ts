import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runProcess } from '../real-n8n/processes';

/** Debian's folders for servers and squid's helpers, which may not be on PATH. */
const DEBIAN_FOLDERS = ['/usr/sbin', '/usr/lib/squid'];

/** The proxies, and the programs for their passwords. */
export interface ProxyPrograms {
	squid: string;
	tinyproxy: string;
	/** squid's helper that checks passwords. */
	basicAuth: string;
	openssl: string;
}

/**
 * Finds the programs on PATH or in Debian's folders.
 *
 * @throws Error that says how to install them
 */
export function proxyPrograms(): ProxyPrograms {
	return {
		squid: find('squid'),
		tinyproxy: find('tinyproxy'),
		basicAuth: find('basic_ncsa_auth'),
		openssl: find('openssl'),
	};
}

function find(name: string): string {
	const folders = [...(process.env.PATH ?? '').split(delimiter), ...DEBIAN_FOLDERS];
	const program = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
	if (program !== undefined) return program;
	throw new Error(
		`The proxy tests require squid, tinyproxy and openssl, but ${name} was not found. Debian, Ubuntu: apt-get install --no-install-recommends squid tinyproxy openssl`,
	);
}

/** Returns the output of `squid -v` or `tinyproxy -v`. */
export async function versionOf(program: string): Promise<string> {
	const { output } = await runProcess(program, ['-v'], { cwd: '/', env: { PATH: process.env.PATH } });
	return output;
}
