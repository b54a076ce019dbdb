import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type RunningProcess, startProcess } from '../real-n8n/processes';
import { freePort } from '../real-n8n/server';

const PROGRAM = '/usr/sbin/sshd';
/** In ms. OpenSSH listens after a few tenths of a second. */
const START_TIMEOUT = 10_000;
const POLL_INTERVAL = 50;

/** OpenSSH's SFTP server on loopback, for the user who runs the tests. */
export class SftpServer {
	private process: RunningProcess | undefined;

	private constructor(
		/** Folder of the uploaded files, the keys and the configuration. */
		private readonly home: string,
		private readonly port: number,
		/** Data for n8n's credential "SFTP". */
		readonly credential: Record<string, unknown>,
	) {}

	/** @throws Error that says how to install OpenSSH's server, if it is missing */
	static async open(): Promise<SftpServer> {
		if (!existsSync(PROGRAM)) {
			throw new Error(
				`The SFTP template is tested with OpenSSH's server, but ${PROGRAM} was not found. Debian, Ubuntu: apt-get install --no-install-recommends openssh-server`,
			);
		}
		const home = await mkdtemp(join(tmpdir(), 'sftp-'));
		const port = await freePort();
		const keys = { host: join(home, 'host-key'), user: join(home, 'user-key') };
		for (const file of Object.values(keys)) {
			await promisify(execFile)('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', '', '-f', file]);
		}
		const lines = [
			`Port ${port}`,
			'ListenAddress 127.0.0.1',
			`HostKey ${keys.host}`,
			`PidFile ${join(home, 'pid')}`,
			`AuthorizedKeysFile ${keys.user}.pub`,
			'StrictModes no',
			'UsePAM no',
			'PasswordAuthentication no',
			'PermitRootLogin prohibit-password',
			'Subsystem sftp internal-sftp',
		];
		await writeFile(join(home, 'config'), `${lines.join('\n')}\n`);
		const privateKey = await readFile(keys.user, 'utf8');
		const server = new SftpServer(home, port, { host: '127.0.0.1', port, username: userInfo().username, privateKey });
		await server.start();
		return server;
	}

	/** Folder for uploads. */
	get folder(): string {
		return join(this.home, 'files');
	}

	async start(): Promise<void> {
		// As root, OpenSSH needs this folder for privilege separation. Debian's service creates it at its start.
		if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true });
		this.process = startProcess(PROGRAM, ['-D', '-e', '-f', join(this.home, 'config')], {
			cwd: this.home,
			env: process.env,
		});
		const deadline = Date.now() + START_TIMEOUT;
		while (!(await this.listens())) {
			if (Date.now() > deadline) throw new Error(`OpenSSH's server did not start:\n${this.process.output()}`);
			await sleep(POLL_INTERVAL);
		}
	}

	async stop(): Promise<void> {
		await this.process?.stop();
	}

	async close(): Promise<void> {
		await this.stop();
		await rm(this.home, { recursive: true, force: true });
	}

	private async listens(): Promise<boolean> {
		return await new Promise((resolve) => {
			const socket = createConnection(this.port, '127.0.0.1');
			socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
			socket.once('connect', () => socket.destroy());
		});
	}
}
