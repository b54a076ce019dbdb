import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CALLER } from '../real-n8n/demo/workflows';
import type { BinaryReference } from '../real-n8n/execution-data';
import { ROOT } from '../real-n8n/paths';
import type { Execution } from '../real-n8n/rest-client';
import type { Workbench } from '../real-n8n/workbench';
import { withNode, withSavedRuns, type Workflow } from '../real-n8n/workflow';
import type { FileRequest, NotifyResult, SandboxFile, SandboxMessage } from '../sandbox/types';

export const CREDENTIAL_TYPE = 'rochePartnersServicesApi';

export const WEBHOOK_CREDENTIAL_TYPE = 'rocheNotificationWebhookApi';

/** From a notification to the run that it starts, in ms. A few tenths of a second were measured on two cores. */
const BEGIN_TIMEOUT = 30_000;

const POLL_INTERVAL = 200;

/** A file in S3 and its notification. */
export interface Announcement extends NotifyResult {
	file: SandboxFile;
}

/** Puts a file into S3 and creates its notification, which is not posted. */
export async function announce({ sandbox }: Workbench, request: FileRequest): Promise<Announcement> {
	const file = await sandbox.addFile(request);
	return { file, ...(await sandbox.notify({ objectKey: file.key })) };
}

/** Returns the notification as an item of a workflow. */
export function itemOf({ notification, operationId }: NotifyResult): Record<string, unknown> {
	return { ...notification, operationId };
}

/** Returns the state of a message at Roche. */
export async function messageAtRoche(bench: Workbench, { notification }: NotifyResult): Promise<SandboxMessage> {
	const { messages } = await bench.sandbox.state();
	const message = messages.find(({ messageId }) => messageId === notification.MessageId);
	if (message === undefined) throw new Error(`The sandbox does not know message ${notification.MessageId}.`);
	return message;
}

/** Posts a file's notification to a published webhook and waits for the end of the run that it starts. */
export async function runByWebhook(
	bench: Workbench,
	workflowId: string,
	key: string,
	path = 'roche-notification',
): Promise<[NotifyResult, Execution]> {
	const callbackUrl = `${bench.n8n.url}/webhook/${path}`;
	let sent: NotifyResult | undefined;
	const execution = await nextRun(bench, workflowId, async () => {
		sent = await bench.sandbox.notify({ objectKey: key, callbackUrl, callbackAuth: CALLER });
		if (sent.callbackStatus !== 200)
			throw new Error(`The webhook answered ${sent.callbackStatus ?? sent.callbackError}.`);
	});
	if (sent === undefined) throw new Error('No notification was sent.');
	return [sent, execution];
}

/** Calls `begin` and waits for the end of the run that it starts through a webhook. The workflow's schedule may start others meanwhile. */
export async function nextRun({ rest }: Workbench, workflowId: string, begin: () => Promise<void>): Promise<Execution> {
	const runs = async () => (await rest.executions(workflowId)).filter(({ mode }) => mode === 'webhook');
	const before = new Set((await runs()).map(({ id }) => id));
	await begin();
	const deadline = Date.now() + BEGIN_TIMEOUT;
	for (;;) {
		const begun = (await runs()).find(({ id }) => !before.has(id));
		if (begun !== undefined) return await rest.finished(begun.id);
		if (Date.now() > deadline) throw new Error(`No run has started within ${BEGIN_TIMEOUT} ms.`);
		await sleep(POLL_INTERVAL);
	}
}

/** The step that calls the delivery workflow. */
export const CALL = 'Deliver the file';

/** Selects the delivery workflow in the template that calls one. */
export function withDelivery(template: Workflow, id: string): Workflow {
	const call = template.nodes.find(({ name }) => name === CALL);
	const workflowId = { __rl: true, mode: 'list', value: id, cachedResultName: 'The delivery' };
	return withNode(template, CALL, { parameters: { ...call?.parameters, workflowId } });
}

/** Enters a folder in the step "Settings" of a template. */
export function withFolder(template: Workflow, folder: string): Workflow {
	const settings = template.nodes.find(({ name }) => name === 'Settings');
	const text = JSON.stringify(settings?.parameters).replace('/replace/this/folder', () => folder);
	return withNode(template, 'Settings', { parameters: JSON.parse(text) as Record<string, unknown> });
}

/** Posts a notification of a new file to a published workflow, and waits for the end of the run. */
export type Run = (request: FileRequest) => Promise<[NotifyResult, Execution, sha256: string]>;

/** Publishes a workflow while the work runs. */
export async function published<T>(
	bench: Workbench,
	workflow: Workflow,
	work: (run: Run) => Promise<T>,
	path: string,
): Promise<T> {
	const { id } = await bench.rest.createWorkflow(withSavedRuns(workflow));
	await bench.rest.publish(id);
	try {
		return await work(async (request) => {
			const file = await bench.sandbox.addFile(request);
			return [...(await runByWebhook(bench, id, file.key, path)), file.sha256];
		});
	} finally {
		await bench.rest.unpublish(id);
	}
}

/** Makes the stand-in EMR refuse all files while the work runs. */
export async function refusing({ sandbox }: Workbench, work: () => Promise<void>): Promise<void> {
	await sandbox.settings({ emrStatus: 503 });
	try {
		await work();
	} finally {
		await sandbox.settings({ emrStatus: null });
	}
}

/** Saves a workflow, runs it by hand and waits for its end. */
export async function runByHand({ rest }: Workbench, workflow: Workflow): Promise<Execution> {
	const { id } = await rest.createWorkflow(workflow);
	const trigger = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger');
	return await rest.finished(await rest.run(id, trigger?.name ?? ''), id);
}

/** Returns the file that an item refers to. By default n8n 1.x keeps it in the item itself. */
export async function binaryContent({ rest }: Workbench, reference: BinaryReference | undefined): Promise<Buffer> {
	if (reference === undefined) throw new Error('The item has no file.');
	return reference.id === undefined ? Buffer.from(reference.data, 'base64') : await rest.binary(reference.id);
}

/** A node's type and categories, from the package's files. */
export interface PackageNode {
	/** n8n's name, such as `n8n-nodes-roche-partners-services.rocheGetToken`. */
	type: string;
	categories: string[];
}

/** Returns the nodes named in package.json. */
export async function packageNodes(): Promise<PackageNode[]> {
	const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { n8n: { nodes: string[] } };
	const codexFiles = manifest.n8n.nodes.map((path) => path.replace(/^dist\//, '').replace(/\.js$/, '.json'));
	return await Promise.all(
		codexFiles.map(async (path) => {
			const codex: unknown = JSON.parse(await readFile(join(ROOT, path), 'utf8'));
			const { node, categories } = codex as { node: string; categories: string[] };
			return { type: node, categories };
		}),
	);
}
