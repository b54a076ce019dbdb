import {
	type IDataObject,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { type FileAvailabilityNotification, readNotification } from '../notification/read-notification';
import { RefusedNotification } from '../notification/refused-notification';
import { checkAuthentication, reasonToIgnore } from './admission';
import { answer, refuse, requestBody } from './http';
import { DEFAULT_PATH, PROPERTIES } from './properties';

/**
 * Roche Notification Trigger: starts the workflow when Roche announces a file. Roche has no call to register an endpoint: its URL is
 * given to them by hand.
 */
// eslint-disable-next-line @n8n/community-nodes/webhook-lifecycle-complete
export class RocheNotificationTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Roche Notification Trigger',
		name: 'rocheNotificationTrigger',
		icon: { light: 'file:../icons/notification-trigger.svg', dark: 'file:../icons/notification-trigger.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["messageTypes"] === "any" ? "all messages" : $parameter["messageTypes"] }}',
		description: 'Starts the workflow when Roche announces that a new file is available',
		eventTriggerDescription: 'Waiting for Roche to call the Test URL',
		activationMessage: 'Roche can now post notifications to the Production URL.',
		defaults: { name: 'Roche Notification Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'rocheNotificationWebhookApi',
				required: true,
				displayOptions: { show: { authentication: ['credential'] } },
			},
		],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				responseData: '={{ ({ status: "accepted" }) }}',
				path: `={{ $parameter["options"]["path"] || "${DEFAULT_PATH}" }}`,
				// Without a path of the analyst's own, n8n puts the node's random webhook ID in front.
				isFullPath: '={{ !!$parameter["options"]["path"] }}' as unknown as boolean,
			},
		],
		triggerPanel: {
			header: 'Receive notifications from Roche',
			executionsHelp: {
				inactive:
					'Give Roche the Production URL. To try it first, press "Listen for test event", and let a notification be posted to the Test URL.',
				active: 'Roche can post notifications to the Production URL. Its runs are in the list of executions.',
			},
			activationHint: 'Activate the workflow, and give Roche the Production URL.',
		},
		properties: PROPERTIES,
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		try {
			await checkAuthentication(this);
			const notification = readNotification(await requestBody(this));
			const reason = reasonToIgnore(this, notification);
			if (reason !== undefined) return answer(this, 200, { status: 'ignored', reason });
			return { workflowData: [this.helpers.returnJsonArray(itemOf(this, notification))] };
		} catch (error) {
			if (error instanceof RefusedNotification) return refuse(this, error);
			throw error;
		}
	}
}

function itemOf(context: IWebhookFunctions, notification: FileAvailabilityNotification): IDataObject {
	const operationId = context.getHeaderData()['x-operation-id'];
	return {
		...(notification as IDataObject),
		operationId: typeof operationId === 'string' ? operationId : '',
		receivedAt: new Date().toISOString(),
	};
}
