import type { Workflow, WorkflowNode } from '../real-n8n/workflow';
import { CREDENTIAL_TYPE } from './scene';

export interface Credential {
	id: string;
	name: string;
}

type OurNode = 'rocheGetToken' | 'rocheS3Fetch' | 'rocheNotificationAck';

/** Names that the editor gives new nodes of this package. */
const NAMES: Record<OurNode, string> = {
	rocheGetToken: 'Roche Get Token',
	rocheS3Fetch: 'Roche S3 Fetch',
	rocheNotificationAck: 'Roche Notification ACK',
};

/** Returns one of n8n's own nodes. */
export function plain(
	name: string,
	type: string,
	typeVersion: number,
	parameters: Record<string, unknown> = {},
): WorkflowNode {
	return { name, type: `n8n-nodes-base.${type}`, typeVersion, position: [0, 0], parameters };
}

/** Returns a node of this package as the editor creates it, with the credential selected. */
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

/** Returns the delivery step of most workflows: an HTTP Request in which only the URL is set. */
export function httpRequest(name: string, url: string): WorkflowNode {
	return plain(name, 'httpRequest', 4.2, { url, options: {} });
}

export const startByHand = plain('Start', 'manualTrigger', 1);

/** Returns steps that output these items. */
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

/** Returns a node's connections: the targets of each output. `Merge:1` is the second input of the node "Merge". */
export function to(...outputs: string[][]): object {
	const main = outputs.map((targets) =>
		targets.map((target) => {
			const [node, index = '0'] = target.split(':');
			return { node, type: 'main', index: Number(index) };
		}),
	);
	return { main };
}
