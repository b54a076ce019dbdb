import type { Workflow, WorkflowNode } from '../real-n8n/workflow';
import { CREDENTIAL_TYPE } from './scene';

export interface Credential {
	id: string;
	name: string;
}

type OurNode = 'rocheGetToken' | 'rocheS3Fetch' | 'rocheNotificationAck';

/** What the editor calls our nodes when they are put on the canvas. */
const NAMES: Record<OurNode, string> = {
	rocheGetToken: 'Roche Get Token',
	rocheS3Fetch: 'Roche S3 Fetch',
	rocheNotificationAck: 'Roche Notification ACK',
};

/** A node of n8n's own. */
export function plain(
	name: string,
	type: string,
	typeVersion: number,
	parameters: Record<string, unknown> = {},
): WorkflowNode {
	return { name, type: `n8n-nodes-base.${type}`, typeVersion, position: [0, 0], parameters };
}

/** One of this package's nodes as it is when it is put on the canvas, with the credential chosen. */
export function ours(type: OurNode, credential: Credential): WorkflowNode {
	return {
		name: NAMES[type],
		type: `n8n-nodes-roche-partners-services.${type}`,
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { [CREDENTIAL_TYPE]: credential },
	};
}

/** The step that most workflows end with, with nothing filled in but the address. */
export function httpRequest(name: string, url: string): WorkflowNode {
	return plain(name, 'httpRequest', 4.2, { url, options: {} });
}

export const startByHand = plain('Start', 'manualTrigger', 1);

/** Steps that put out these items. */
export function listOf(items: object[]): WorkflowNode[] {
	return [
		plain('List', 'set', 3.4, { mode: 'raw', jsonOutput: JSON.stringify({ items }), options: {} }),
		plain('Items', 'splitOut', 1, { fieldToSplitOut: 'items', options: {} }),
	];
}

/** Connects each node to the first output of the one before. */
export function chain(name: string, nodes: WorkflowNode[]): Workflow {
	const pairs = nodes.slice(1).map((next, i) => [nodes[i]?.name ?? '', to([next.name])] as const);
	const settings = { executionOrder: 'v1', saveDataSuccessExecution: 'all', saveManualExecutions: true };
	return { name, nodes, connections: Object.fromEntries(pairs), settings, active: false };
}

/** Where each output leads; `Merge:1` is the second input of that node. */
export function to(...outputs: string[][]): object {
	const main = outputs.map((targets) =>
		targets.map((target) => {
			const [node, index = '0'] = target.split(':');
			return { node, type: 'main', index: Number(index) };
		}),
	);
	return { main };
}
