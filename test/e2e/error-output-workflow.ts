import type { Workflow, WorkflowNode } from '../real-n8n/workflow';
import { CREDENTIAL_TYPE } from './scene';

/** One of this package's nodes in a workflow of a test. */
export interface Step {
	node: 'rocheGetToken' | 'rocheS3Fetch' | 'rocheNotificationAck';
	onError: 'continueErrorOutput' | 'continueRegularOutput';
	credential: { id: string; name: string };
}

/**
 * A workflow that starts by hand, makes the given items, and sends them through nodes of this package, each connected to
 * the first output of the one before. A node's name is its type.
 */
export function chainOf(name: string, items: object[], steps: Step[]): Workflow {
	const nodes: WorkflowNode[] = [
		plain('Start', 'n8n-nodes-base.manualTrigger', 1, {}),
		plain('List', 'n8n-nodes-base.set', 3.4, { mode: 'raw', jsonOutput: JSON.stringify({ items }), options: {} }),
		plain('Items', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'items', options: {} }),
		...steps.map(ours),
	];
	const pairs = nodes.slice(1).map(({ name: next }, i) => {
		const connection = { main: [[{ node: next, type: 'main', index: 0 }]] };
		return [nodes[i]?.name ?? '', connection] as const;
	});
	return { name, nodes, connections: Object.fromEntries(pairs), settings: { executionOrder: 'v1' }, active: false };
}

function plain(name: string, type: string, typeVersion: number, parameters: Record<string, unknown>): WorkflowNode {
	return { name, type, typeVersion, position: [0, 0], parameters };
}

function ours({ node, onError, credential }: Step): WorkflowNode {
	const type = `n8n-nodes-roche-partners-services.${node}`;
	return { ...plain(node, type, 1, {}), onError, credentials: { [CREDENTIAL_TYPE]: credential } };
}
