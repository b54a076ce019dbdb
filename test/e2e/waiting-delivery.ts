import assert from 'node:assert/strict';
import { CALLER, type FilledIn } from '../real-n8n/demo/workflows';
import type { Execution } from '../real-n8n/rest-client';
import type { Workbench } from '../real-n8n/workbench';
import { readTemplate } from '../real-n8n/workflow';
import { fetch } from '../sandbox/fetch';
import { httpRequest, listOf, plain, to } from './chains';
import { CALLER_FILE, calling, deliveryOf, nothing, PATH, type Shape, START, started } from './delivery-workflows';
import type { Hospital } from './hospital';
import { CALL, messageAtRoche } from './scene';

/** Timeout for steps that normally take seconds, in ms. */
const TIMEOUT = 60_000;

type End = 'well' | 'badly' | 'with nothing';

/**
 * Runs a delivery that waits, and checks the acknowledgement for its end. Uses the templates' own settings: successful runs are not saved, and
 * the ACK must not need them.
 */
export async function waiting(bench: Workbench, filledIn: FilledIn, hospital: Hospital, end: End): Promise<void> {
	const { rest, sandbox, n8n } = bench;
	const { settings } = await readTemplate(CALLER_FILE);
	const last = `/ends ${end}`;
	const delivery = deliveryOf(`Waits and ends ${end}`, waitingShape(hospital, end, last));
	const caller = await calling(bench, filledIn, { ...delivery, settings });
	const { id } = await rest.createWorkflow({ ...caller, settings });
	await rest.publish(id);
	const { key } = await sandbox.addFile({ kind: 'cda', key: `delivery/called/ends ${end}.xml` });
	const callbackUrl = `${n8n.url}/webhook/${PATH}`;
	const sent = await sandbox.notify({ objectKey: key, callbackUrl, callbackAuth: CALLER });
	const said = await rest.until(TIMEOUT, 'the delivery to wait', async () =>
		hospital.taken.find(({ path }) => path === `/go-on/${sent.notification.MessageId}`),
	);
	await untilStatus(bench, id, 'waiting');
	assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
	assert.deepEqual(hospital.paths(last), []);

	hospital.refuses = (path) => end === 'badly' && path === last;
	const { pathname, search } = new URL((JSON.parse(said.body) as { url: string }).url);
	const resumed = await fetch(`${n8n.url}${pathname}${search}`);
	assert.equal(resumed.status, 200, await resumed.text());
	if (end === 'badly') {
		const { data } = await untilStatus(bench, id, 'error');
		assert.equal(data.resultData.lastNodeExecuted, CALL);
		assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
	} else {
		await rest.until(
			TIMEOUT,
			'the acknowledgement',
			async () => (await messageAtRoche(bench, sent)).acknowledged || undefined,
		);
		assert.equal(hospital.paths(last).length, 2);
	}
	hospital.refuses = () => false;
	await rest.unpublish(id);
}

/** Returns a delivery that waits. It outputs two items for one input item, so the item numbers differ. */
function waitingShape(hospital: Hospital, end: End, last: string): Shape {
	const goOn = {
		method: 'POST',
		url: `=${hospital.url}/go-on/{{ $('${START}').first().json.MessageId }}`,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '={{ JSON.stringify({ url: $execution.resumeUrl }) }}',
		options: {},
	};
	const wait = plain('Wait', 'wait', 1.1, { resume: 'webhook', options: {} });
	return {
		nodes: [
			started(),
			plain('Say where to go on', 'httpRequest', 4.2, goOn),
			{ ...wait, webhookId: `ends-${end.replace(' ', '-')}` },
			...listOf([{ part: 1 }, { part: 2 }]),
			httpRequest('Afterwards', `${hospital.url}${encodeURI(last)}`),
			...(end === 'with nothing' ? [plain('Nothing', 'filter', 2.2, nothing())] : []),
		],
		connections: {
			[START]: to(['Say where to go on']),
			'Say where to go on': to(['Wait']),
			Wait: to(['List']),
			List: to(['Items']),
			Items: to(['Afterwards']),
			...(end === 'with nothing' ? { Afterwards: to(['Nothing']) } : {}),
		},
	};
}

/** Waits until a run of the workflow has this status. */
async function untilStatus({ rest }: Workbench, workflowId: string, status: string): Promise<Execution> {
	return await rest.until(TIMEOUT, `a run with the status ${status}`, async () => {
		const run = (await rest.executions(workflowId)).find((one) => one.status === status);
		return run && (await rest.execution(run.id));
	});
}
