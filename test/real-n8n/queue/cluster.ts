import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SandboxClient, startSandboxProcess } from '../../sandbox/process';
import type { SandboxOptions } from '../../sandbox/types';
import type { CleanUp } from '../clean-up';
import { installTarball } from '../community-folder';
import { sandboxEnvironment } from '../environment';
import { type InstalledN8n, installN8n, type N8nLine } from '../install';
import { withProgress } from '../progress';
import { N8nRestClient } from '../rest-client';
import { type N8nRole, type N8nServer, startN8n } from '../server';
import { buildAndPack } from '../workbench';
import { type Postgres, startPostgres } from './postgres';
import type { ServerPrograms } from './programs';
import { type Redis, startRedis } from './redis';

/** How many workflows a worker runs at a time. n8n recommends at least this many. */
export const CONCURRENCY = 5;

/** n8n in queue mode as a hospital runs it: the processes share only the database and Redis. */
export interface Cluster {
	/** The process of the editor. It receives no webhook requests. */
	main: N8nServer;
	/** Receives Roche's notifications. */
	webhook: N8nServer;
	/** Run the workflows. */
	workers: [N8nServer, N8nServer];
	rest: N8nRestClient;
	sandbox: SandboxClient;
	postgres: Postgres;
	redis: Redis;
	line: N8nLine;
	version: string;
}

export interface ClusterOptions extends SandboxOptions {
	/** The n8n line. */
	line: N8nLine;
	/** Added to the environment of all processes. */
	environment?: NodeJS.ProcessEnv;
}

/**
 * Starts Redis, PostgreSQL, the sandbox, and n8n's main, webhook and two worker processes. Each n8n process has its own user
 * folder, with the package installed from its tarball. Prints the progress.
 *
 * @param cleanUp - receives the steps that stop and remove everything at the end
 * @param programs - PostgreSQL and Redis
 */
export async function startCluster(
	cleanUp: CleanUp,
	programs: ServerPrograms,
	{ line, environment: more, ...options }: ClusterOptions,
): Promise<Cluster> {
	const n8n = await installN8n(line);
	const folder = await mkdtemp(join(tmpdir(), 'n8n-in-queue-mode-'));
	cleanUp.add(async () => await rm(folder, { recursive: true, force: true, maxRetries: 5 }));
	const tarball = await buildAndPack(folder);
	const { postgres, redis } = await withProgress('Starting PostgreSQL and Redis', async () => {
		return { postgres: await startPostgres(cleanUp, programs), redis: await startRedis(cleanUp, programs) };
	});
	const sandbox = await withProgress('Starting the sandbox', async () => await startSandboxProcess(options));
	cleanUp.add(async () => await sandbox.close());
	const environment = {
		...sandboxEnvironment(sandbox.info),
		...postgres.environment,
		...redis.environment,
		EXECUTIONS_MODE: 'queue',
		// The default of n8n 2.x in queue mode, but not of 1.x.
		N8N_DEFAULT_BINARY_DATA_MODE: 'database',
		N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
		N8N_CONCURRENCY_PRODUCTION_LIMIT: String(CONCURRENCY),
		...more,
	};
	const start = async (role: N8nRole, name: string): Promise<N8nServer> => {
		return await startPart(cleanUp, { n8n, folder, tarball, role, name, environment });
	};
	// The main process first: it creates the database tables.
	const main = await start('start', 'main');
	const webhook = await start('webhook', 'webhook');
	const workers: Cluster['workers'] = [await start('worker', 'worker 1'), await start('worker', 'worker 2')];
	const rest = await N8nRestClient.connect(main.url, n8n.line);
	return { main, webhook, workers, rest, sandbox, postgres, redis, line, version: n8n.version };
}

interface Part {
	n8n: InstalledN8n;
	folder: string;
	tarball: string;
	role: N8nRole;
	name: string;
	environment: NodeJS.ProcessEnv;
}

async function startPart(cleanUp: CleanUp, part: Part): Promise<N8nServer> {
	const { n8n, folder, tarball, role, name, environment } = part;
	return await withProgress(`Installing the package and starting n8n ${n8n.version}: ${name}`, async () => {
		const userFolder = await mkdtemp(join(folder, `${name.replace(' ', '-')}-`));
		await installTarball(tarball, userFolder);
		const server = await startN8n({ n8n, userFolder, role, environment });
		cleanUp.add(async () => await server.stop());
		return server;
	});
}
