import { setTimeout as sleep } from 'node:timers/promises';
import type { FileRequest, SandboxFile, SandboxState } from '../../sandbox/types';
import type { Workbench } from '../workbench';
import type { Workflow } from '../workflow';
import { CALLER, withNotification } from './workflows';

/** From the last notification to the last acknowledgement, in ms. A few seconds were measured on two cores. */
const ACKNOWLEDGE_TIMEOUT = 120_000;

const POLL_INTERVAL = 250;

/** All bundle sizes named in Roche's guide, and a CDA report. */
const POSTED: FileRequest[] = [
	{ kind: 'bundle', observations: 500, key: 'delivery/clinical-data/bundle-500.json' },
	{ kind: 'bundle', observations: 5_000, key: 'delivery/clinical-data/bundle-5000.json' },
	{ kind: 'bundle', observations: 12_000, key: 'delivery/clinical-data/bundle-12000.json' },
	{ kind: 'cda', key: 'delivery/clinical-report/report.xml' },
];

const BY_HAND: FileRequest = { kind: 'bundle', observations: 500, key: 'delivery/clinical-data/by-hand.json', seed: 7 };

/** A file announced by a notification. */
export interface Announced {
	how: 'by hand' | 'webhook';
	file: SandboxFile;
	messageId: string;
}

/** The outcome for an announced file. */
export interface Delivery extends Announced {
	/** Files that the EMR received under this file's key. */
	received: Array<{ size: number; sha256: string }>;
	/** ISO; unset if Roche received no ACK. */
	acknowledgedAt?: string;
}

/**
 * Runs the template for one notification by hand.
 *
 * @throws Error with n8n's message if the run fails
 */
export async function runByHand({ rest, sandbox }: Workbench, workflow: Workflow): Promise<Announced> {
	const file = await sandbox.addFile(BY_HAND);
	const { notification, operationId } = await sandbox.notify({ objectKey: file.key });
	const saved = await rest.createWorkflow(withNotification(workflow, { ...notification, operationId }));
	const execution = await rest.finished(await rest.run(saved.id, 'Start by hand'));
	if (execution.status !== 'success') {
		const { error, lastNodeExecuted } = execution.data.resultData;
		throw new Error(`The run by hand failed at "${lastNodeExecuted}": ${error?.message ?? execution.status}`);
	}
	return { how: 'by hand', file, messageId: notification.MessageId };
}

/** The workflow with the webhook, and the files announced to it. */
export interface Posted {
	workflowId: string;
	announced: Announced[];
}

/**
 * Activates the template with the webhook and makes Roche's stand-in post a notification for each file.
 *
 * @throws Error if the webhook does not answer 200
 */
export async function postNotifications({ n8n, rest, sandbox }: Workbench, workflow: Workflow): Promise<Posted> {
	const { id } = await rest.createWorkflow(workflow);
	await rest.publish(id);
	const callbackUrl = `${n8n.url}/webhook/roche-notification`;
	const announced: Announced[] = [];
	for (const request of POSTED) {
		const file = await sandbox.addFile(request);
		const { notification, callbackStatus, callbackError } = await sandbox.notify({
			objectKey: file.key,
			callbackUrl,
			callbackAuth: CALLER,
		});
		if (callbackStatus !== 200) {
			throw new Error(
				`The webhook answered ${callbackStatus ?? callbackError} to the notification for ${file.key}; expected 200.`,
			);
		}
		announced.push({ how: 'webhook', file, messageId: notification.MessageId });
	}
	return { workflowId: id, announced };
}

/** Waits until every message is acknowledged, a run has failed, or the time is up. @returns the outcome for each file */
export async function followUp(bench: Workbench, byHand: Announced, posted: Posted): Promise<Delivery[]> {
	const announced = [byHand, ...posted.announced];
	const deadline = Date.now() + ACKNOWLEDGE_TIMEOUT;
	let state = await bench.sandbox.state();
	while (announced.some((one) => acknowledgedAt(state, one) === undefined)) {
		if (Date.now() > deadline || (await failedRuns(bench, posted)).length > 0) break;
		await sleep(POLL_INTERVAL);
		state = await bench.sandbox.state();
	}
	const received = await bench.sandbox.emr();
	return announced.map((one) => ({
		...one,
		received: received.filter(({ name }) => name === one.file.key),
		acknowledgedAt: acknowledgedAt(state, one),
	}));
}

/** Returns n8n's error for each failed run of the webhook's workflow. */
export async function failedRuns({ rest }: Workbench, { workflowId }: Posted): Promise<string[]> {
	const runs = await rest.executions(workflowId);
	const failed = runs.filter(({ status }) => ['error', 'crashed', 'canceled'].includes(status));
	const executions = await Promise.all(failed.map(async ({ id }) => await rest.execution(id)));
	return executions.map(({ id, status, data }) => {
		const { error, lastNodeExecuted } = data.resultData;
		return `Run ${id} failed at "${lastNodeExecuted ?? 'its start'}": ${error?.message ?? status}`;
	});
}

function acknowledgedAt({ messages }: SandboxState, { messageId }: Announced): string | undefined {
	return messages.find((message) => message.messageId === messageId && message.acknowledged)?.acknowledgedAt;
}

/** Returns the problems of a delivery; empty if there are none. */
export function problemsOf({ file, received, acknowledgedAt: at }: Delivery): string[] {
	const problems: string[] = [];
	if (received.length !== 1)
		problems.push(`${file.key}: the EMR received it ${received.length} times; expected: once.`);
	if (received.some(({ sha256 }) => sha256 !== file.sha256)) {
		problems.push(`${file.key}: the file that the EMR received differs from the one in S3 (sha256).`);
	}
	if (at === undefined) problems.push(`${file.key}: not acknowledged.`);
	return problems;
}
