import type { SandboxInfo } from '../sandbox/types';
import { chain, httpRequest, ours, plain, startByHand } from '../e2e/chains';
import type { Workflow, WorkflowNode } from '../real-n8n/workflow';
import type { Credentials } from './scene';

const TRIGGER_TYPE = 'n8n-nodes-roche-partners-services.rocheNotificationTrigger';

function webhook(path: string): WorkflowNode {
	return { ...plain('Webhook', 'webhook', 2.1, { httpMethod: 'POST', path, options: {} }), webhookId: path };
}

function ourTrigger(path: string): WorkflowNode {
	const parameters = { authentication: 'none', options: { path } };
	const position: [number, number] = [0, 0];
	return { name: 'Trigger', type: TRIGGER_TYPE, typeVersion: 2, position, parameters, webhookId: path };
}

const idle = ['Nothing 1', 'Nothing 2', 'Nothing 3'].map((name) => plain(name, 'noOp', 1));

function ourNodes({ roche }: Credentials): WorkflowNode[] {
	return [ours('rocheGetToken', roche), ours('rocheS3Fetch', roche), ours('rocheNotificationAck', roche)];
}

/** Returns the three calls with n8n's own nodes. @param sent expression for the notification's fields @param headers expression for the operation id */
function builtIn(info: SandboxInfo, { ssl }: Credentials, sent: string, headers: string): WorkflowNode[] {
	const { orgId, clientId, clientSecret } = info.credential;
	const own = Object.entries({ org_id: orgId, client_id: clientId, client_secret: clientSecret });
	const post = (name: string, path: string, more: Record<string, string>): WorkflowNode => ({
		...httpRequest(name, `${info.apiBaseUrl}${path}`),
		parameters: {
			method: 'POST',
			url: `${info.apiBaseUrl}${path}`,
			sendHeaders: true,
			headerParameters: {
				parameters: [...own, ...Object.entries(more)].map(([header, value]) => ({ name: header, value })),
			},
			provideSslCertificates: true,
			options: {},
		},
		credentials: { httpSslAuth: ssl },
	});
	return [
		post('Get Token', 'v1/token', {}),
		plainGet('Fetch', `={{ ${sent}.MessageReference.presignedUrl }}`),
		post('ACK', 'v1/notification/ack', {
			receiptHandle: `={{ ${sent}.MessageReceiptHandle }}`,
			'x-operation-id': `={{ ${headers} }}`,
		}),
	];
}

function plainGet(name: string, url: string): WorkflowNode {
	const response = { response: { response: { responseFormat: 'file' } } };
	return plain(name, 'httpRequest', 4.2, { url, options: response });
}

export const EVERYDAY = ['empty', 'floor', 'ours', 'behind', 'builtIn'] as const;
export type Everyday = (typeof EVERYDAY)[number];

/** Returns the workflow that a contender runs for each posted notification. The webhook's path is the contender's name. */
export function everydayWorkflow(name: Everyday, info: SandboxInfo, credentials: Credentials): Workflow {
	const nodes: Record<Everyday, () => WorkflowNode[]> = {
		empty: () => [webhook('empty'), ...idle],
		floor: () => [ourTrigger('floor'), ...idle],
		ours: () => [ourTrigger('ours'), ...ourNodes(credentials)],
		behind: () => [webhook('behind'), ...ourNodes(credentials)],
		builtIn: () => [
			webhook('builtIn'),
			...builtIn(info, credentials, `$('Webhook').item.json.body`, `$('Webhook').item.json.headers['x-operation-id']`),
		],
	};
	return chain(`bench ${name}`, nodes[name]());
}

export type Batch = 'ours' | 'builtIn';

/** Returns a workflow for many messages in one run, and the names of the measured nodes. */
export function batchWorkflow(name: Batch, items: WorkflowNode[], info: SandboxInfo, credentials: Credentials) {
	const nodes =
		name === 'ours'
			? ourNodes(credentials)
			: builtIn(info, credentials, `$('Items').item.json`, `$('Items').item.json.operationId`);
	const [token, fetch, ack] = nodes.map((node) => node.name);
	return { workflow: chain(`bench ${name}`, [startByHand, ...items, ...nodes]), steps: { token, fetch, ack } };
}
