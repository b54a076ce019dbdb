import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CleanUp } from '../real-n8n/clean-up';
import { type RunningProcess, startProcess } from '../real-n8n/processes';
import { freePort } from '../real-n8n/server';
import { type Home, makeHome } from './home';
import type { ProxyPrograms } from './programs';

/** In ms. squid listens after about half a second. */
const START_TIMEOUT = 30_000;

/** How long squid may take to log a closed tunnel, in ms. */
const LOG_TIMEOUT = 10_000;

/** Pause after the expected lines, in which unexpected ones would be logged. In ms. */
const LOG_PAUSE = 300;

/** One line of squid's access log in squid's native format. Written when the tunnel is closed. */
export interface LogLine {
	/** squid's result code, such as `TCP_TUNNEL` or `TCP_DENIED`. */
	result: string;
	/** Status of squid's answer to CONNECT. */
	status: number;
	method: string;
	/** HOST:PORT. */
	target: string;
	/** `-` if there is none. */
	user: string;
}

export interface SquidOptions {
	/** Port of squid's parent proxy; undefined: squid connects directly. */
	parentPort?: number;
	/** Creates the files with certificate and key, for TLS between n8n and squid. */
	tls?: (home: Home) => Promise<{ certificate: string; key: string }>;
	/** Settings placed before the rule that allows everything. */
	settings?: (home: Home) => Promise<string[]> | string[];
}

/** A squid on loopback, running in the foreground, that stores only its logs. */
export class Squid {
	private server: RunningProcess | undefined;

	private constructor(
		private readonly program: string,
		private readonly folder: string,
		readonly port: number,
		/** For HTTPS_PROXY. */
		readonly url: string,
	) {}

	static async start(cleanUp: CleanUp, { squid: program }: ProxyPrograms, options: SquidOptions = {}): Promise<Squid> {
		const home = await makeHome(cleanUp);
		const port = await freePort();
		await home.write('squid.conf', `${(await settingsFor(home, port, options)).join('\n')}\n`);
		const squid = new Squid(program, home.folder, port, `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`);
		cleanUp.add(async () => await squid.kill());
		await squid.restart();
		return squid;
	}

	/** Starts squid, also after {@link kill}, on the same port. */
	async restart(): Promise<void> {
		const args = ['-N', '-d', '1', '-f', join(this.folder, 'squid.conf')];
		this.server = startProcess(this.program, args, { cwd: this.folder, env: { PATH: process.env.PATH } });
		await this.untilListening(this.server);
	}

	/** Waits for squid's own message: a trial connection would add a line to its log. */
	private async untilListening(server: RunningProcess): Promise<void> {
		let ended = false;
		void server.ended.then(() => (ended = true));
		const deadline = Date.now() + START_TIMEOUT;
		while (!/ Accepting .*connections at /.test(server.output())) {
			if (ended || Date.now() > deadline) throw new Error(`squid did not start:\n${server.output()}`);
			await sleep(LOG_PAUSE / 6);
		}
	}

	/** Kills squid like a crash, without closing its tunnels properly. */
	async kill(): Promise<void> {
		await this.server?.kill();
	}

	/**
	 * Returns all lines of the log as soon as there are at least `expected`.
	 *
	 * @throws Error if there are fewer after ten seconds
	 */
	async log(expected: number): Promise<LogLine[]> {
		const deadline = Date.now() + LOG_TIMEOUT;
		while ((await this.lines()).length < expected) {
			if (Date.now() > deadline) throw new Error(`squid logged fewer than ${expected} lines:\n${await this.text()}`);
			await sleep(LOG_PAUSE / 3);
		}
		await sleep(LOG_PAUSE);
		return await this.lines();
	}

	private async text(): Promise<string> {
		return await readFile(join(this.folder, 'access.log'), 'utf8');
	}

	private async lines(): Promise<LogLine[]> {
		const lines = (await this.text()).split('\n').filter((line) => line !== '');
		// Time, duration, client, result/status, bytes, method, target, user, destination, type.
		return lines.map((line) => {
			const [, , , resultAndStatus = '', , method = '', target = '', user = ''] = line.split(/\s+/);
			const [result = '', status = ''] = resultAndStatus.split('/');
			return { result, status: Number(status), method, target, user };
		});
	}
}

async function settingsFor(home: Home, port: number, options: SquidOptions): Promise<string[]> {
	const { folder, account } = home;
	const { parentPort } = options;
	const tls = await options.tls?.(home);
	return [
		tls ? `https_port 127.0.0.1:${port} tls-cert=${tls.certificate} tls-key=${tls.key}` : `http_port 127.0.0.1:${port}`,
		...(parentPort === undefined ? [] : parentSettings(parentPort)),
		...((await options.settings?.(home)) ?? []),
		'http_access allow all',
		`access_log stdio:${join(folder, 'access.log')} squid`,
		`cache_log ${join(folder, 'cache.log')}`,
		'buffered_logs off',
		'cache deny all',
		'cache_mem 0',
		'memory_cache_shared off',
		'pid_filename none',
		'netdb_filename none',
		'pinger_enable off',
		'coredump_dir none',
		'visible_hostname proxy.hospital.example',
		// Only the parent may resolve names: nothing leaves the machine.
		'dns_nameservers 127.0.0.1',
		'udp_outgoing_address 127.0.0.1',
		...(account ? [`cache_effective_user ${account.name}`] : []),
	];
}

function parentSettings(port: number): string[] {
	return [
		`cache_peer 127.0.0.1 parent ${port} 0 no-query default no-digest no-netdb-exchange`,
		'never_direct allow all',
	];
}
