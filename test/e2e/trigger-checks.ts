import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { outputItems } from '../real-n8n/execution-data';
import type { Secret } from '../real-n8n/secret-forms';
import type { Workbench } from '../real-n8n/workbench';
import type { Workflow } from '../real-n8n/workflow';
import { fetch } from '../sandbox/fetch';
import type { Checks } from './checks';
import { WEBHOOK_CREDENTIAL_TYPE } from './scene';

const TRIGGER = 'Roche Notification Trigger';

/** Time in which a run that must not start would be in n8n's list, in ms. It normally takes a tenth of that. */
const RUN_APPEARS = 2_000;

/** Timeout for a run to appear there, in ms. */
const TIMEOUT = 30_000;

const BASIC = { authentication: 'basicAuth', user: 'roche', password: 'pä:ss wörd' };
const HEADER = { authentication: 'headerAuth', headerName: 'X-Webhook-Key', headerValue: 'the-value-of-the-header' };

/** The callers' secrets, which n8n must not store in plain text. */
export const TRIGGER_SECRETS: readonly Secret[] = [
	{ name: "password of the trigger's caller", value: BASIC.password },
	{ name: "Authorization of the trigger's caller", value: encoded(`${BASIC.user}:${BASIC.password}`) },
	{ name: "header of the trigger's caller", value: HEADER.headerValue },
];

const NOTIFICATION = {
	EmrOid: '2.16.724.4.2',
	MessageId: 'e6950ef2-3c66-4d00-9aba-205fde0d3199',
	MessageType: 'Clinical Report',
	MessageCreatedAt: '1603778420307',
	MessageReference: {
		accesspoint: 'arn:aws:s3:us-east-1:019364481091:accesspoint/2291405',
		objectKey: 'delivery/2291405/cda/xxx.xml',
	},
	MessageReceiptHandle: 'AQEB+/marker=',
};

/** A caller's request. */
interface Call {
	body?: string;
	headers?: Record<string, string>;
}

/** A refused request and the expected answer. */
interface Refusal extends Call {
	what: string;
	status: number;
	/** Field named in the answer. */
	field?: string;
}

function encoded(text: string): string {
	return Buffer.from(text).toString('base64');
}

const basic = (text: string): Record<string, string> => ({ authorization: `Basic ${encoded(text)}` });

const RIGHT = basic(`${BASIC.user}:${BASIC.password}`);

/** With a JSON content type n8n itself would answer 422 to invalid JSON, without calling the node. */
const OCTETS = { 'content-type': 'application/octet-stream' };

const without = (field: string): string => JSON.stringify({ ...NOTIFICATION, [field]: undefined });

const REFUSALS: Refusal[] = [
	{ what: 'no credentials', status: 401 },
	{ what: 'a wrong password', status: 401, headers: basic('roche:wrong') },
	{
		what: 'wrong credentials and a broken body',
		status: 401,
		headers: { ...basic('roche:wrong'), ...OCTETS },
		body: '{',
	},
	{ what: 'a broken body', status: 400, headers: { ...RIGHT, ...OCTETS }, body: '{"EmrOid":' },
	{ what: 'no body', status: 400, headers: RIGHT, body: '' },
	...['EmrOid', 'MessageId', 'MessageType', 'MessageReference', 'MessageReceiptHandle'].map((field) => {
		return { what: `no ${field}`, status: 400, field, headers: RIGHT, body: without(field) };
	}),
	{
		what: 'an R5 subscription notification',
		status: 422,
		headers: { ...RIGHT, 'content-type': 'application/fhir+json' },
		body: '{"resourceType":"Bundle","type":"subscription-notification"}',
	},
	{ what: 'a body of 300 KB', status: 413, headers: RIGHT, body: JSON.stringify({ a: 'x'.repeat(300_000) }) },
	{
		what: 'another organization',
		status: 403,
		field: 'EmrOid',
		headers: RIGHT,
		body: JSON.stringify({ ...NOTIFICATION, EmrOid: '1.2.3' }),
	},
];

