import assert from 'node:assert/strict';
import { type FilledIn, HAND_OFF } from '../real-n8n/demo/workflows';
import type { Workbench } from '../real-n8n/workbench';
import { readTemplate, type Workflow } from '../real-n8n/workflow';
import type { NotifyResult } from '../sandbox/types';
import { httpRequest, listOf, plain, startByHand, to } from './chains';
import type { Checks } from './checks';
import { CALLER_FILE, calling, deliveryOf, nothing, PATH, type Shape, START, started } from './delivery-workflows';
import type { Hospital } from './hospital';
import { announce, CALL, itemOf, messageAtRoche, published, type Run, runByHand } from './scene';
import { waiting } from './waiting-delivery';

const DELIVERY_FILE = 'roche-deliver.json';

/**
 * Checks the two templates in which a separate workflow delivers the file, with several kinds of deliveries. On n8n 2.x only:
 * 1.x treats a delivery that has waited as successful.
 */
export async function checkDelivery(
	checks: Checks,
	bench: Workbench,
	filledIn: FilledIn,
	hospital: Hospital,
): Promise<void> {
	await checks.check(
		`${CALLER_FILE}: without a delivery it cannot be published, and n8n names the step and the missing parameter`,
		async () => {
			await asItComes(bench, filledIn);
		},
	);
	await checks.check(`${DELIVERY_FILE}: unchanged, it fails, and the message is not acknowledged`, async () => {
		await placeholder(bench, filledIn);
	});
	await checks.check(`${CALLER_FILE}: the file is delivered, byte for byte, and acknowledged`, async () => {
		await asFilledIn(bench, filledIn);
	});
	await checks.check(
		'a delivery with a loop and a Merge: not acknowledged if a part fails; Retry then acknowledges',
		async () => {
			await loopAndMerge(bench, filledIn, hospital);
		},
	);
	await checks.check('a delivery without output items is acknowledged', async () => {
		await nothingPutOut(bench, filledIn, hospital);
	});
	await checks.check('a delivery that waits: acknowledged only after it has succeeded', async () => {
		await waiting(bench, filledIn, hospital, 'well');
	});
	await checks.check('a delivery that waits and ends without output items is acknowledged', async () => {
		await waiting(bench, filledIn, hospital, 'with nothing');
	});
	await checks.check('a delivery that fails after waiting: the run fails, nothing is acknowledged', async () => {
		await waiting(bench, filledIn, hospital, 'badly');
	});
	await checks.check('several messages in one run: each is acknowledged once, after its own delivery', async () => {
		await severalMessages(bench, filledIn, hospital);
	});
}

async function asItComes({ rest }: Workbench, filledIn: FilledIn): Promise<void> {
	const { id } = await rest.createWorkflow(await filledIn.fillIn(CALLER_FILE));
	await assert.rejects(
		rest.publish(id),
		/Node \\"Deliver the file\\":\\n {2}- Missing or invalid required parameters: workflowId/,
	);
}

async function placeholder(bench: Workbench, filledIn: FilledIn): Promise<void> {
	const caller = await calling(bench, filledIn, await readTemplate(DELIVERY_FILE));
	await published(
		bench,
		caller,
		async (run) => {
			const [sent, { status, data }] = await run({ kind: 'cda', key: 'delivery/called/placeholder.xml' });
			assert.deepEqual([status, data.resultData.lastNodeExecuted], ['error', CALL]);
			assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
		},
		PATH,
	);
}

async function asFilledIn(bench: Workbench, filledIn: FilledIn): Promise<void> {
	const caller = await calling(bench, filledIn, await filledIn.fillIn(DELIVERY_FILE));
	await published(
		bench,
		caller,
		async (run) => {
			const key = 'delivery/called/bundle.json';
			const [sent, { status, data }, sha256] = await run({ kind: 'bundle', observations: 500, key });
			assert.equal(status, 'success', data.resultData.error?.message);
			const received = (await bench.sandbox.emr()).filter(({ name }) => name === key);
			assert.deepEqual(
				received.map((file) => file.sha256),
				[sha256],
			);
			assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
		},
		PATH,
	);
}

