import {
	type IDataObject,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { type ReceivedNotification, readNotification } from '../shared/notification/read-notification';
import { RefusedNotification } from '../shared/notification/refused-notification';
import { checkAuthentication, reasonToIgnore } from './admission';
import { answer, refuse, requestBody } from './http';
import { HINTS, PROPERTIES } from './properties';
import { webhookDescription } from './webhook-description';

/**
 * Roche Notification Trigger: starts the workflow when Roche announces a file. Roche has no call to register an endpoint, so the hospital
 * gives Roche the URL by hand.
 */
// eslint-disable-next-line @n8n/community-nodes/webhook-lifecycle-complete
export class RocheNotificationTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Roche Notification Trigger',
		name: 'rocheNotificationTrigger',
		icon: { light: 'file:../icons/notification-trigger.svg', dark: 'file:../icons/notification-trigger.dark.svg' },
		group: ['trigger'],
		// From version 2 on, n8n reads the body before it runs the node, without its expression engine.
		version: 2,
		subtitle: '={{ $parameter["messageTypes"] === "any" ? "all messages" : $parameter["messageTypes"] }}',
		description: 'Starts the workflow when Roche announces that a new file is available',
		eventTriggerDescription: 'Waiting for Roche to call the Test URL',
		activationMessage: 'Roche can now post notifications to the Production URL.',
		defaults: { name: 'Roche Notification Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		sensitiveOutputFields: ['MessageReceiptHandle'],
		credentials: [
			{
				name: 'rocheNotificationWebhookApi',
				required: true,
				displayOptions: { show: { authentication: ['credential'] } },
			},
		],
		webhooks: [webhookDescription()],
		triggerPanel: {
			header: 'Receive notifications from Roche',
			executionsHelp: {
				inactive:
					'Give Roche the Production URL. To try it first, press "Listen for test event", and have a notification posted to the Test URL.',
				active: 'Roche can post notifications to the Production URL. The runs are in the list of executions.',
			},
			activationHint: 'Publish the workflow (n8n 1.x: activate it), and give Roche the Production URL.',
		},
		hints: HINTS,
		builderHint: {
			searchHint:
				"Starts a workflow for each of Roche's file availability notifications. Continue with Roche S3 Fetch, a step that delivers the file, and Roche Notification ACK.",
			relatedNodes: [
				{ nodeType: 'n8n-nodes-roche-partners-services.rocheS3Fetch', relationHint: 'Fetches the announced file' },
				{
					nodeType: 'n8n-nodes-roche-partners-services.rocheInbox',
					relationHint: 'Stores files on disk if the receiving system may be down for more than an hour',
				},
			],
		},
		properties: PROPERTIES,
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		try {
			await checkAuthentication(this);
			const received = readNotification(await requestBody(this));
			const reason = reasonToIgnore(this, received.notification);
			if (reason !== undefined) return answer(this, 200, { status: 'ignored', reason });
			return { workflowData: [this.helpers.returnJsonArray(itemOf(this, received))] };
		} catch (error) {
			if (error instanceof RefusedNotification) return refuse(this, error);
			throw error;
		}
	}
}

function itemOf(context: IWebhookFunctions, { notification, operationId = '' }: ReceivedNotification): IDataObject {
	const header = context.getHeaderData()['x-operation-id'];
	return {
		...(notification as IDataObject),
		operationId: typeof header === 'string' && header !== '' ? header : operationId,
		receivedAt: new Date().toISOString(),
	};
}
