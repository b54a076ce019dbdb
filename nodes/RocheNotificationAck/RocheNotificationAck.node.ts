import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { rochePartnersServicesApiTest } from '../shared/node-support/credential';
import { orFailedItems } from '../shared/node-support/map-items';
import { acknowledgeItems, notAcknowledged } from './acknowledge-items';
import { HINTS, PROPERTIES } from './properties';

/** Roche Notification ACK: acknowledges a message to Roche once the run has done everything for it successfully. */
export class RocheNotificationAck implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Roche Notification ACK',
		name: 'rocheNotificationAck',
		icon: { light: 'file:../icons/notification-ack.svg', dark: 'file:../icons/notification-ack.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle:
			'={{ $parameter["source"] === "define" ? "receipt handle as defined" : "receipt handle of the notification" }}',
		description: 'Acknowledges a notification, so that Roche does not send it again',
		defaults: { name: 'Roche Notification ACK' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		sensitiveOutputFields: ['MessageReceiptHandle'],
		usableAsTool: undefined,
		credentials: [{ name: 'rochePartnersServicesApi', required: true, testedBy: 'rochePartnersServicesApiTest' }],
		hints: HINTS,
		builderHint: {
			searchHint:
				'Put it last, behind every step that handles the message; join parallel branches with a Merge node before it. Never put it beside or before the delivery, and never on an error output.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-roche-partners-services.rocheS3Fetch',
					relationHint: 'Fetches the file that is acknowledged here',
				},
				{ nodeType: 'n8n-nodes-base.merge', relationHint: 'Joins parallel branches before the acknowledgement' },
			],
		},
		properties: PROPERTIES,
	};

	methods = { credentialTest: { rochePartnersServicesApiTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [
			await orFailedItems(
				this,
				async () => await acknowledgeItems(this),
				(reason) => ({ ack: notAcknowledged(reason) }),
			),
		];
	}
}