/** Checks the trigger's answers to Roche, and that only valid notifications start the workflow. */
export async function checkTrigger(checks: Checks, bench: Workbench): Promise<void> {
	const { rest } = bench;
	const first = await publish(bench, 'trigger-checks/basic', BASIC, {
		messageTypes: 'any',
		options: { orgIds: `9.9, ${NOTIFICATION.EmrOid}` },
	});
	for (const refusal of REFUSALS) {
		await checks.check(`the trigger answers ${refusal.status} to ${refusal.what}`, async () => {
			await assertRefused(first.url, refusal);
		});
	}
	await checks.check('no refused request has started a run', async () => {
		await sleep(RUN_APPEARS);
		assert.deepEqual(await rest.executions(first.id), []);
	});
	await checks.check('the trigger accepts a notification at once and outputs it as it was sent', async () => {
		await assertAccepted(bench, first, RIGHT);
	});
	await checks.check(
		'the trigger accepts a secret header, ignores other message types, and has a random URL without a path option',
		async () => {
			const second = await publish(bench, undefined, HEADER, { messageTypes: 'Clinical Data', options: {} });
			const headers = { 'x-webhook-key': HEADER.headerValue };
			await assertRefused(second.url, { what: 'a wrong header', status: 401, headers: { 'x-webhook-key': 'wrong' } });
			const ignored = await post(second.url, { headers });
			assert.deepEqual([ignored.status, ignored.body.status], [200, 'ignored']);
			await sleep(RUN_APPEARS);
			assert.deepEqual(await rest.executions(second.id), []);
			const body = JSON.stringify({ ...NOTIFICATION, MessageType: 'Clinical Data' });
			assert.deepEqual((await post(second.url, { headers, body })).body, { status: 'accepted' });
		},
	);
}

interface Published {
	id: string;
	url: string;
}

/** @param path - undefined: the trigger's random path */
async function publish(
	{ rest, n8n }: Workbench,
	path: string | undefined,
	credentialData: object,
	parameters: { messageTypes: string; options: object },
): Promise<Published> {
	const webhookId = '0d5c1f5e-5f35-4f0e-8a3c-7a0c5d8f3b11';
	const credential = await rest.createCredential('Roche may call', WEBHOOK_CREDENTIAL_TYPE, credentialData);
	const workflow: Workflow = {
		name: `Trigger at ${path ?? 'a random address'}`,
		nodes: [
			{
				name: TRIGGER,
				type: 'n8n-nodes-roche-partners-services.rocheNotificationTrigger',
				typeVersion: 2,
				position: [0, 0],
				parameters: { ...parameters, options: { ...parameters.options, ...(path !== undefined && { path }) } },
				credentials: { [WEBHOOK_CREDENTIAL_TYPE]: credential },
				webhookId,
			},
		],
		connections: {},
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
		active: false,
	};
	const { id } = await rest.createWorkflow(workflow);
	await rest.publish(id);
	return { id, url: `${n8n.url}/webhook/${path ?? `${webhookId}/roche-notification`}` };
}

async function post(url: string, { headers, body }: Call): Promise<{ status: number; body: Record<string, unknown> }> {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body: body ?? JSON.stringify(NOTIFICATION),
	});
	return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function assertRefused(url: string, refusal: Refusal): Promise<void> {
	const { status, body } = await post(url, refusal);
	assert.equal(status, refusal.status, JSON.stringify(body));
	assert.equal(body.status, 'error');
	assert.equal(body.field, refusal.field);
	assert.ok(
		typeof body.error === 'string' && body.error.includes(refusal.field ?? ''),
		'The error does not name the field',
	);
	for (const secret of [BASIC.password, HEADER.headerValue, 'marker'])
		assert.ok(!JSON.stringify(body).includes(secret));
}

async function assertAccepted(
	{ rest }: Workbench,
	{ id, url }: Published,
	headers: Record<string, string>,
): Promise<void> {
	const operationId = 'fa81ac49-a481-44da-836c-a8f8cc5c9f4e';
	const { status, body } = await post(url, { headers: { ...headers, 'x-operation-id': operationId } });
	assert.deepEqual([status, body], [200, { status: 'accepted' }]);
	const run = await rest.until(TIMEOUT, 'the run', async () => (await rest.executions(id))[0]);
	const { data } = await rest.finished(run.id);
	assert.equal((await rest.executions(id)).length, 1);
	const [item] = outputItems(data, TRIGGER);
	const { receivedAt, ...sent } = item?.json ?? {};
	assert.deepEqual(sent, { ...NOTIFICATION, operationId });
	assert.ok(Math.abs(Date.now() - Date.parse(String(receivedAt))) < 60_000);
}
