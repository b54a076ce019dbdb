import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runProcess } from '../real-n8n/processes';

/** Where Debian has what is not on everybody's PATH: servers, and squid's helpers. */
const DEBIAN_FOLDERS = ['/usr/sbin', '/usr/lib/squid'];

/** The proxies, and what their passwords need. */
export interface ProxyPrograms {
	squid: string;
	tinyproxy: string;
	/** squid's helper that compares passwords. */
	basicAuth: string;
	openssl: string;
}

/**
 * Looks for the programs on PATH, and where Debian has them.
 *
 * @throws Error that says how to get them
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
		`The proxies need squid, tinyproxy and openssl, and ${name} was not found: apt-get install --no-install-recommends squid tinyproxy openssl`,
	);
}

/** What `squid -v` and `tinyproxy -v` print. */
export async function versionOf(program: string): Promise<string> {
	const { output } = await runProcess(program, ['-v'], { cwd: '/', env: { PATH: process.env.PATH } });
	return output;
}
