import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { callOptions } from '../shared/node-support/call-options';
import { connect, rochePartnersServicesApiTest } from '../shared/node-support/credential';
import { mapItems } from '../shared/node-support/map-items';
import { once } from '../shared/wire/once';
import { itemParameter, optionalText } from '../shared/node-support/parameters';
import { requestSandboxNotification } from '../shared/partners-services/client';
import { fixedPace } from '../shared/wire/pace';
import { SANDBOX_ORG_ID } from '../shared/partners-services/sandbox-call';
import { callbackCredential } from './callback-credential';
import { PROPERTIES, type SandboxOptions } from './properties';

/** Roche Sandbox Notification: asks Roche's sandbox for a notification, to try a workflow end to end with access to the demo environment. */
export class RocheSandboxNotification implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Roche Sandbox Notification',
		name: 'rocheSandboxNotification',
		icon: { light: 'file:../icons/sandbox-notification.svg', dark: 'file:../icons/sandbox-notification.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["patientId"] }}',
		description: "Asks Roche's sandbox to send a notification, to try a workflow end to end",
		defaults: { name: 'Roche Sandbox Notification' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: undefined,
		credentials: [
			{ name: 'rochePartnersServicesApi', required: true, testedBy: 'rochePartnersServicesApiTest' },
			{
				name: 'rocheNotificationWebhookApi',
				required: true,
				displayOptions: { show: { callbackAuthentication: ['credential'] } },
			},
		],
		builderHint: {
			searchHint: "For tests only: asks Roche's sandbox in the demo environment to post a notification to a workflow.",
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-roche-partners-services.rocheNotificationTrigger',
					relationHint: 'Receives the notification',
				},
			],
		},
		properties: PROPERTIES,
	};

	methods = { credentialTest: { rochePartnersServicesApiTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const items = await mapItems(this, () => {
			const connection = once(() => connect(this));
			const callback = once(() => callbackCredential(this));
			const options = itemParameter(this, 'options');
			const signal = this.getExecutionCancelSignal();

			return {
				pace: fixedPace(1),
				work: async (item, index) => {
					const { path, orgId = SANDBOX_ORG_ID, ...apiOptions } = options(index) as SandboxOptions;
					const withCredential = this.getNodeParameter('callbackAuthentication', index) === 'credential';
					const request = {
						patientId: this.getNodeParameter('patientId', index),
						callbackUrl: this.getNodeParameter('callbackUrl', index),
						callback: withCredential ? await callback() : undefined,
						path: optionalText(path),
					};
					// A request whose answer was lost may have been carried out; repeating it would cause one more notification.
					const settings = callOptions({ ...apiOptions, orgId, maxAttempts: 1 }, signal);
					const { requestedAt, ...rest } = await requestSandboxNotification(await connection(), request, settings);
					const sandboxRequest = { ...rest, requestedAt: requestedAt.toISOString() };
					return { json: { ...item.json, sandboxRequest }, binary: item.binary };
				},
			};
		});
		return [items];
	}
}
