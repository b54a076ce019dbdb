import { type FilledIn, HAND_OFF } from '../real-n8n/demo/workflows';
import type { Workflow, WorkflowNode } from '../real-n8n/workflow';
import { realMinutes, type Scenario } from './scenario';

/** Prefix of the files that the EMR receives from the template without an inbox. */
export const WITHOUT_INBOX = 'without-inbox/';

/** The workflows in n8n: the templates of the inbox and, for comparison, the webhook template. */
export interface Workflows {
	receive: Workflow;
	forward: Workflow;
	watch: Workflow;
	webhook: Workflow;
}

const INBOX = /\.rocheInbox$/;
/** Pauses and leases of the templates for the faster clock. A lease must still be longer than a run takes. */
const RELEASE = { pause: 1, longestPause: 8 };
const LEASE = { lease: 45 };
/** Interval of the schedules. Not shorter: each run takes n8n a tenth of a second, however fast Roche's clock runs. */
const EVERY_SECONDS = 6;

/** Returns the templates as filled in by an analyst, with this machine's inbox folder and times that suit the faster clock. */
export async function workflows(
	{ fillIn }: FilledIn,
	folder: string,
	scenario: Scenario,
	controlUrl: string,
): Promise<Workflows> {
	const inbox = async (file: string): Promise<Workflow> =>
		unsaved(mapNodes(await fillIn(file), (node) => sooner(inFolder(node, folder), scenario)));
	return {
		receive: await inbox('roche-inbox-receive.json'),
		forward: await inbox('roche-inbox-forward.json'),
		watch: await inbox('roche-inbox-watch.json'),
		webhook: unsaved(
			mapNodes(await fillIn('roche-notification-webhook.json'), (node) => toItsOwnPlace(node, controlUrl)),
		),
	};
}

/** Sets the inbox folder if the node is one of the inbox. */
export function inFolder(node: WorkflowNode, folder: string): WorkflowNode {
	return INBOX.test(node.type) ? { ...node, parameters: { ...node.parameters, folder } } : node;
}

function sooner(node: WorkflowNode, scenario: Scenario): WorkflowNode {
	if (node.type === 'n8n-nodes-base.scheduleTrigger') {
		if (node.name === 'Every morning') return node;
		return { ...node, parameters: { rule: { interval: [{ field: 'seconds', secondsInterval: EVERY_SECONDS }] } } };
	}
	if (!INBOX.test(node.type)) return node;
	const { operation } = node.parameters;
	const minutes = (of: number): number => realMinutes(scenario, of);
	const options = {
		claim: { ...LEASE, ...(node.parameters.resource === 'notification' && { window: minutes(90) }) },
		keep: LEASE,
		release: RELEASE,
		report: { acknowledgeWithin: minutes(45), deliverWithin: minutes(60), window: minutes(90), freeMegabytes: 0 },
	}[String(operation)];
	return options ? { ...node, parameters: { ...node.parameters, options } } : node;
}

function toItsOwnPlace(node: WorkflowNode, controlUrl: string): WorkflowNode {
	if (node.name !== HAND_OFF) return node;
	const url = `=${controlUrl}/emr?name=${encodeURIComponent(WITHOUT_INBOX)}{{ encodeURIComponent($json.file.key) }}`;
	return { ...node, parameters: { ...node.parameters, url } };
}

/** Restores the templates' own settings for saved runs: thousands of runs are not saved. */
function unsaved(workflow: Workflow): Workflow {
	const settings = { saveDataSuccessExecution: 'none', saveManualExecutions: false };
	return { ...workflow, settings: { ...workflow.settings, ...settings } };
}

export function mapNodes(workflow: Workflow, change: (node: WorkflowNode) => WorkflowNode): Workflow {
	return { ...workflow, nodes: workflow.nodes.map(change) };
}
