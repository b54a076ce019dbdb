import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { published } from '../e2e/scene';
import type { CleanUp } from '../real-n8n/clean-up';
import { fillInTemplates, HAND_OFF } from '../real-n8n/demo/workflows';
import type { Workbench } from '../real-n8n/workbench';
import { withNode } from '../real-n8n/workflow';
import { closeServer, listen } from '../sandbox/servers';
import { atMost, type Chapter, figure } from './figures';
import { forgetPeak, memory } from './usage';

const BYTES_PER_MIB = 1024 * 1024;
/** How often n8n's health page is asked, in ms. */
const ASK_INTERVAL = 20;
/** What a process may need more by chance, in MiB. */
const CHANCE = 20;

/** A bundle through the template that hands observations on in parts. */
export async function fhir(cleanUp: CleanUp, bench: Workbench): Promise<Chapter> {
	const receiver = await startReceiver(cleanUp);
	const filledIn = await fillInTemplates(bench);
	const template = await filledIn.fillIn('roche-fhir-observations.json');
	const step = template.nodes.find(({ name }) => name === HAND_OFF);
	const workflow = withNode(template, HAND_OFF, { parameters: { ...step?.parameters, url: receiver.url } });
	const { n8n } = bench;
	const seen = new Map<number, { ms: number; mib: number; slowest: number; atOnce: number }>();
	await published(
		bench,
		workflow,
		async (run) => {
			// The first one warms up.
			for (const observations of [500, 12_000, 100_000]) {
				receiver.forget();
				forgetPeak(n8n.pid);
				const before = memory(n8n.pid).now;
				const health = askHealth(n8n.url);
				const request = { kind: 'bundle', observations, key: `delivery/bench/${observations}.json` } as const;
				const [, { status, startedAt, stoppedAt }] = await run(request);
				const slowest = await health.slowest();
				if (status !== 'success') throw new Error(`The run for ${observations} observations ended with ${status}.`);
				const ms = Date.parse(stoppedAt ?? '') - Date.parse(startedAt ?? '');
				const mib = (memory(n8n.pid).peak - before) / BYTES_PER_MIB;
				seen.set(observations, { ms, mib, slowest, atOnce: receiver.atOnce() });
				console.log(`  ${observations}: ${ms} ms, ${mib.toFixed(0)} MiB, health page ${slowest.toFixed(0)} ms`);
			}
		},
		'roche-fhir-observations',
	);
	const of = (observations: number) => seen.get(observations) ?? { ms: NaN, mib: NaN, slowest: NaN, atOnce: NaN };
	const [documented, huge] = [of(12_000), of(100_000)];
	return {
		title: 'A FHIR bundle in parts: the template, with a receiver on loopback',
		figures: [
			atMost(10, figure('12,000 observations: time', documented.ms / 1000, 's')),
			atMost(10, figure('12,000: requests at once', documented.atOnce, '')),
			atMost(150, figure('12,000: memory', documented.mib, 'MiB')),
			atMost(1, figure('12,000: slowest answer of the health page', documented.slowest / 1000, 's')),
			figure('100,000 observations: time', huge.ms / 1000, 's'),
			figure('100,000: memory', huge.mib, 'MiB'),
			figure('100,000: slowest answer of the health page', huge.slowest / 1000, 's'),
			atMost(CHANCE, figure('memory for 100,000 above that for 12,000', huge.mib - documented.mib, 'MiB')),
		],
	};
}

/** Takes everything, and counts how many requests there are at once. */
async function startReceiver(cleanUp: CleanUp) {
	let [now, most] = [0, 0];
	const server = createServer((request, response) => {
		most = Math.max(most, ++now);
		request.resume().once('end', () => {
			now -= 1;
			response.end('{}');
		});
	});
	const url = `http://127.0.0.1:${await listen(server)}/`;
	cleanUp.add(async () => await closeServer(server));
	const forget = (): void => {
		most = 0;
	};
	return { url, forget, atOnce: () => most };
}

/** Asks n8n's health page again and again. @returns ends it, and gives the time of the slowest answer in ms */
function askHealth(url: string): { slowest: () => Promise<number> } {
	let isOver = false;
	let slowest = 0;
	const asking = (async () => {
		while (!isOver) {
			const asked = performance.now();
			const answer = await fetch(`${url}/healthz`, { headers: { connection: 'close' } });
			await answer.arrayBuffer();
			slowest = Math.max(slowest, performance.now() - asked);
			await sleep(ASK_INTERVAL);
		}
	})();
	return {
		slowest: async () => {
			isOver = true;
			await asking;
			return slowest;
		},
	};
}
