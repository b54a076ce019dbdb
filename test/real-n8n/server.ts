import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fetch } from '../sandbox/fetch';
import { n8nEnvironment } from './environment';
import type { InstalledN8n } from './install';
import { type RunningProcess, startProcess } from './processes';

/** Includes the migrations of a new database; in ms. 10 to 14 s were measured on two cores. */
const START_TIMEOUT = 180_000;

/** How often to check whether n8n is ready, in ms. */
const POLL_INTERVAL = 250;

/** How much of the log is shown if the start fails, in characters. */
const LOG_SHOWN = 3_000;

/** The role of an n8n process. `start` does everything, except in queue mode. */
export type N8nRole = 'start' | 'webhook' | 'worker';

/** Paths that answer 200 with JSON as soon as the process is ready. */
const READY_PATHS: Record<N8nRole, string> = {
	start: '/rest/settings',
	webhook: '/healthz/readiness',
	worker: '/healthz/readiness',
};

export interface N8nOptions {
	n8n: InstalledN8n;
	userFolder: string;
	/** Default: the main process. */
	role?: N8nRole;
	/** Unset: any free port. */
	port?: number;
	/** Added to the environment, see {@link n8nEnvironment}. */
	environment?: NodeJS.ProcessEnv;
}

export interface N8nServer {
	/** Without a trailing slash. */
	url: string;
	pid: number;
	userFolder: string;
	/** Contains everything that n8n has printed. */
	logFile: string;
	/** The output so far, at most the last million characters. */
	output(): string;
	stop(): Promise<void>;
	/** Kills the process at once, in the middle of its work. */
	kill(): Promise<void>;
}

/** Returns a TCP port that was free a moment ago. */
export async function freePort(): Promise<number> {
	const server = createServer();
	return await new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			const port = address !== null && typeof address === 'object' ? address.port : 0;
			server.close(() => {
				resolve(port);
			});
		});
	});
}

/**
 * Starts n8n and waits until it is ready. (/healthz is not enough: it answers 200 before the database is migrated.)
 *
 * @throws Error with the end of n8n's log if it ends or is not ready in time
 */
export async function startN8n(options: N8nOptions): Promise<N8nServer> {
	const { n8n, userFolder, environment, role = 'start' } = options;
	const port = options.port ?? (await freePort());
	// A worker listens only for health checks and reads another variable.
	const ports = { N8N_PORT: String(port), QUEUE_HEALTH_CHECK_PORT: String(port), QUEUE_HEALTH_CHECK_ACTIVE: 'true' };
	const own = { ...ports, N8N_RUNNERS_BROKER_PORT: String(await freePort()) };
	const env = n8nEnvironment(userFolder, { ...own, ...environment }, n8n.line);
	const logFile = join(userFolder, 'n8n.log');
	const started = startProcess(n8n.node, [n8n.program, role], { cwd: userFolder, env, logFile });
	const url = `http://127.0.0.1:${port}`;
	try {
		await untilReady(url, role, started);
	} catch (error) {
		await started.stop();
		throw error;
	}
	const { pid = 0, output, stop, kill } = started;
	return { url, pid, userFolder, logFile, output, stop, kill };
}

async function untilReady(url: string, role: N8nRole, started: RunningProcess): Promise<void> {
	let ended = false;
	void started.ended.then(() => (ended = true));
	const deadline = Date.now() + START_TIMEOUT;
	while (!(await answers(url, role))) {
		const failure = ended ? 'ended while starting' : Date.now() > deadline ? 'did not start in time' : undefined;
		if (failure !== undefined) throw new Error(`n8n ${failure}. Its log:\n${started.output().slice(-LOG_SHOWN)}`);
		await sleep(POLL_INTERVAL);
	}
}

/** Whether n8n answers 200 with JSON. While it starts, its main process answers with an HTML page, then with 404 and 503. */
async function answers(url: string, role: N8nRole): Promise<boolean> {
	try {
		const response = await fetch(`${url}${READY_PATHS[role]}`, { signal: AbortSignal.timeout(5_000) });
		const isJson = response.headers.get('content-type')?.includes('application/json') ?? false;
		await response.arrayBuffer();
		return response.ok && isJson;
	} catch {
		return false;
	}
}
