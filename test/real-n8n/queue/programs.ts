import { existsSync, readdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningProcess } from '../processes';

/** Debian's folder for PostgreSQL's programs, which are not on PATH. */
const DEBIAN_POSTGRES = '/usr/lib/postgresql';

/** In ms. A server on loopback listens after about a second. */
const START_TIMEOUT = 30_000;

const POLL_INTERVAL = 100;

/** The programs of the two servers that n8n needs in queue mode. */
export interface ServerPrograms {
	initdb: string;
	postgres: string;
	pgDump: string;
	redis: string;
}

/**
 * Finds the programs in Debian's folder or on PATH.
 *
 * @throws Error that says how to install them
 */
export function serverPrograms(): ServerPrograms {
	return { initdb: find('initdb'), postgres: find('postgres'), pgDump: find('pg_dump'), redis: find('redis-server') };
}

function find(name: string): string {
	const path = (process.env.PATH ?? '').split(delimiter);
	const program = [...debianFolders(), ...path].map((folder) => join(folder, name)).find((file) => existsSync(file));
	if (program !== undefined) return program;
	throw new Error(
		`Queue mode requires PostgreSQL and Redis, but ${name} was not found.\n` +
			'  Debian, Ubuntu:  apt-get install --no-install-recommends postgresql redis-server\n' +
			'  Other systems:   install both, and put initdb, postgres, pg_dump and redis-server on PATH',
	);
}

/** Returns the program folders of Debian's PostgreSQL versions, newest first. */
function debianFolders(): string[] {
	if (!existsSync(DEBIAN_POSTGRES)) return [];
	const versions = readdirSync(DEBIAN_POSTGRES).toSorted((a, b) => Number(b) - Number(a));
	return versions.map((version) => join(DEBIAN_POSTGRES, version, 'bin'));
}

/**
 * Waits until a server on loopback accepts connections.
 *
 * @throws Error with the server's output if it ends or does not listen in time
 */
export async function untilListening(name: string, port: number, server: RunningProcess): Promise<void> {
	let ended = false;
	void server.ended.then(() => (ended = true));
	const deadline = Date.now() + START_TIMEOUT;
	while (!(await listens(port))) {
		if (ended || Date.now() > deadline) throw new Error(`${name} did not start:\n${server.output()}`);
		await sleep(POLL_INTERVAL);
	}
}

async function listens(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const socket = createConnection({ port, host: '127.0.0.1' });
		const settle = (answer: boolean): void => {
			socket.destroy();
			resolve(answer);
		};
		socket.once('connect', () => settle(true)).once('error', () => settle(false));
	});
}
