import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CleanUp } from '../real-n8n/clean-up';
import { type RunningProcess, startProcess } from '../real-n8n/processes';
import { freePort } from '../real-n8n/server';
import { type Home, makeHome } from './home';
import type { ProxyPrograms } from './programs';

/** squid listens in about half a second. In ms. */
const START_TIMEOUT = 30_000;

/** How long squid may take to write down a tunnel that was closed, in ms. */
const LOG_TIMEOUT = 10_000;

/** Lines that nobody expects come as late as those that are expected. In ms. */
const LOG_PAUSE = 300;

/** One line of squid's access log, in squid's own format. squid writes it when the tunnel is closed. */
export interface LogLine {
	/** squid's word for it, such as `TCP_TUNNEL` or `TCP_DENIED`. */
	result: string;
	/** Of squid's answer to CONNECT. */
	status: number;
	method: string;
	/** HOST:PORT. */
	target: string;
	/** `-` for nobody. */
	user: string;
}

export interface SquidOptions {
	/** The proxy that squid hands on to; undefined: it connects by itself. */
	parentPort?: number;
	/** Files with certificate and key, for TLS between n8n and squid. */
	tls?: (home: Home) => Promise<{ certificate: string; key: string }>;
	/** Settings that come before the rule that allows everything. */
	settings?: (home: Home) => Promise<string[]> | string[];
}

/** A squid of its own on loopback, in the foreground, that keeps nothing but its log. */
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

	/** Starts it again, at the same port. */
	async restart(): Promise<void> {
		const args = ['-N', '-d', '1', '-f', join(this.folder, 'squid.conf')];
		this.server = startProcess(this.program, args, { cwd: this.folder, env: { PATH: process.env.PATH } });
		await this.untilListening(this.server);
	}

	/** It says so itself: to try whether it takes a connection would leave a line in its log. */
	private async untilListening(server: RunningProcess): Promise<void> {
		let ended = false;
		void server.ended.then(() => (ended = true));
		const deadline = Date.now() + START_TIMEOUT;
		while (!/ Accepting .*connections at /.test(server.output())) {
			if (ended || Date.now() > deadline) throw new Error(`squid did not start:\n${server.output()}`);
			await sleep(LOG_PAUSE / 6);
		}
	}

	/** Ends it as a crash does: no tunnel is closed in good order. */
	async kill(): Promise<void> {
		await this.server?.kill();
	}

	/**
	 * All that it has written down, as soon as there are so many lines.
	 *
	 * @throws Error when there are fewer after ten seconds
	 */
	async log(expected: number): Promise<LogLine[]> {
		const deadline = Date.now() + LOG_TIMEOUT;
		while ((await this.lines()).length < expected) {
			if (Date.now() > deadline) throw new Error(`squid wrote down less than ${expected} lines:\n${await this.text()}`);
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
		// Time, duration, client, result/status, bytes, method, target, user, where to, type.
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
		// Names are looked up by the parent, if at all: nothing leaves the machine.
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
