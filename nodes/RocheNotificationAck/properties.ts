import type { INodeProperties } from 'n8n-workflow';
import {
	type ApiOptions,
	CONCURRENCY,
	MAX_ATTEMPTS,
	ORG_ID,
	ORIGIN_REQUEST_ID,
	TIMEOUT,
} from '../node-support/call-options';

/** The collection "Options", by its parameter names. */
export interface AckOptions extends ApiOptions {
	acceptRecovered?: boolean;
	concurrency?: number;
	skipFailedItems?: boolean;
}

export const PROPERTIES: INodeProperties[] = [
	{
		displayName:
			'Acknowledge a file only when it has arrived where it belongs: afterwards Roche does not send the notification again.',
		name: 'notice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Source',
		name: 'source',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Notification',
				value: 'notification',
				description: 'MessageReceiptHandle and operationId of the item itself',
			},
			{ name: 'Define Below', value: 'define', description: 'Fields of this node, with expressions' },
		],
		default: 'notification',
		description: 'Where the receipt handle is taken from',
	},
	{
		displayName: 'Receipt Handle',
		name: 'receiptHandle',
		type: 'string',
		required: true,
		displayOptions: { show: { source: ['define'] } },
		default: '',
		placeholder: "e.g. {{ $('Roche S3 Fetch').item.json.MessageReceiptHandle }}",
		description: 'MessageReceiptHandle of the newest delivery of the notification',
	},
	{
		displayName: 'Operation ID',
		name: 'operationId',
		type: 'string',
		displayOptions: { show: { source: ['define'] } },
		default: '',
		placeholder: "e.g. {{ $('Roche S3 Fetch').item.json.operationId }}",
		description: 'Operation ID that came in a header of the notification, when it is known',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Accept Recovered Items',
				name: 'acceptRecovered',
				type: 'boolean',
				default: false,
				description:
					'Whether a message counts as delivered though an earlier step failed for it, when the item then came here by the error output of that step, or the step ran again for it. Switch it on only if every such way delivers the file.',
			},
			CONCURRENCY,
			MAX_ATTEMPTS,
			ORG_ID,
			ORIGIN_REQUEST_ID,
			{
				displayName: 'Skip Failed Items',
				name: 'skipFailedItems',
				type: 'boolean',
				default: true,
				description:
					'Whether items that failed in an earlier step pass through without an acknowledgement; otherwise such an item is an error of this node. They are acknowledged in neither case.',
			},
			TIMEOUT,
		],
	},
];
