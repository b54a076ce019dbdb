import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { published } from '../e2e/scene';
import type { CleanUp } from '../real-n8n/clean-up';
import { fillInTemplates, HAND_OFF } from '../real-n8n/demo/workflows';
import type { Workbench } from '../real-n8n/workbench';
import { withNode } from '../real-n8n/workflow';
import { fetch } from '../sandbox/fetch';
import { closeServer, listen } from '../sandbox/servers';
import { atMost, byTurns, type Chapter, figure } from './figures';
import { forgetPeak, memory } from './usage';

const BYTES_PER_MIB = 1024 * 1024;
/** How often n8n's health endpoint is requested, in ms. */
const ASK_INTERVAL = 20;
/** Random variation of a process's memory peak, in MiB. */
const CHANCE = 20;

/**
 * Measures bundles of two sizes, in turn, in the template that delivers observations in parts. Compares the memory peaks of the process, not
 * the growth: the memory at the start varies by 200 MiB.
 */
export async function fhir(cleanUp: CleanUp, bench: Workbench, rounds: number): Promise<Chapter> {
	const receiver = await startReceiver(cleanUp);
	const filledIn = await fillInTemplates(bench);
	const template = await filledIn.fillIn('roche-fhir-observations.json');
	const step = template.nodes.find(({ name }) => name === HAND_OFF);
	const workflow = withNode(template, HAND_OFF, { parameters: { ...step?.parameters, url: receiver.url } });
	const { n8n } = bench;
	const worst = { more: 0, slowest: 0, atOnce: 0 };
	const seen = await published(
		bench,
		workflow,
		async (run) => {
			let files = 0;
			const measure = async (observations: number) => {
				receiver.forget();
				forgetPeak(n8n.pid);
				const before = memory(n8n.pid).now;
				const health = askHealth(n8n.url);
				files += 1;
				const request = { kind: 'bundle', observations, key: `delivery/bench/${files}.json` } as const;
				const [, { status, startedAt, stoppedAt }] = await run(request);
				const slowest = await health.slowest();
				if (status !== 'success') throw new Error(`The run for ${observations} observations ended with ${status}.`);
				const ms = Date.parse(stoppedAt ?? '') - Date.parse(startedAt ?? '');
				const { peak } = memory(n8n.pid);
				return { ms, more: (peak - before) / BYTES_PER_MIB, peak: peak / BYTES_PER_MIB, slowest };
			};
			return await byTurns(rounds, {
				documented: async () => {
					const result = await measure(12_000);
					worst.more = Math.max(worst.more, result.more);
					worst.slowest = Math.max(worst.slowest, result.slowest);
					worst.atOnce = Math.max(worst.atOnce, receiver.atOnce());
					return result;
				},
				huge: async () => await measure(100_000),
			});
		},
		'roche-fhir-observations',
	);
	const { documented, huge } = seen;
	return {
		title: 'A FHIR bundle in parts: the template, with a receiver on loopback',
		figures: [
			atMost(10, figure('12,000 observations: time', (documented.ms ?? NaN) / 1000, 's')),
			atMost(10, figure('12,000: peak of concurrent requests', worst.atOnce, '')),
			atMost(150, figure('12,000: largest growth of memory', worst.more, 'MiB')),
			atMost(1, figure('12,000: slowest health check', worst.slowest / 1000, 's')),
			figure('12,000: peak of the process', documented.peak ?? NaN, 'MiB'),
			figure('100,000 observations: time', (huge.ms ?? NaN) / 1000, 's'),
			figure('100,000: slowest health check', (huge.slowest ?? NaN) / 1000, 's'),
			atMost(
				CHANCE,
				figure('peak of the process: 100,000 minus 12,000', (huge.peak ?? NaN) - (documented.peak ?? NaN), 'MiB'),
			),
		],
	};
}

/** Starts a server that accepts everything and counts concurrent requests. */
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

/** Requests n8n's health endpoint repeatedly. @returns `slowest`, which stops this and returns the time of the slowest answer in ms */
function askHealth(url: string): { slowest: () => Promise<number> } {
	let isOver = false;
	let slowest = 0;
	const asking = (async () => {
		while (!isOver) {
			const asked = performance.now();
			const answer = await fetch(`${url}/healthz`);
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
