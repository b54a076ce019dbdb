import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { outputItems } from '../real-n8n/execution-data';
import { type FilledIn, withNotification } from '../real-n8n/demo/workflows';
import type { Execution } from '../real-n8n/rest-client';
import type { Workbench } from '../real-n8n/workbench';
import { withCredential, withNode, type Workflow } from '../real-n8n/workflow';
import type { FileRequest, NotifyResult, SandboxFile, SandboxMessage } from '../sandbox/types';
import { assertContains, type Checks } from './checks';
import {
	announce,
	binaryContent,
	CREDENTIAL_TYPE,
	messageAtRoche,
	packageNodes,
	runByHand,
	runByWebhook,
} from './scene';

const FETCH = 'Roche S3 Fetch';
const ACK = 'Roche Notification ACK';
const ASK = 'Roche Sandbox Notification';

/** From the request to both acknowledgements, in ms. About a second was measured. */
const ARRIVAL_TIMEOUT = 30_000;

const POLL_INTERVAL = 250;

/** All bundle sizes named in Roche's guide, and a CDA report. */
const POSTED: FileRequest[] = [
	{ kind: 'bundle', observations: 500, key: 'delivery/e2e/bundle-500.json' },
	{ kind: 'bundle', observations: 5_000, key: 'delivery/e2e/bundle-5000.json' },
	{ kind: 'bundle', observations: 12_000, key: 'delivery/e2e/bundle-12000.json' },
	{ kind: 'cda', key: 'delivery/e2e/report.xml' },
];

/**
 * Runs the templates as filled in by an analyst and checks what n8n stores and what the EMR and Roche receive.
 *
 * @param webhookId - the published webhook template
 */
export async function checkRuns(
	checks: Checks,
	bench: Workbench,
	{ byHand, webhook, fillIn }: FilledIn,
	webhookId: string,
): Promise<void> {
	const ran = new Set<string>();
	await checks.check('by hand: a file with every byte value arrives unchanged and is acknowledged', async () => {
		const execution = await fetchByHand(bench, byHand);
		for (const type of typesThatRan(byHand, execution)) ran.add(type);
	});
	await checks.check('by command line: an imported credential and workflow run with n8n execute', async () => {
		await fetchByCli(bench, byHand);
	});
	for (const request of POSTED) {
		await checks.check(`by webhook: ${request.key} arrives and is acknowledged`, async () => {
			const file = await bench.sandbox.addFile(request);
			const [sent, execution] = await runByWebhook(bench, webhookId, file.key);
			await assertDelivered(bench, file, sent, execution);
			for (const type of typesThatRan(webhook, execution)) ran.add(type);
		});
	}
	await checks.check(
		"roche-sandbox-notification.json: Roche's sandbox announces two files, and both arrive",
		async () => {
			const template = await fillIn('roche-sandbox-notification.json');
			for (const type of typesThatRan(template, await askSandbox(bench, template))) ran.add(type);
		},
	);
	await checks.check('every node of the package has run', async () => {
		// The inbox has its own checks.
		const missing = (await packageNodes()).filter(({ type }) => !ran.has(type) && !type.endsWith('.rocheInbox'));
		assert.deepEqual(missing, []);
	});
}

/** Runs the template by hand for a file with every byte value, which would not survive being treated as text. */
async function fetchByHand(bench: Workbench, template: Workflow): Promise<Execution> {
	const content = Buffer.concat([Buffer.from(Array.from({ length: 256 }, (_, i) => i)), randomBytes(100_000)]);
	const { file, ...sent } = await announce(bench, {
		kind: 'content',
		key: 'delivery/e2e/by hand ü+&.bin',
		base64: content.toString('base64'),
		contentType: 'application/octet-stream',
	});
	const notification = { ...sent.notification, operationId: sent.operationId };
	const execution = await runByHand(bench, withNotification(template, notification));
	await assertDelivered(bench, file, sent, execution);
	const [item] = outputItems(execution.data, FETCH);
	assert.ok(content.equals(await binaryContent(bench, item?.binary?.data)), 'The bytes are not those in S3');
	return execution;
}

