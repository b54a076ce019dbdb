import assert from 'node:assert/strict';
import { type FilledIn, HAND_OFF } from '../real-n8n/demo/workflows';
import { outputItems } from '../real-n8n/execution-data';
import type { Execution } from '../real-n8n/rest-client';
import type { Workbench } from '../real-n8n/workbench';
import { withNode, type Workflow } from '../real-n8n/workflow';
import { chain, type Credential, httpRequest, listOf, ours, startByHand } from './chains';
import type { Checks } from './checks';
import type { Hospital } from './hospital';
import { type Announcement, announce, itemOf, messageAtRoche, published, refusing, runByHand, type Run } from './scene';

const ACK = 'Roche Notification ACK';
const MANY = 200;

/** Checks the most common use: only the URL of the receiver filled in, and n8n's Retry after a failure. */
export async function checkEverydayPath(
	checks: Checks,
	bench: Workbench,
	filledIn: FilledIn,
	credential: Credential,
	hospital: Hospital,
): Promise<void> {
	await checks.check('with only the URL filled in, the message that the trigger receives is acknowledged', async () => {
		await oneMessage(bench, filledIn, hospital);
	});
	await checks.check(`with only the URL filled in, ${MANY} messages in one run are acknowledged`, async () => {
		await manyMessages(bench, credential, hospital);
	});
	await checks.check(
		'the templates send the message id as Idempotency-Key, with a number for each part of a bundle',
		async () => {
			await idempotencyKeys(bench, filledIn, hospital);
		},
	);
	await checks.check("n8n's Retry after a failed hand-off delivers and acknowledges", async () => {
		await retryHandOff(bench, filledIn);
	});
	await checks.check("n8n's Retry after a failed ACK sends only the missing acknowledgement", async () => {
		await retryAck(bench, credential, hospital);
	});
}

/** Runs nodes as the editor creates them. The hand-off step outputs only the receiver's answer, not the message's fields. */
async function oneMessage(bench: Workbench, { webhook }: FilledIn, hospital: Hospital): Promise<void> {
	const { credentials } = webhook.nodes.find(({ type }) => type.endsWith('.rocheGetToken')) ?? {};
	const [trigger] = webhook.nodes.filter(({ type }) => type.endsWith('.rocheNotificationTrigger'));
	const [credential] = Object.values(credentials ?? {});
	assert.ok(credential && trigger);
	const steps = everyday(credential, `${hospital.url}/one`);
	await published(
		bench,
		chain('One message', [trigger, ...steps]),
		async (run) => {
			const [sent, execution] = await run({ kind: 'cda', key: 'delivery/everyday/one.xml' });
			assert.equal(execution.status, 'success', execution.data.resultData.error?.message);
			assert.deepEqual(keysOf(execution, ACK), ['stored', 'ack']);
			assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
		},
		'roche-notification',
	);
}

async function manyMessages(bench: Workbench, credential: Credential, hospital: Hospital): Promise<void> {
	const { sandbox } = bench;
	const announced: Announcement[] = [];
	for (let i = 1; i <= MANY; i += 1) {
		announced.push(await announce(bench, { kind: 'cda', key: `delivery/everyday/many-${i}.xml`, seed: i }));
	}
	const execution = await runByHand(bench, byHand(announced, everyday(credential, `${hospital.url}/many`)));
	assert.equal(execution.status, 'success', execution.data.resultData.error?.message);
	const { messages } = await sandbox.state();
	const acknowledged = new Set(messages.filter((one) => one.acknowledged).map(({ messageId }) => messageId));
	const missing = announced.filter(({ notification }) => !acknowledged.has(notification.MessageId));
	assert.deepEqual(missing, []);
	assert.equal(outputItems(execution.data, ACK).length, MANY);
	assert.equal(hospital.paths('/many').length, MANY);
}

