import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CleanUp } from '../real-n8n/clean-up';
import { installTarball } from '../real-n8n/community-folder';
import { fillInTemplates } from '../real-n8n/demo/workflows';
import { sandboxEnvironment, THROUGHPUT } from '../real-n8n/environment';
import { installN8n, type N8nLine } from '../real-n8n/install';
import { withProgress } from '../real-n8n/progress';
import { N8nRestClient } from '../real-n8n/rest-client';
import { freePort, startN8n } from '../real-n8n/server';
import { startCluster } from '../real-n8n/queue/cluster';
import type { ServerPrograms } from '../real-n8n/queue/programs';
import { buildAndPack, type Workbench } from '../real-n8n/workbench';
import { startSandboxProcess } from '../sandbox/process';
import type { Stage } from './play';
import type { Scenario } from './scenario';
import { workflows } from './templates';

/** Maximum number of alarms read at a time. */
const NEWEST = 100;

/** Sets up one n8n that is restarted after each kill, with the templates published. */
export async function setUpStage(cleanUp: CleanUp, line: N8nLine, scenario: Scenario): Promise<Stage> {
	const n8n = await installN8n(line);
	const home = await mkdtemp(join(tmpdir(), 'n8n-outage-'));
	cleanUp.add(async () => await rm(home, { recursive: true, force: true, maxRetries: 5 }));
	const tarball = await buildAndPack(home);
	const userFolder = await mkdtemp(join(home, 'user-'));
	await installTarball(tarball, userFolder);
	const sandbox = await startSandboxProcess({ redeliverySpeed: scenario.speed });
	cleanUp.add(async () => await sandbox.close());
	const folder = join(home, 'inbox');
	const environment = { ...sandboxEnvironment(sandbox.info), ...THROUGHPUT, N8N_RESTRICT_FILE_ACCESS_TO: folder };
	const port = await freePort();
	const start = async () => await startN8n({ n8n, userFolder, port, environment });
	let server = await withProgress(`Starting n8n ${n8n.version}`, start);
	cleanUp.add(async () => await server.stop());
	let rest = await N8nRestClient.connect(server.url, line);
	const watchId = await publishAll({ rest, sandbox }, folder, scenario);
	const alarms = await collectAlarms(cleanUp, () => rest, watchId);
	return {
		sandbox,
		folder,
		webhookUrl: server.url,
		kill: async (count) => {
			await server.kill();
			const counted = await count();
			server = await start();
			rest = await N8nRestClient.connect(server.url, line);
			return counted;
		},
		alarms: async () => await Promise.resolve(alarms),
	};
}

/** Sets up n8n in queue mode with two workers that share the inbox folder. One is killed and not restarted. */
export async function setUpCluster(
	cleanUp: CleanUp,
	programs: ServerPrograms,
	line: N8nLine,
	scenario: Scenario,
): Promise<Stage> {
	const home = await mkdtemp(join(tmpdir(), 'n8n-outage-'));
	cleanUp.add(async () => await rm(home, { recursive: true, force: true, maxRetries: 5 }));
	const folder = join(home, 'inbox');
	const environment = { ...THROUGHPUT, N8N_RESTRICT_FILE_ACCESS_TO: folder };
	const cluster = await startCluster(cleanUp, programs, { line, environment, redeliverySpeed: scenario.speed });
	const { rest, sandbox, webhook, workers } = cluster;
	const watchId = await publishAll(cluster, folder, scenario);
	const alarms = await collectAlarms(cleanUp, () => rest, watchId);
	return {
		sandbox,
		folder,
		webhookUrl: webhook.url,
		kill: async (count) => {
			await workers[0].kill();
			return await count();
		},
		alarms: async () => await Promise.resolve(alarms),
	};
}

/** @returns the id of the watching workflow */
async function publishAll(
	n8n: Pick<Workbench, 'rest' | 'sandbox'>,
	folder: string,
	scenario: Scenario,
): Promise<string> {
	const { rest, sandbox } = n8n;
	const made = await workflows(await fillInTemplates(n8n), folder, scenario, sandbox.info.controlUrl);
	const ids: string[] = [];
	for (const workflow of [made.watch, made.receive, made.forward, made.webhook]) {
		const { id } = await rest.createWorkflow(workflow);
		await rest.publish(id);
		ids.push(id);
	}
	return ids[0] ?? '';
}

/** Collects the alarms while the scenario runs, because n8n lists only its newest runs. */
async function collectAlarms(
	cleanUp: CleanUp,
	rest: () => N8nRestClient,
	watchId: string,
): Promise<Array<{ at: number; says: string }>> {
	const alarms: Array<{ at: number; says: string }> = [];
	const seen = new Set<string>();
	const look = async (): Promise<void> => {
		const failed = (await rest().executions(watchId)).filter(({ id, status }) => status === 'error' && !seen.has(id));
		for (const { id, startedAt } of failed.slice(0, NEWEST)) {
			seen.add(id);
			const { data } = await rest().execution(id);
			alarms.push({ at: Date.parse(startedAt ?? ''), says: data.resultData.error?.message ?? '' });
		}
	};
	// n8n does not answer while it restarts. The runs can be read afterwards.
	const timer = setInterval(() => void look().catch(() => undefined), 5_000);
	cleanUp.add(() => clearInterval(timer));
	return await Promise.resolve(alarms);
}