/** Delivers three parts in a loop and a register in parallel; the last step waits for both. */
async function loopAndMerge(bench: Workbench, filledIn: FilledIn, hospital: Hospital): Promise<void> {
	const shape: Shape = {
		nodes: [
			started(),
			...listOf([{ part: 1 }, { part: 2 }, { part: 3 }]),
			plain('Loop Over Items', 'splitInBatches', 3, { batchSize: 1, options: {} }),
			httpRequest(
				'Part',
				`=${hospital.url}/part/{{ $('${START}').first().json.MessageId }}/{{ $('Loop Over Items').item.json.part }}`,
			),
			httpRequest('Register', `=${hospital.url}/register/{{ $json.MessageId }}`),
			plain('Merge', 'merge', 3, {}),
			plain('Both done', 'limit', 1, { maxItems: 1, keep: 'lastItems' }),
			httpRequest('Close', `${hospital.url}/close`),
		],
		connections: {
			[START]: to(['List', 'Register']),
			List: to(['Items']),
			Items: to(['Loop Over Items']),
			'Loop Over Items': to(['Merge:0'], ['Part']),
			Part: to(['Loop Over Items']),
			Register: to(['Merge:1']),
			Merge: to(['Both done']),
			'Both done': to(['Close']),
		},
	};
	const caller = await calling(bench, filledIn, deliveryOf('Loop and Merge', shape));
	const work = async (run: Run): Promise<void> => {
		const partsOf = ({ notification }: NotifyResult) => hospital.paths(`/part/${notification.MessageId}/`).length;
		const [good, { status, data }] = await run({ kind: 'cda', key: 'delivery/called/parts.xml' });
		assert.equal(status, 'success', data.resultData.error?.message);
		assert.equal(partsOf(good), 3);
		assert.equal((await messageAtRoche(bench, good)).acknowledged, true);

		hospital.refuses = (path) => path.endsWith('/3');
		const [sent, failed] = await run({ kind: 'cda', key: 'delivery/called/part-refused.xml' });
		hospital.refuses = () => false;
		assert.deepEqual([failed.status, failed.data.resultData.lastNodeExecuted], ['error', CALL]);
		assert.equal(partsOf(sent), 2);
		assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);

		const retried = await bench.rest.retry(failed.id);
		assert.equal(retried.status, 'success', retried.data.resultData.error?.message);
		assert.equal(partsOf(sent), 5);
		assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
	};
	await published(bench, caller, work, PATH);
}

async function nothingPutOut(bench: Workbench, filledIn: FilledIn, hospital: Hospital): Promise<void> {
	const shape: Shape = {
		nodes: [started(), httpRequest('Post', `${hospital.url}/nothing`), plain('Nothing', 'filter', 2.2, nothing())],
		connections: { [START]: to(['Post']), Post: to(['Nothing']) },
	};
	const caller = await calling(bench, filledIn, deliveryOf('Nothing put out', shape));
	await published(
		bench,
		caller,
		async (run) => {
			const [sent, { status, data }] = await run({ kind: 'cda', key: 'delivery/called/nothing.xml' });
			assert.equal(status, 'success', data.resultData.error?.message);
			assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
		},
		PATH,
	);
}

/** Delivers three messages, of which the second is refused at first. */
async function severalMessages(bench: Workbench, filledIn: FilledIn, hospital: Hospital): Promise<void> {
	const announced = [
		await announce(bench, { kind: 'cda', key: 'delivery/called/one-of-three.xml' }),
		await announce(bench, { kind: 'cda', key: 'delivery/called/two-of-three.xml' }),
		await announce(bench, { kind: 'cda', key: 'delivery/called/three-of-three.xml' }),
	];
	const step = httpRequest(HAND_OFF, `=${hospital.url}/several/{{ $json.MessageId }}`);
	const shape: Shape = { nodes: [started(), step], connections: { [START]: to([HAND_OFF]) } };
	const caller = await calling(bench, filledIn, deliveryOf('One message', shape));
	const workflow = startedByHand(caller, announced.map(itemOf));
	const verdicts = async (): Promise<boolean[]> =>
		(await Promise.all(announced.map(async (one) => await messageAtRoche(bench, one)))).map((one) => one.acknowledged);
	await bench.sandbox.clearRequests();
	hospital.refuses = (path) => path === `/several/${announced[1]?.notification.MessageId}`;
	const failed = await runByHand(bench, workflow);
	hospital.refuses = () => false;
	assert.deepEqual([failed.status, failed.data.resultData.lastNodeExecuted], ['error', CALL]);
	assert.deepEqual(await verdicts(), [true, false, false]);
	const retried = await bench.rest.retry(failed.id);
	assert.equal(retried.status, 'success', retried.data.resultData.error?.message);
	assert.deepEqual(await verdicts(), [true, true, true]);
	const handles = (await bench.sandbox.requests('ack')).map(({ headers }) => headers.receipthandle);
	assert.deepEqual(
		handles,
		announced.map(({ notification }) => notification.MessageReceiptHandle),
	);
}

/** Replaces the trigger by a manual trigger and a list of items. */
function startedByHand(caller: Workflow, items: object[]): Workflow {
	const trigger = caller.nodes.find(({ type }) => type.endsWith('.rocheNotificationTrigger'))?.name ?? '';
	const { [trigger]: next, ...connections } = caller.connections;
	const [list, split] = listOf(items);
	assert.ok(list && split);
	return {
		...caller,
		nodes: [startByHand, list, split, ...caller.nodes.filter(({ name }) => name !== trigger)],
		connections: { ...connections, Start: to([list.name]), [list.name]: to([split.name]), [split.name]: next },
	};
}
