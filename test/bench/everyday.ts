import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Workbench } from '../real-n8n/workbench';
import { fetch } from '../sandbox/fetch';
import type { NotifyResult } from '../sandbox/types';
import { EVERYDAY, type Everyday, everydayWorkflow } from './contenders';
import { atLeast, atMost, byTurns, type Chapter, figure } from './figures';
import { addFile, announceMany, runPlainScript, saveCredentials } from './scene';
import { cpuMs } from './usage';

const CLIENTS = 10;
/** How often to check whether all runs have ended, in ms. */
const POLL_INTERVAL = 100;
const RUNS_TIMEOUT = 300_000;

/** Size of the measurement, and n8n's setting. */
export interface EverydayOptions {
	rounds: number;
	messages: number;
	/** `N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true`. */
	lazy: boolean;
}

/** Measures n8n's time and CPU time per message: ten clients post notifications, each of which starts a run. */
export async function everyday(bench: Workbench, options: EverydayOptions): Promise<Chapter> {
	const { rest, sandbox, n8n } = bench;
	const credentials = await saveCredentials(bench);
	const key = await addFile(sandbox);
	const ids = new Map<Everyday, string>();
	for (const name of EVERYDAY) {
		const { id } = await rest.createWorkflow(everydayWorkflow(name, sandbox.info, credentials));
		await rest.publish(id);
		ids.set(name, id);
	}
	const contender = (name: Everyday) => async (): Promise<Record<string, number>> => {
		const sent = await announceMany(sandbox, key, options.messages);
		const before = (await sandbox.state()).connections;
		const cpu = cpuMs(n8n.pid);
		const ms = await postAll(n8n.url, name, sent, async () => await rest.count(ids.get(name) ?? '', 'success'));
		const used = cpuMs(n8n.pid) - cpu;
		const { api, s3 } = (await sandbox.state()).connections;
		return {
			ms: ms / options.messages,
			cpu: used / options.messages,
			handshakes: api - before.api + s3 - before.s3,
		};
	};
	const script = async (): Promise<Record<string, number>> => {
		const sent = await announceMany(sandbox, key, options.messages);
		const { token, fetch, ack, cpu } = await runPlainScript(sandbox, sent, key, CLIENTS);
		return { ms: (token + fetch + ack) / options.messages, cpu: cpu / options.messages };
	};
	const contenders = Object.fromEntries(EVERYDAY.map((name) => [name, contender(name)])) as Record<
		Everyday,
		() => Promise<Record<string, number>>
	>;
	const seen = await byTurns(options.rounds, { ...contenders, script });
	for (const id of ids.values()) await rest.unpublish(id);
	const { messages, lazy } = options;
	return {
		title: `Everyday: ${messages} notifications from ${CLIENTS} clients, a run each, ${lazy ? 'n8n with lazy isolates' : 'default n8n'}`,
		figures: figuresOf(seen, lazy),
	};
}

type Seen = Record<Everyday | 'script', Record<string, number>>;

function figuresOf(seen: Seen, lazy: boolean): Chapter['figures'] {
	const { ours, floor, empty, builtIn, behind, script } = seen;
	const of = (one: Record<string, number>, what: string): number => one[what] ?? NaN;
	const all = Object.entries({ empty, floor, ours, behind, 'built-in': builtIn, script }).flatMap(([name, one]) => [
		figure(`${name}: time`, of(one, 'ms'), 'ms'),
		figure(`${name}: CPU`, of(one, 'cpu'), 'ms'),
	]);
	const handshakes = [
		figure('ours: TLS handshakes', of(ours, 'handshakes'), ''),
		figure('built-in: TLS handshakes', of(builtIn, 'handshakes'), ''),
	];
	const faster = figure('times as fast as built-in', of(builtIn, 'ms') / of(ours, 'ms'), 'x');
	const goals = lazy
		? [
				atLeast(2.2, faster),
				atMost(20, figure('ours minus the empty run', of(ours, 'ms') - of(empty, 'ms'), 'ms')),
				atMost(0.5, figure('CPU: ours / built-in', of(ours, 'cpu') / of(builtIn, 'cpu'), 'x')),
			]
		: [
				atMost(25, figure('ours minus our trigger with three No Operations', of(ours, 'ms') - of(floor, 'ms'), 'ms')),
				atLeast(1, faster),
			];
	return [...all, ...handshakes, ...goals];
}

/**
 * Posts notifications as Roche does.
 * @param url URL of n8n, or of its webhook process
 * @param ended returns how many runs have ended so far
 * @returns ms from the first post until all runs have ended
 */
export async function postAll(
	url: string,
	path: string,
	sent: NotifyResult[],
	ended: () => Promise<number>,
): Promise<number> {
	const before = await ended();
	const started = performance.now();
	await pLimit(CLIENTS).map(sent, async ({ notification, operationId }) => {
		const answer = await fetch(`${url}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'x-operation-id': operationId },
			body: JSON.stringify(notification),
		});
		if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
		await answer.arrayBuffer();
	});
	while ((await ended()) - before < sent.length) {
		if (performance.now() - started > RUNS_TIMEOUT)
			throw new Error(`Not all runs of "${path}" have succeeded within ${RUNS_TIMEOUT} ms.`);
		await sleep(POLL_INTERVAL);
	}
	return performance.now() - started;
}
