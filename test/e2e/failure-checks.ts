import assert from 'node:assert/strict';
import { CALLER_CREDENTIAL } from '../real-n8n/demo/workflows';
import { outputItems } from '../real-n8n/execution-data';
import type { Execution } from '../real-n8n/rest-client';
import type { Workbench } from '../real-n8n/workbench';
import { readTemplate, withCredential } from '../real-n8n/workflow';
import type { NotifyResult } from '../sandbox/types';
import type { Checks } from './checks';
import { CREDENTIAL_TYPE, messageAtRoche, runByWebhook, WEBHOOK_CREDENTIAL_TYPE } from './scene';

const FETCH = 'Roche S3 Fetch';
const ACK = 'Roche Notification ACK';
const HAND_OFF = 'Hand the file to the EMR';

/**
 * Checks that failed messages are not acknowledged, so Roche redelivers them.
 *
 * @param webhookId - the webhook template, filled in and published; unpublished here
 */
export async function checkFailures(
	checks: Checks,
	bench: Workbench,
	credential: { id: string; name: string },
	webhookId: string,
): Promise<void> {
	await checks.check('a deleted file: the run fails at S3 Fetch, no acknowledgement', async () => {
		await deletedFile(bench, webhookId);
	});
	await checks.check('a file refused by the EMR is not acknowledged', async () => {
		await refusedByTheEmr(bench, webhookId);
	});
	await checks.check('the webhook template with only the credentials selected acknowledges nothing', async () => {
		await bench.rest.unpublish(webhookId);
		await asItComes(bench, credential);
	});
}

async function deletedFile(bench: Workbench, webhookId: string): Promise<void> {
	const { key } = await bench.sandbox.addFile({ kind: 'bundle', observations: 10, key: 'delivery/e2e/deleted.json' });
	await bench.sandbox.deleteFile(key);
	const [sent, execution] = await runByWebhook(bench, webhookId, key);
	await assertNotAcknowledged(bench, sent, execution, FETCH);
	assert.equal(execution.data.resultData.error?.message, 'There is no file with this object key');
}

async function refusedByTheEmr(bench: Workbench, webhookId: string): Promise<void> {
	const { key } = await bench.sandbox.addFile({ kind: 'bundle', observations: 10, key: 'delivery/e2e/refused.json' });
	await bench.sandbox.settings({ emrStatus: 500 });
	try {
		const [sent, execution] = await runByWebhook(bench, webhookId, key);
		await assertNotAcknowledged(bench, sent, execution, HAND_OFF);
	} finally {
		await bench.sandbox.settings({ emrStatus: null });
	}
}

/** Runs the template with its placeholder for the EMR, an address that does not exist. */
async function asItComes(bench: Workbench, credential: { id: string; name: string }): Promise<void> {
	const template = withCredential(
		await readTemplate('roche-notification-webhook.json'),
		WEBHOOK_CREDENTIAL_TYPE,
		await bench.rest.createCredential('Roche may call', WEBHOOK_CREDENTIAL_TYPE, CALLER_CREDENTIAL),
	);
	const id = 'asItComes';
	// The import by command line also shows that the webhook's path is the one in the template.
	await bench.cli.importWorkflows([{ ...withCredential(template, CREDENTIAL_TYPE, credential), id }]);
	await bench.rest.publish(id);
	const { key } = await bench.sandbox.addFile({
		kind: 'bundle',
		observations: 10,
		key: 'delivery/e2e/as-it-comes.json',
	});
	const [sent, execution] = await runByWebhook(bench, id, key);
	await assertNotAcknowledged(bench, sent, execution, HAND_OFF);
	assert.equal(outputItems(execution.data, FETCH).length, 1, 'The file was not even fetched');
	await bench.rest.unpublish(id);
}

/** @param where - the node at which the run must end */
async function assertNotAcknowledged(
	bench: Workbench,
	sent: NotifyResult,
	execution: Execution,
	where: string,
): Promise<void> {
	assert.equal(execution.status, 'error');
	assert.equal(execution.data.resultData.lastNodeExecuted, where);
	assert.equal(execution.data.resultData.runData[ACK], undefined, 'The ACK ran');
	assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
}
