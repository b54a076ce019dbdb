import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { outputItems } from '../../real-n8n/execution-data';
import type { Workbench } from '../../real-n8n/workbench';
import type { WorkflowNode } from '../../real-n8n/workflow';
import { fetch } from '../../sandbox/fetch';
import type { NotificationForm, NotifyRequest } from '../../sandbox/types';
import { chain, type Credential, ours, plain } from '../../e2e/chains';
import type { Checks } from '../../e2e/checks';
import { WEBHOOK_CREDENTIAL_TYPE } from '../../e2e/scene';
import { BODIES, KEY, NOTIFICATION } from './bodies';

const TRIGGER = 'Roche Notification Trigger';
const ACK = 'Roche Notification ACK';
const CALLER = { user: 'roche', password: 'pässwörd €5' };
/** In ms. Runs start within a few tenths of a second. */
const TIMEOUT = 30_000;

/** Forms of notifications whose file is fetched and acknowledged in the test. */
const FORMS: Array<[string, NotificationForm & { presigned?: boolean }]> = [
	['as Roche sends it', {}],
	['with a pre-signed URL as a text', { shape: 'url', presigned: true }],
	['with JSON in a text', { shape: 'text' }],
	['in a list, packed', { shape: 'list', compression: 'gzip' }],
	['below body, in UTF-16, as text', { shape: 'webhook', charset: 'utf-16le', contentType: 'text/plain' }],
	[
		'with an umlaut in Latin-1, as octets',
		{ charset: 'iso-8859-1', contentType: 'application/octet-stream;charset=latin1' },
	],
];

/** Checks how n8n and the trigger handle bodies as callers send them, also with n8n's own Webhook node instead of the trigger. */
export async function checkNotificationBodies(checks: Checks, bench: Workbench, credential: Credential): Promise<void> {
	const { rest, n8n } = bench;
	const line = bench.version.startsWith('1') ? '1' : '2';
	const bodies = await published(bench, 'bodies', [trigger('bodies', { authentication: 'none' })]);
	for (const one of BODIES) {
		const status = typeof one.answer === 'number' ? one.answer : one.answer[line];
		await checks.check(`a body is answered ${status}: ${one.what}`, async () => {
			const headers = {
				...(one.type !== undefined && { 'content-type': one.type }),
				...(one.packed !== undefined && { 'content-encoding': one.packed }),
			};
			const before = (await rest.executions(bodies)).length;
			const answer = await post(`${n8n.url}/webhook/bodies`, headers, one.body);
			assert.equal(answer.status, status, answer.text);
			assert.equal(answer.text.startsWith('{"status":'), one.by === 'node' || status === 200, answer.text);
			assert.ok(!answer.text.includes('marker'), answer.text);
			if (status === 200) assert.equal(await keyOfRun(bench, bodies, before), KEY);
		});
	}
	await checks.check('no body that was refused has started a run', async () => {
		const accepted = BODIES.filter(({ answer }) => (typeof answer === 'number' ? answer : answer[line]) === 200);
		assert.equal((await rest.executions(bodies)).length, accepted.length);
	});
	await rest.unpublish(bodies);
	await checkForms(checks, bench, credential);
}

async function checkForms(checks: Checks, bench: Workbench, credential: Credential): Promise<void> {
	const caller = await bench.rest.createCredential('Caller', WEBHOOK_CREDENTIAL_TYPE, {
		authentication: 'basicAuth',
		user: ` ${CALLER.user}`,
		password: `${CALLER.password.normalize('NFD')}\n`,
	});
	const steps = [ours('rocheS3Fetch', credential), ours('rocheNotificationAck', credential)];
	const parameters = { httpMethod: 'POST', path: 'by-webhook', options: {} };
	const webhook = { ...plain('Webhook', 'webhook', 2, parameters), webhookId: '0d5c1f5e-5f35-4f0e-8a3c-7a0c5d8f3b12' };
	const byTrigger = await published(bench, 'forms', [
		{ ...trigger('forms', { authentication: 'credential' }), credentials: { [WEBHOOK_CREDENTIAL_TYPE]: caller } },
		...steps,
	]);
	for (const [name, form] of FORMS) {
		await checks.check(`a notification is received, fetched and acknowledged ${name}`, async () => {
			await assertAcknowledged(bench, byTrigger, 'forms', form, { callbackAuth: CALLER });
		});
	}
	await bench.rest.unpublish(byTrigger);
	const byWebhook = await published(bench, 'by-webhook', [webhook, ...steps]);
	for (const [name, form] of [...FORMS.slice(0, 3), ['as text', { contentType: 'text/plain' }] as const]) {
		await checks.check(`n8n's Webhook node passes it on, fetched and acknowledged ${name}`, async () => {
			await assertAcknowledged(bench, byWebhook, 'by-webhook', form, {});
		});
	}
	await bench.rest.unpublish(byWebhook);
	await checks.check('strangers get one answer, which tells them nothing', async () => {
		await assertTellsNothing(bench, caller);
	});
}