async function fetchByCli(bench: Workbench, template: Workflow): Promise<void> {
	const { file, ...sent } = await announce(bench, { kind: 'bundle', observations: 500, key: 'delivery/e2e/cli.json' });
	const credential = { id: 'credentialByCli', name: 'Roche by command line' };
	const data = bench.sandbox.info.credential;
	await bench.cli.importCredentials([{ ...credential, type: CREDENTIAL_TYPE, data }]);
	const notification = { ...sent.notification, operationId: sent.operationId };
	const workflow = withCredential(withNotification(template, notification), CREDENTIAL_TYPE, credential);
	await bench.cli.importWorkflows([{ ...workflow, id: 'runByCli' }]);
	await bench.cli.execute('runByCli');
	await assertReceived(bench, file);
	await assertReceipt(bench, sent);
}

/** Runs the template with the URL of the published webhook as the callback. */
async function askSandbox(bench: Workbench, template: Workflow): Promise<Execution> {
	const { sandbox, n8n } = bench;
	const before = (await sandbox.state()).messages.length;
	const { parameters } = template.nodes.find(({ name }) => name === ASK) ?? {};
	const callbackUrl = `${n8n.url}/webhook/roche-notification`;
	const workflow = withNode(template, ASK, { parameters: { ...parameters, callbackUrl } });
	const execution = await runByHand(bench, workflow);
	assert.equal(execution.status, 'success', execution.data.resultData.error?.message);
	const announced = async (): Promise<SandboxMessage[]> => (await sandbox.state()).messages.slice(before);
	const done = (messages: SandboxMessage[]): boolean =>
		messages.filter(({ acknowledged }) => acknowledged).length === 2;
	const deadline = Date.now() + ARRIVAL_TIMEOUT;
	while (!done(await announced()) && Date.now() < deadline) await sleep(POLL_INTERVAL);
	const messages = await announced();
	assert.deepEqual(
		messages.map(({ acknowledged, deliveries }) => [
			acknowledged,
			deliveries.map(({ callbackStatus }) => callbackStatus),
		]),
		[
			[true, [200]],
			[true, [200]],
		],
	);
	const received = (await sandbox.emr()).map(({ name }) => name);
	for (const { objectKey } of messages) assert.ok(received.includes(objectKey), `The EMR has no ${objectKey}`);
	return execution;
}

/** Asserts that n8n and the EMR have the file as it is in S3, and that the message is acknowledged. */
async function assertDelivered(
	bench: Workbench,
	file: SandboxFile,
	sent: NotifyResult,
	execution: Execution,
): Promise<void> {
	const { error, lastNodeExecuted } = execution.data.resultData;
	assert.equal(execution.status, 'success', `It failed at "${lastNodeExecuted}": ${error?.message}`);
	const [fetched, ...more] = outputItems(execution.data, FETCH);
	assert.deepEqual(more, []);
	assertContains(fetched?.json, { ...sent.notification, operationId: sent.operationId });
	const { key, size, sha256 } = file;
	assertContains(fetched?.json.file, { key, size, sha256 });
	assert.equal(sha256Of(await binaryContent(bench, fetched?.binary?.data)), sha256);
	await assertReceived(bench, file);
	await assertReceipt(bench, sent);
	const [acknowledged] = outputItems(execution.data, ACK);
	assertContains(acknowledged?.json.ack, { acknowledged: true, operationId: sent.operationId });
}

async function assertReceived({ sandbox }: Workbench, { key, size, sha256 }: SandboxFile): Promise<void> {
	const received = (await sandbox.emr()).filter(({ name }) => name === key);
	assert.deepEqual(
		received.map((file) => ({ size: file.size, sha256: file.sha256 })),
		[{ size, sha256 }],
	);
}

async function assertReceipt(bench: Workbench, sent: NotifyResult): Promise<void> {
	const { acknowledged, acknowledgedWith } = await messageAtRoche(bench, sent);
	assert.ok(acknowledged, 'Roche received no acknowledgement');
	const { operationId, notification } = sent;
	assert.deepEqual(acknowledgedWith, { receiptHandle: notification.MessageReceiptHandle, operationId });
}

function typesThatRan({ nodes }: Workflow, { data }: Execution): string[] {
	return nodes.filter(({ name }) => data.resultData.runData[name] !== undefined).map(({ type }) => type);
}

function sha256Of(content: Buffer): string {
	return createHash('sha256').update(content).digest('hex');
}
