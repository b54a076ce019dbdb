import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { orFailedItems } from '../shared/node-support/map-items';
import { claimFiles, claimNotifications } from './claim';
import { openInbox } from './folder';
import { PROPERTIES } from './properties';
import { report } from './report';
import { settle } from './settle';
import { keepNotifications, lookUp, storeFiles } from './store';

/** Roche Inbox: keeps files on disk until the hospital's system has taken them, and notifications until they are acknowledged. */
export class RocheInbox implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Roche Inbox',
		name: 'rocheInbox',
		icon: { light: 'file:../icons/inbox.svg', dark: 'file:../icons/inbox.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: "Keeps files on disk until the hospital's system has taken them: store, acknowledge, forward",
		defaults: { name: 'Roche Inbox' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		sensitiveOutputFields: ['MessageReceiptHandle'],
		usableAsTool: undefined,
		builderHint: {
			searchHint:
				'Store and forward: one workflow stores files and acknowledges, another claims them, delivers them and marks them as done. Use it if the receiving system may be down for more than an hour.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-roche-partners-services.rocheNotificationAck',
					relationHint: 'Acknowledges the message after Store',
				},
			],
		},
		properties: PROPERTIES,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const work = async (): Promise<INodeExecutionData[]> => {
			const inbox = await openInbox(this);
			const operation = this.getNodeParameter('operation', 0);
			const isNotification = this.getNodeParameter('resource', 0) === 'notification';
			switch (operation) {
				case 'keep':
					return await keepNotifications(this, inbox);
				case 'look':
					return await lookUp(this, inbox);
				case 'claim':
					return isNotification ? await claimNotifications(this, inbox) : await claimFiles(this, inbox);
				case 'done':
				case 'release':
					return await settle(this, inbox, operation, isNotification ? 'notification' : 'file');
				case 'report':
					return await report(this, inbox);
				default:
					return await storeFiles(this, inbox);
			}
		};
		return [await orFailedItems(this, work)];
	}
}
