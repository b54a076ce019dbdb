import { startPostgres } from '../real-n8n/queue/postgres';
import { serverPrograms } from '../real-n8n/queue/programs';
import { type CleanUp, withCleanUp } from '../real-n8n/clean-up';
import { THROUGHPUT } from '../real-n8n/environment';
import { setUpWorkbench } from '../real-n8n/workbench';
import { everydayWorkflow } from './contenders';
import { postAll } from './everyday';
import { type Chapter, figure, median } from './figures';
import { addFile, announceMany, saveCredentials } from './scene';
import { cpuMs } from './usage';

interface Setting {
	environment?: NodeJS.ProcessEnv;
	/** Settings of the workflow. */
	workflow?: Record<string, unknown>;
	usesPostgres?: boolean;
}

const NOTHING_SAVED = { saveDataSuccessExecution: 'none' };

/** The settings to compare, each in its own n8n process. */
const SETTINGS: Record<string, Setting> = {
	'default n8n': {},
	'N8N_EXPRESSION_ENGINE_POOL_SIZE=8': { environment: { N8N_EXPRESSION_ENGINE_POOL_SIZE: '8' } },
	'successful runs not saved': { workflow: NOTHING_SAVED },
	'N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true': { environment: THROUGHPUT },
	'lazy, N8N_DEFAULT_BINARY_DATA_MODE=default': {
		environment: { ...THROUGHPUT, N8N_DEFAULT_BINARY_DATA_MODE: 'default' },
	},
	'lazy, PostgreSQL': { environment: THROUGHPUT, usesPostgres: true },
	'lazy, successful runs not saved': { environment: THROUGHPUT, workflow: NOTHING_SAVED },
};

interface SettingsOptions {
	rounds: number;
	messages: number;
}

/** Measures the everyday path with different settings of n8n. Each needs a new n8n, so they do not take turns. */
export async function settings({ rounds, messages }: SettingsOptions): Promise<Chapter & { n8n: string }> {
	const figures: Chapter['figures'] = [];
	let n8n = '';
	for (const [name, setting] of Object.entries(SETTINGS)) {
		await withCleanUp(async (cleanUp) => {
			const { version, ms, cpu } = await measure(cleanUp, setting, rounds, messages);
			n8n = version;
			figures.push(figure(`${name}: time`, ms, 'ms'), figure(`${name}: CPU`, cpu, 'ms'));
			console.log(`  ${name}: ${ms.toFixed(1)} ms, CPU ${cpu.toFixed(1)} ms`);
		});
	}
	return { n8n, title: `Settings: ${messages} notifications, one run each`, figures };
}

async function measure(cleanUp: CleanUp, setting: Setting, rounds: number, messages: number) {
	const database = setting.usesPostgres === true ? await startPostgres(cleanUp, serverPrograms()) : undefined;
	const environment = { ...database?.environment, ...setting.environment };
	const bench = await setUpWorkbench(cleanUp, { environment });
	const { rest, sandbox, n8n, version } = bench;
	const key = await addFile(sandbox);
	const workflow = everydayWorkflow('ours', sandbox.info, await saveCredentials(bench));
	const { id } = await rest.createWorkflow({ ...workflow, settings: { ...workflow.settings, ...setting.workflow } });
	await rest.publish(id);
	// n8n cannot count runs that are not saved.
	const acknowledged = async (): Promise<number> =>
		(await sandbox.state()).messages.filter((message) => message.acknowledged).length;
	const times: number[] = [];
	const cpus: number[] = [];
	// The first round is a warm-up.
	for (let round = 0; round <= rounds; round += 1) {
		const sent = await announceMany(sandbox, key, messages);
		const before = cpuMs(n8n.pid);
		const ms = await postAll(n8n.url, 'ours', sent, acknowledged);
		if (round === 0) continue;
		times.push(ms / messages);
		cpus.push((cpuMs(n8n.pid) - before) / messages);
	}
	return { version, ms: median(times), cpu: median(cpus) };
}
