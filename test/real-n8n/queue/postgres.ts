import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CleanUp } from '../clean-up';
import { runProcess, startProcess } from '../processes';
import { freePort } from '../server';
import { type ServerPrograms, untilListening } from './programs';

/** PostgreSQL's programs refuse to run as root. Debian's package creates this account. */
const ACCOUNT = 'postgres';

const DATABASE = 'postgres';
const USER = 'n8n';

export interface Postgres {
	/** n8n's settings for this server. */
	environment: NodeJS.ProcessEnv;
	/** Writes the whole database to a file as SQL. @returns the file's path */
	dump(): Promise<string>;
}

/** Starts a new PostgreSQL server on loopback with an empty database. */
export async function startPostgres(cleanUp: CleanUp, programs: ServerPrograms): Promise<Postgres> {
	const folder = await mkdtemp(join(tmpdir(), 'postgres-for-n8n-'));
	cleanUp.add(async () => await rm(folder, { recursive: true, force: true, maxRetries: 5 }));
	const isRoot = process.getuid?.() === 0;
	if (isRoot) await giveToAccount(folder);
	const options = { cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } };
	const command = (program: string, args: string[]): [string, string[]] =>
		isRoot ? ['runuser', ['-u', ACCOUNT, '--', program, ...args]] : [program, args];
	const run = async (program: string, args: string[]): Promise<void> => {
		const { code, output } = await runProcess(...command(program, args), options);
		if (code !== 0) throw new Error(`${program} failed:\n${output}`);
	};
	const data = join(folder, 'data');
	// No password: the server listens on loopback only, runs as long as the test, and contains only synthetic data.
	await run(programs.initdb, ['-D', data, `--username=${USER}`, '--auth=trust', '--encoding=UTF8', '--no-sync']);
	const port = await freePort();
	// Without fsync the data survive a crash of the process, but not of the machine. That is enough for a test, and disks may be slow.
	const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
	const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
	const server = startProcess(...command(programs.postgres, args), options);
	cleanUp.add(async () => await server.stop());
	await untilListening('PostgreSQL', port, server);
	return {
		environment: n8nSettings(port),
		dump: async () => {
			const file = join(folder, 'dump.sql');
			const where = ['--host=127.0.0.1', `--port=${port}`, `--username=${USER}`, `--dbname=${DATABASE}`];
			await run(programs.pgDump, [...where, `--file=${file}`]);
			return file;
		},
	};
}

function n8nSettings(port: number): NodeJS.ProcessEnv {
	return {
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(port),
		DB_POSTGRESDB_USER: USER,
		DB_POSTGRESDB_DATABASE: DATABASE,
	};
}

async function giveToAccount(folder: string): Promise<void> {
	const id = async (flag: string): Promise<number> => {
		const { code, output } = await runProcess('id', [flag, ACCOUNT], { cwd: folder, env: { PATH: process.env.PATH } });
		if (code !== 0) throw new Error(`As root, PostgreSQL runs as the user "${ACCOUNT}", which does not exist here.`);
		return Number(output);
	};
	await chown(folder, await id('-u'), await id('-g'));
	await chmod(folder, 0o700);
}
