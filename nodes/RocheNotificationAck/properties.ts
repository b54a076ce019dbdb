import type { INodeProperties, NodeHint } from 'n8n-workflow';
import {
	type ApiOptions,
	CONCURRENCY,
	MAX_ATTEMPTS,
	ORG_ID,
	ORIGIN_REQUEST_ID,
	TIMEOUT,
} from '../shared/node-support/call-options';

/** The collection "Options", by its parameter names. */
export interface AckOptions extends ApiOptions {
	concurrency?: number;
	dryRun?: boolean;
	heldBack?: 'failRun' | 'passThrough';
	optionalSteps?: string;
}

export const PROPERTIES: INodeProperties[] = [
	{
		displayName:
			'Put this node last. A message is acknowledged when every step for it, from Roche S3 Fetch on, has succeeded. After that Roche does not send it again.',
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
				description: 'The notification that the item was made from, whatever fields the steps in between have kept',
			},
			{ name: 'Define Below', value: 'define', description: 'Fields of this node, filled by expressions' },
		],
		default: 'notification',
		description: 'Where to take the receipt handle from',
	},
	{
		displayName: 'Receipt Handle',
		name: 'receiptHandle',
		type: 'string',
		required: true,
		displayOptions: { show: { source: ['define'] } },
		default: '',
		placeholder: "e.g. {{ $('Roche S3 Fetch').item.json.MessageReceiptHandle }}",
		description: 'MessageReceiptHandle of the newest notification of the message',
	},
	{
		displayName: 'Operation ID',
		name: 'operationId',
		type: 'string',
		displayOptions: { show: { source: ['define'] } },
		default: '',
		placeholder: "e.g. {{ $('Roche S3 Fetch').item.json.operationId }}",
		description:
			'Operation ID from the header of the notification, if known; used only if no item of the run contains it',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			CONCURRENCY,
			{
				displayName: 'Dry Run',
				name: 'dryRun',
				type: 'boolean',
				default: false,
				description: 'Whether to send nothing, and return for each item what would happen to its message',
			},
			MAX_ATTEMPTS,
			{
				displayName: 'Optional Steps',
				name: 'optionalSteps',
				type: 'string',
				typeOptions: { rows: 2 },
				default: '',
				placeholder: 'e.g. Write to the log',
				description:
					'Names of steps to ignore, one per line: a message is acknowledged even if they failed, did not run, or still have work for it. Steps after them still count.',
			},
			ORG_ID,
			ORIGIN_REQUEST_ID,
			TIMEOUT,
			{
				displayName: 'When a Message Is Held Back',
				name: 'heldBack',
				type: 'options',
				options: [
					{
						name: 'Fail the Run',
						value: 'failRun',
						description:
							'The other messages are acknowledged, then the run fails. If On Error is Continue, the item gets an error instead.',
					},
					{
						name: 'Pass It Through',
						value: 'passThrough',
						description: 'Its item is passed on with the reason in the field "ack", and the run continues',
					},
				],
				default: 'failRun',
				description:
					'What to do with a message that must not be acknowledged, because a step failed for it, did not run, or has yet to run',
			},
		],
	},
];

export const HINTS: NodeHint[] = [
	{
		message: 'Dry Run is on: no message is acknowledged, and Roche sends each of them again.',
		displayCondition: '={{ $parameter["options"]["dryRun"] === true }}',
		type: 'warning',
		location: 'outputPane',
		whenToDisplay: 'always',
	},
];