async function assertAcknowledged(
	bench: Workbench,
	workflowId: string,
	path: string,
	{ presigned = false, ...form }: NotificationForm & { presigned?: boolean },
	more: Partial<NotifyRequest>,
): Promise<void> {
	const { sandbox, rest, n8n } = bench;
	const before = (await rest.executions(workflowId)).length;
	const { key } = await sandbox.addFile({ kind: 'cda', key: `delivery/forms/Müller-${before}.xml` });
	const callbackUrl = `${n8n.url}/webhook/${path}`;
	const sent = await sandbox.notify({ objectKey: key, callbackUrl, presigned, form, ...more });
	assert.equal(sent.callbackStatus, 200);
	const { status, data } = await rest.finished(await newRun(bench, workflowId, before));
	assert.equal(status, 'success', data.resultData.error?.message);
	assert.deepEqual(
		outputItems(data, ACK).map(({ json }) => (json.ack as { operationId?: string }).operationId),
		[sent.operationId],
	);
	const { messages } = await sandbox.state();
	assert.ok(messages.find(({ messageId }) => messageId === sent.notification.MessageId)?.acknowledged);
}

/** Asserts that a stranger learns neither the kind of the credential nor that this is an endpoint for Roche. */
async function assertTellsNothing(bench: Workbench, basic: Credential): Promise<void> {
	const header = await bench.rest.createCredential('Header', WEBHOOK_CREDENTIAL_TYPE, {
		authentication: 'headerAuth',
		headerName: 'X-Roche-Webhook-Key',
		headerValue: 'geheim',
	});
	const answers = [];
	for (const [path, credential] of [
		['stranger-1', basic],
		['stranger-2', header],
	] as const) {
		const node = {
			...trigger(path, { authentication: 'credential' }),
			credentials: { [WEBHOOK_CREDENTIAL_TYPE]: credential },
		};
		const id = await published(bench, path, [node]);
		const headersOf: Array<Record<string, string>> = [
			{},
			{ authorization: 'Basic eA==' },
			{ 'x-roche-webhook-key': 'x' },
			{ authorization: 'Bearer x' },
		];
		for (const headers of headersOf) {
			const { status, text, challenge } = await post(`${bench.n8n.url}/webhook/${path}`, headers, NOTIFICATION);
			answers.push(JSON.stringify({ status, text, challenge }));
		}
		await bench.rest.unpublish(id);
	}
	assert.equal(new Set(answers).size, 1, answers.join('\n'));
	assert.match(answers[0] ?? '', /"status":401/);
	assert.doesNotMatch(answers[0] ?? '', /roche|x-|password/i);
}

function trigger(path: string, parameters: object): WorkflowNode {
	return {
		name: TRIGGER,
		type: 'n8n-nodes-roche-partners-services.rocheNotificationTrigger',
		typeVersion: 2,
		position: [0, 0],
		parameters: { messageTypes: 'any', options: { path }, ...parameters },
		webhookId: '0d5c1f5e-5f35-4f0e-8a3c-7a0c5d8f3b13',
	};
}

async function published({ rest }: Workbench, name: string, nodes: WorkflowNode[]): Promise<string> {
	const { id } = await rest.createWorkflow(chain(`Notification bodies: ${name}`, nodes));
	await rest.publish(id);
	return id;
}

async function post(url: string, headers: Record<string, string>, body: Buffer | string) {
	// fetch would add a type to a string.
	const response = await fetch(url, { method: 'POST', headers, body: Buffer.from(body as string) });
	const { status } = response;
	return { status, text: await response.text(), challenge: response.headers.get('www-authenticate') };
}

async function newRun({ rest }: Workbench, workflowId: string, before: number): Promise<string> {
	for (const deadline = Date.now() + TIMEOUT; Date.now() < deadline;) {
		const runs = await rest.executions(workflowId);
		const [newest] = runs.toSorted((a, b) => Number(b.id) - Number(a.id));
		if (runs.length > before && newest) return newest.id;
		await sleep(100);
	}
	throw new Error('Nothing has run');
}

/** Returns the object key that the trigger has output. */
async function keyOfRun(bench: Workbench, workflowId: string, before: number): Promise<unknown> {
	const { data } = await bench.rest.finished(await newRun(bench, workflowId, before));
	const [item] = outputItems(data, TRIGGER);
	return (item?.json.MessageReference as { objectKey?: string } | undefined)?.objectKey;
}
