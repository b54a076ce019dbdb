import { freshCredential } from '../../sandbox/fresh-credential';
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import type { Checks } from '../../e2e/checks';
import {
	announce,
	CREDENTIAL_TYPE,
	itemOf,
	messageAtRoche,
	runByHand,
	runByWebhook,
	withDelivery,
	withFolder,
} from '../../e2e/scene';
import { type FilledIn, HAND_OFF, withNotification } from '../../real-n8n/demo/workflows';
import type { N8nLine } from '../../real-n8n/install';
import type { Execution } from '../../real-n8n/rest-client';
import type { Workbench } from '../../real-n8n/workbench';
import { withCredential, withNode, type Workflow } from '../../real-n8n/workflow';
import type { FaultSpec, NotifyResult } from '../../sandbox/types';

const TOKEN = 'Roche Get Token';
const FETCH = 'Roche S3 Fetch';

/** More than all attempts. */
const ALWAYS = 1_000;

/** A cause that makes a template fail, and its fix. */
interface Cause {
	/** The step at which the run fails and which n8n's Retry repeats. */
	step: string;
	make: (bench: Workbench, key: string) => Promise<void>;
}

const CAUSES: Record<string, Cause> = {
	'Roche refuses the client': {
		step: TOKEN,
		make: async ({ sandbox }) => await refuse(sandbox, { target: 'token', fault: { kind: 'status', status: 401 } }),
	},
	'S3 refuses the file': {
		step: FETCH,
		make: async ({ sandbox }, key) => await refuse(sandbox, { target: 's3', match: key, fault: denied }),
	},
	'S3 refuses the file until the token has expired': {
		step: FETCH,
		make: async ({ sandbox }, key) => {
			await sandbox.settings({ tokenLifetimeSeconds: 1 });
			await refuse(sandbox, { target: 's3', match: key, fault: denied });
		},
	},
	'the hospital’s system is down': {
		step: HAND_OFF,
		make: async ({ sandbox }) => {
			await sandbox.settings({ emrStatus: 503 });
		},
	},
};

const denied: FaultSpec['fault'] = { kind: 'status', status: 403, body: '<Error><Code>AccessDenied</Code></Error>' };

async function refuse(sandbox: Workbench['sandbox'], spec: FaultSpec): Promise<void> {
	await sandbox.fault({ ...spec, times: ALWAYS });
}

async function mend({ sandbox }: Workbench): Promise<void> {
	await sandbox.clearFaults();
	await sandbox.settings({ emrStatus: null, tokenLifetimeSeconds: 3600 });
}

/**
 * Checks n8n's "Retry" of failed template runs after the cause is fixed: the run ends at the failed step, so a retry fetches the file,
 * delivers it and acknowledges.
 */
export async function checkRetries(checks: Checks, bench: Workbench, filledIn: FilledIn, line: N8nLine): Promise<void> {
	const webhooks = {
		'roche-notification-webhook.json': 'roche-notification',
		'roche-cda-to-folder.json': 'roche-cda-to-folder',
		// The others need n8n 2.x.
		...(line === '2' && {
			'roche-handle-once.json': 'roche-notification-once',
			'roche-deliver-then-acknowledge.json': 'roche-deliver-then-acknowledge',
		}),
	};
	for (const [file, path] of Object.entries(webhooks)) {
		for (const [what, cause] of Object.entries(CAUSES)) {
			// Its hand-off writes to a folder.
			if (file === 'roche-cda-to-folder.json' && cause.step === HAND_OFF) continue;
			await checks.check(`${file}: ${what}, then Retry: fetched, handed on, acknowledged`, async () => {
				await byWebhook(bench, await prepared(bench, filledIn, file), path, cause);
			});
		}
	}
	for (const [what, cause] of Object.entries(CAUSES)) {
		await checks.check(`roche-fetch-one-notification.json: ${what}, then Retry`, async () => {
			await byHand(bench, filledIn, cause);
		});
	}
	await checks.check(
		'roche-backlog.json: one file is refused, then Retry: fetched and handed on, and no other again',
		async () => {
			await backlog(bench, filledIn);
		},
	);
}

/** Returns the template with a new credential, for which no token is cached, and with a receiver for the file. */
async function prepared(bench: Workbench, filledIn: FilledIn, file: string): Promise<Workflow> {
	const template = await withFreshCredential(bench, await filledIn.fillIn(file));
	if (file === 'roche-cda-to-folder.json') {
		await mkdir(folderOf(bench), { recursive: true });
		return withFolder(template, folderOf(bench));
	}
	if (file !== 'roche-deliver-then-acknowledge.json') return template;
	const { id } = await bench.rest.createWorkflow(await filledIn.fillIn('roche-deliver.json'));
	await bench.rest.publish(id);
	return withDelivery(template, id);
}

