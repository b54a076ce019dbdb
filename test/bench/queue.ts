import { createServer } from 'node:http';
import { chain, httpRequest } from '../e2e/chains';
import type { CleanUp } from '../real-n8n/clean-up';
import { THROUGHPUT } from '../real-n8n/environment';
import { startCluster } from '../real-n8n/queue/cluster';
import { serverPrograms } from '../real-n8n/queue/programs';
import type { WorkflowNode } from '../real-n8n/workflow';
import { closeServer, listen } from '../sandbox/servers';
import { everydayWorkflow } from './contenders';
import { postAll } from './everyday';
import { atLeast, type Chapter, figure, median } from './figures';
import { addFile, announceMany, saveCredentials } from './scene';

/** Answer time of the simulated EMR, in ms. */
const EMR_MS = 200;
/**
 * Concurrent runs per worker. n8n recommends five or more. On two cores, shared by six processes, five would be limited by the processor, but
 * this test is about whether workers block each other.
 */
const RUNS_PER_WORKER = 2;

interface QueueOptions {
	rounds: number;
	messages: number;
}

/** Measures messages per second in queue mode, with two workers and then with one. */
export async function queue(cleanUp: CleanUp, { rounds, messages }: QueueOptions): Promise<Chapter & { n8n: string }> {
	const emrUrl = await startEmr(cleanUp);
	const environment = { ...THROUGHPUT, N8N_CONCURRENCY_PRODUCTION_LIMIT: String(RUNS_PER_WORKER) };
	const { rest, sandbox, webhook, workers, version } = await startCluster(cleanUp, serverPrograms(), {
		line: '2',
		environment,
	});
	const credentials = await saveCredentials({ rest, sandbox });
	const key = await addFile(sandbox);
	const workflow = everydayWorkflow('ours', sandbox.info, credentials);
	const { nodes } = workflow;
	const { id } = await rest.createWorkflow(
		chain('bench queue', [...nodes.slice(0, -1), handOver(emrUrl), ...nodes.slice(-1)]),
	);
	await rest.publish(id);
	const perSecond = async (): Promise<number> => {
		const rates: number[] = [];
		// The first round is a warm-up.
		for (let round = 0; round <= rounds; round += 1) {
			const sent = await announceMany(sandbox, key, messages);
			const ms = await postAll(webhook.url, 'ours', sent, async () => await rest.count(id, 'success'));
			if (round > 0) rates.push((messages * 1000) / ms);
		}
		return median(rates);
	};
	const two = await perSecond();
	await workers[1].stop();
	const one = await perSecond();
	return {
		n8n: version,
		title: `Queue mode: ${RUNS_PER_WORKER} concurrent runs per worker, EMR answers after ${EMR_MS} ms`,
		figures: [
			figure('one worker', one, 'messages/s'),
			figure('two workers', two, 'messages/s'),
			atLeast(1.6, figure('two workers / one worker', two / one, 'x')),
		],
	};
}

function handOver(url: string): WorkflowNode {
	const step = httpRequest('Hand the file to the EMR', url);
	const body = { sendBody: true, contentType: 'binaryData', inputDataFieldName: 'data' };
	return { ...step, parameters: { ...step.parameters, method: 'POST', ...body } };
}

/** Starts a simulated EMR that answers after {@link EMR_MS}. @returns its address */
async function startEmr(cleanUp: CleanUp): Promise<string> {
	const server = createServer((request, response) => {
		request.resume().once('end', () => setTimeout(() => response.end('{}'), EMR_MS));
	});
	const port = await listen(server);
	cleanUp.add(async () => await closeServer(server));
	return `http://127.0.0.1:${port}/`;
}
