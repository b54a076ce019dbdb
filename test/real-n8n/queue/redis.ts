import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CleanUp } from '../clean-up';
import { startProcess } from '../processes';
import { freePort } from '../server';
import { type ServerPrograms, untilListening } from './programs';

export interface Redis {
	/** n8n's settings for this server. */
	environment: NodeJS.ProcessEnv;
	/** Contains its log of all changes. */
	folder: string;
}

/** Starts a new, empty Redis server on loopback that logs every change. */
export async function startRedis(cleanUp: CleanUp, { redis }: ServerPrograms): Promise<Redis> {
	const folder = await mkdtemp(join(tmpdir(), 'redis-for-n8n-'));
	cleanUp.add(async () => await rm(folder, { recursive: true, force: true }));
	const port = await freePort();
	// The log is plain text and is searched for secrets, so Redis must not rewrite (shorten) it.
	const log = ['--appendonly', 'yes', '--appendfsync', 'no', '--auto-aof-rewrite-percentage', '0', '--save', ''];
	const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...log];
	const server = startProcess(redis, args, { cwd: folder, env: { PATH: process.env.PATH } });
	cleanUp.add(async () => await server.stop());
	await untilListening('Redis', port, server);
	return { environment: { QUEUE_BULL_REDIS_HOST: '127.0.0.1', QUEUE_BULL_REDIS_PORT: String(port) }, folder };
}