let fresh = 0;

async function withFreshCredential({ rest, sandbox }: Workbench, workflow: Workflow): Promise<Workflow> {
	fresh += 1;
	const { credential } = sandbox.info;
	const data = freshCredential(credential);
	return withCredential(
		workflow,
		CREDENTIAL_TYPE,
		await rest.createCredential(`Roche ${fresh}`, CREDENTIAL_TYPE, data),
	);
}

async function byWebhook(bench: Workbench, workflow: Workflow, path: string, cause: Cause): Promise<void> {
	const { id } = await bench.rest.createWorkflow(workflow);
	await bench.rest.publish(id);
	try {
		const key = `delivery/retry/${path}-${fresh}.xml`;
		const { sha256 } = await bench.sandbox.addFile({ kind: 'cda', key, seed: fresh });
		await cause.make(bench, key);
		const [sent, failed] = await runByWebhook(bench, id, key, path);
		await mend(bench);
		const step = path === 'roche-deliver-then-acknowledge' && cause.step === HAND_OFF ? 'Deliver the file' : cause.step;
		await retried(bench, sent, failed, step);
		const report = join(folderOf(bench), `${sent.notification.MessageId}.xml`);
		const got = path === 'roche-cda-to-folder' ? [hash(await readFile(report))] : await received(bench, key);
		assert.deepEqual(got, [sha256], 'What the hospital has');
	} finally {
		await mend(bench);
		await bench.rest.unpublish(id);
	}
}

async function byHand(bench: Workbench, filledIn: FilledIn, cause: Cause): Promise<void> {
	const template = await withFreshCredential(bench, filledIn.byHand);
	const sent = await announce(bench, { kind: 'cda', key: `delivery/retry/by-hand-${fresh}.xml`, seed: fresh });
	try {
		await cause.make(bench, sent.file.key);
		const failed = await runByHand(bench, withNotification(template, itemOf(sent)));
		await mend(bench);
		await retried(bench, sent, failed, cause.step);
		assert.deepEqual(await received(bench, sent.file.key), [sent.file.sha256]);
	} finally {
		await mend(bench);
	}
}

async function backlog(bench: Workbench, filledIn: FilledIn): Promise<void> {
	const { sandbox } = bench;
	const template = await withFreshCredential(bench, await filledIn.fillIn('roche-backlog.json'));
	const keys = ['first', 'refused', 'third'].map((name) => `delivery/retry/backlog-${name}.xml`);
	const files = [];
	for (const key of keys) files.push(await sandbox.addFile({ kind: 'cda', key, seed: files.length }));
	const list = { accessPoint: sandbox.info.accessPoint, objectKeys: keys };
	const parameters = { mode: 'raw', jsonOutput: JSON.stringify(list), options: {} };
	try {
		await refuse(sandbox, { target: 's3', match: 'backlog-refused', fault: denied });
		const failed = await runByHand(bench, withNode(template, 'Paste the files here', { parameters }));
		assert.deepEqual([failed.status, failed.data.resultData.lastNodeExecuted], ['error', 'Fetch them again']);
		await mend(bench);
		const { status } = await bench.rest.retry(failed.id);
		assert.equal(status, 'success');
		for (const { key, sha256 } of files) assert.deepEqual(await received(bench, key), [sha256], key);
	} finally {
		await mend(bench);
	}
}

/** @throws AssertionError unless the run failed at the step without an acknowledgement, and Retry completes it */
async function retried(bench: Workbench, sent: NotifyResult, failed: Execution, step: string): Promise<void> {
	assert.deepEqual([failed.status, failed.data.resultData.lastNodeExecuted], ['error', step]);
	assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
	const { status, data } = await bench.rest.retry(failed.id);
	assert.equal(status, 'success', data.resultData.error?.message);
	assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
}

/** Returns the SHA-256 of each delivery of a file to the stand-in EMR. */
async function received({ sandbox }: Workbench, key: string): Promise<string[]> {
	return (await sandbox.emr()).filter(({ name }) => name === key).map(({ sha256 }) => sha256);
}

/** The folder to which n8n 2.x lets workflows write by default. */
function folderOf({ n8n }: Workbench): string {
	return join(n8n.userFolder, '.n8n-files');
}

function hash(bytes: Buffer): string {
	return createHash('sha256').update(bytes).digest('hex');
}
