import assert from 'node:assert/strict';
import { outputItems } from '../real-n8n/execution-data';
import type { Execution } from '../real-n8n/rest-client';
import type { Workbench } from '../real-n8n/workbench';
import type { Workflow } from '../real-n8n/workflow';
import type { Checks } from './checks';
import { chain, type Credential, listOf, ours, startByHand } from './chains';
import { type Announcement, announce, CREDENTIAL_TYPE, itemOf, messageAtRoche, runByHand } from './scene';

const CONTINUE = 'continueErrorOutput';
const NO_FILE = 'There is no file with this object key';

const FETCH = 'Roche S3 Fetch';
const ACK = 'Roche Notification ACK';
const TOKEN = 'Roche Get Token';

/**
 * Checks items that fail while others succeed, with both "On Error" settings that continue the run. n8n chooses the output by
 * an item's fields, differently in each version.
 */
export async function checkErrorOutputs(checks: Checks, bench: Workbench, credential: Credential): Promise<void> {
	await checks.check(
		'S3 Fetch and ACK, "Continue (using error output)": each failed item is in the error output',
		async () => {
			await fetchAndAck(bench, credential);
		},
	);
	await checks.check('Get Token, "Continue (using error output)": all items are in the error output', async () => {
		await getToken(bench);
	});
	await checks.check('S3 Fetch, "Continue": ACK does not acknowledge the failed item', async () => {
		await regularOutput(bench, credential);
	});
}

async function fetchAndAck(bench: Workbench, credential: Credential): Promise<void> {
	const good = await announce(bench, { kind: 'cda', key: 'delivery/e2e/among-failures.xml' });
	const deleted = await announceDeleted(bench, 'delivery/e2e/deleted-too.xml');
	const stale = { ...itemOf(good), MessageReceiptHandle: 'no-such-handle' };
	const run = await runByHand(bench, fetchAndAckOf([itemOf(deleted), itemOf(good), stale], CONTINUE, credential));
	assert.equal(run.status, 'success');

	assert.deepEqual(handles(run, FETCH, 0), [good.notification.MessageReceiptHandle, 'no-such-handle']);
	assertFailed(run, FETCH, [[deleted.notification.MessageReceiptHandle, NO_FILE]]);
	assert.deepEqual(handles(run, ACK, 0), [good.notification.MessageReceiptHandle]);
	assertFailed(run, ACK, [['no-such-handle', 'The receipt handle is not valid (400)']]);
	assert.equal((await messageAtRoche(bench, good)).acknowledged, true);
	assert.equal((await messageAtRoche(bench, deleted)).acknowledged, false);
}

async function getToken(bench: Workbench): Promise<void> {
	const data = { ...bench.sandbox.info.credential, clientSecret: 'wrong' };
	const credential = await bench.rest.createCredential('Roche with a wrong secret', CREDENTIAL_TYPE, data);
	const items = [{ MessageReceiptHandle: 'first' }, { MessageReceiptHandle: 'second' }];
	const step = { ...ours('rocheGetToken', credential), onError: CONTINUE };
	const run = await runByHand(bench, chain('Wrong secret', [startByHand, ...listOf(items), step]));
	assert.equal(run.status, 'success');
	assert.deepEqual(outputItems(run.data, TOKEN, 0), []);
	const message = 'Client ID or Client Secret is wrong (401)';
	assertFailed(run, TOKEN, [
		['first', message],
		['second', message],
	]);
}

async function regularOutput(bench: Workbench, credential: Credential): Promise<void> {
	const good = await announce(bench, { kind: 'cda', key: 'delivery/e2e/before-a-failure.xml' });
	const deleted = await announceDeleted(bench, 'delivery/e2e/deleted-as-well.xml');
	const items = [itemOf(good), itemOf(deleted)];
	const run = await runByHand(bench, fetchAndAckOf(items, 'continueRegularOutput', credential));
	assert.equal(run.status, 'success');
	const acks = outputItems(run.data, ACK).map(({ json }) => json.ack);
	assert.deepEqual(
		acks.map((ack) => (ack as { acknowledged: boolean }).acknowledged),
		[true, false],
	);
	assert.equal((await messageAtRoche(bench, good)).acknowledged, true);
	assert.equal((await messageAtRoche(bench, deleted)).acknowledged, false);
}

/** Announces a file and deletes it before its notification is handled. */
async function announceDeleted(bench: Workbench, key: string): Promise<Announcement> {
	const announced = await announce(bench, { kind: 'cda', key });
	await bench.sandbox.deleteFile(key);
	return announced;
}

function fetchAndAckOf(items: object[], onError: string, credential: Credential): Workflow {
	const steps = [ours('rocheS3Fetch', credential), ours('rocheNotificationAck', credential)];
	return chain('Error outputs', [startByHand, ...listOf(items), ...steps.map((step) => ({ ...step, onError }))]);
}

function handles({ data }: Execution, node: string, output: number): unknown[] {
	return outputItems(data, node, output).map(({ json }) => json.MessageReceiptHandle);
}

/** Asserts the items at a node's error output: the input's fields, which n8n adds, the error and the advice. */
function assertFailed(run: Execution, node: string, expected: Array<[handle: string, error: string]>): void {
	const items = outputItems(run.data, node, 1);
	assert.deepEqual(
		items.map(({ json }) => [json.MessageReceiptHandle, json.error]),
		expected,
	);
	for (const { json } of items) assert.ok(typeof json.message === 'string' && json.message !== '', 'No advice');
}