async function idempotencyKeys(bench: Workbench, filledIn: FilledIn, hospital: Hospital): Promise<void> {
	const keysAt = (path: string) =>
		hospital.taken.filter((taken) => taken.path === path).map(({ headers }) => headers['idempotency-key']);
	await published(
		bench,
		handedTo(filledIn.webhook, `${hospital.url}/keys`),
		async (run) => {
			const [sent] = await run({ kind: 'cda', key: 'delivery/everyday/key.xml' });
			assert.deepEqual(keysAt('/keys'), [sent.notification.MessageId]);
		},
		'roche-notification',
	);
	const observations = handedTo(await filledIn.fillIn('roche-fhir-observations.json'), `${hospital.url}/observations`);
	await published(
		bench,
		observations,
		async (run) => {
			const [{ notification }] = await run({ kind: 'bundle', observations: 3, key: 'delivery/everyday/keys.json' });
			const expected = [`${notification.MessageId}-1`];
			assert.deepEqual(keysAt('/observations').toSorted(), expected);
		},
		'roche-fhir-observations',
	);
}

async function retryHandOff(bench: Workbench, { webhook }: FilledIn): Promise<void> {
	const work = async (run: Run): Promise<void> => {
		let failed: Awaited<ReturnType<Run>> | undefined;
		await refusing(bench, async () => {
			failed = await run({ kind: 'bundle', observations: 5, key: 'delivery/everyday/retry.json' });
		});
		assert.ok(failed);
		const [sent, { id, status, data }, sha256] = failed;
		assert.deepEqual([status, data.resultData.lastNodeExecuted], ['error', HAND_OFF]);
		const { status: after } = await bench.rest.retry(id);
		assert.equal(after, 'success');
		const received = (await bench.sandbox.emr()).filter(({ name }) => name === 'delivery/everyday/retry.json');
		assert.deepEqual(
			received.map((file) => file.sha256),
			[sha256],
		);
		assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
	};
	await published(bench, webhook, work, 'roche-notification');
}

/** Makes the ACK of one of two messages fail, and the run with it. The other ACK must be sent only once. */
async function retryAck(bench: Workbench, credential: Credential, hospital: Hospital): Promise<void> {
	const { rest, sandbox } = bench;
	const first = await announce(bench, { kind: 'cda', key: 'delivery/everyday/acknowledged.xml' });
	const second = await announce(bench, { kind: 'cda', key: 'delivery/everyday/ack-failed.xml' });
	const [firstHandle, secondHandle] = [first, second].map(({ notification }) => notification.MessageReceiptHandle);
	await sandbox.fault({
		target: 'ack',
		match: secondHandle,
		times: 1_000,
		fault: { kind: 'status', status: 503 },
	});
	await sandbox.clearRequests();
	const failed = await runByHand(bench, byHand([first, second], everyday(credential, `${hospital.url}/retry-ack`)));
	await sandbox.clearFaults();
	assert.deepEqual([failed.status, failed.data.resultData.lastNodeExecuted], ['error', ACK]);
	assert.equal((await messageAtRoche(bench, first)).acknowledged, true);
	assert.equal((await messageAtRoche(bench, second)).acknowledged, false);
	const { status } = await rest.retry(failed.id);
	assert.equal(status, 'success');
	assert.equal((await messageAtRoche(bench, second)).acknowledged, true);
	const sent = (await sandbox.requests('ack')).map(({ headers }) => headers.receipthandle);
	assert.equal(sent.filter((handle) => handle === firstHandle).length, 1);
	assert.equal(hospital.paths('/retry-ack').length, 2);
}

function everyday(credential: Credential, url: string) {
	return [
		ours('rocheGetToken', credential),
		ours('rocheS3Fetch', credential),
		httpRequest('HTTP Request', url),
		ours('rocheNotificationAck', credential),
	];
}

function byHand(announced: Announcement[], steps: ReturnType<typeof everyday>): Workflow {
	return chain(`${announced.length} messages by hand`, [startByHand, ...listOf(announced.map(itemOf)), ...steps]);
}

function handedTo(workflow: Workflow, url: string): Workflow {
	const step = workflow.nodes.find(({ name }) => name === HAND_OFF);
	return withNode(workflow, HAND_OFF, { parameters: { ...step?.parameters, url } });
}

function keysOf({ data }: Execution, node: string): string[] {
	return outputItems(data, node).flatMap(({ json }) => Object.keys(json));
}
