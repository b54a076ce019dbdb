import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './paths';

export interface WorkflowNode {
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
	onError?: string;
	[more: string]: unknown;
}

/** A workflow as n8n exports it. */
export interface Workflow {
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings: Record<string, unknown>;
	[more: string]: unknown;
}

/** Prefix of this package's node types when it is installed as a community package. */
const OUR_NODES = 'n8n-nodes-roche-partners-services.';

/** Reads a file of `templates/`. */
export async function readTemplate(file: string): Promise<Workflow> {
	return JSON.parse(await readFile(join(ROOT, 'templates', file), 'utf8')) as Workflow;
}

type CredentialType = 'rochePartnersServicesApi' | 'rocheNotificationWebhookApi';

/** The trigger checks its callers with the webhook credential, and the sandbox node sends it to Roche. All other nodes need only Roche's. */
const TAKES: Record<string, CredentialType[]> = {
	rocheNotificationTrigger: ['rocheNotificationWebhookApi'],
	rocheSandboxNotification: ['rochePartnersServicesApi', 'rocheNotificationWebhookApi'],
};

/** Selects a credential in every node of this package that uses its type, as a user does after importing a template. */
export function withCredential(
	workflow: Workflow,
	type: CredentialType,
	credential: { id: string; name: string },
): Workflow {
	const { id, name } = credential;
	const takesIt = (node: WorkflowNode): boolean => {
		if (!node.type.startsWith(OUR_NODES)) return false;
		return (TAKES[node.type.slice(OUR_NODES.length)] ?? ['rochePartnersServicesApi']).includes(type);
	};
	return mapNodes(workflow, (node) =>
		takesIt(node) ? { ...node, credentials: { ...node.credentials, [type]: { id, name } } } : node,
	);
}

/**
 * Changes one node, but not its connections.
 *
 * @throws Error if the node does not exist
 */
export function withNode(workflow: Workflow, name: string, change: Partial<WorkflowNode>): Workflow {
	if (!workflow.nodes.some((node) => node.name === name)) {
		throw new Error(`"${workflow.name}" has no node "${name}".`);
	}
	return mapNodes(workflow, (node) => (node.name === name ? { ...node, ...change } : node));
}

/** Makes n8n save the data of every run, for tests that read it. */
export function withSavedRuns(workflow: Workflow): Workflow {
	const saved = { saveDataSuccessExecution: 'all', saveDataErrorExecution: 'all', saveManualExecutions: true };
	return { ...workflow, settings: { ...workflow.settings, ...saved } };
}

function mapNodes(workflow: Workflow, change: (node: WorkflowNode) => WorkflowNode): Workflow {
	return { ...workflow, nodes: workflow.nodes.map(change) };
}
