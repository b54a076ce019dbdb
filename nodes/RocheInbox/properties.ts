import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

const DAY_SECONDS = 86_400;

/** The collection "Options", by its parameter names. */
export interface InboxOptions {
	lease?: unknown;
	pause?: unknown;
	longestPause?: unknown;
	keepDays?: unknown;
	together?: boolean;
	acknowledgeWithin?: unknown;
	deliverWithin?: unknown;
	freeMegabytes?: unknown;
	window?: unknown;
}

function seconds(displayName: string, name: string, fallback: number, description: string): INodeProperties {
	const typeOptions = { minValue: 1, maxValue: DAY_SECONDS };
	return { displayName, name, type: 'number', typeOptions, default: fallback, description };
}

function minutes(displayName: string, name: string, fallback: number, description: string): INodeProperties {
	return { displayName, name, type: 'number', typeOptions: { minValue: 0 }, default: fallback, description };
}

export const LEASE = seconds(
	'Lease (Seconds)',
	'lease',
	600,
	'How long claimed files or notifications belong to their run; another run may claim them after that. It must be longer than a delivery can take.',
);
export const PAUSE = seconds(
	'First Pause (Seconds)',
	'pause',
	60,
	'How long a released file or notification waits the first time. The pause doubles with each attempt.',
);
export const LONGEST_PAUSE = seconds(
	'Longest Pause (Seconds)',
	'longestPause',
	900,
	'The longest pause between two attempts',
);
export const KEEP_DAYS: INodeProperties = {
	displayName: 'Keep Marks (Days)',
	name: 'keepDays',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 7,
	description: 'How long the inbox remembers that a message was delivered. Its file is removed at once.',
};
const TOGETHER: INodeProperties = {
	displayName: 'Count What Others Have Claimed',
	name: 'together',
	type: 'boolean',
	default: true,
	description: 'Whether Most at Once applies to all runs and workers together, not to each of them',
};
export const ACKNOWLEDGE_WITHIN = minutes(
	'Acknowledge Within (Minutes)',
	'acknowledgeWithin',
	45,
	'Age at which a notification that is not acknowledged raises an alarm. Roche stops delivering a message after 90 minutes.',
);
export const DELIVER_WITHIN = minutes(
	'Deliver Within (Minutes)',
	'deliverWithin',
	60,
	"Age at which a file that the hospital's system has not taken raises an alarm",
);
export const FREE_MEGABYTES: INodeProperties = {
	displayName: 'Keep Free (MB)',
	name: 'freeMegabytes',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 1024,
	description: 'Free space on the disk below which the report raises an alarm',
};
export const WINDOW = minutes(
	"Roche's Window (Minutes)",
	'window',
	90,
	'How long Roche keeps delivering a message that is not acknowledged',
);

/** Returns the options of some operations. All collections named "options" are one parameter. */
function optionsFor(show: Record<string, string[]>, options: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions: { show },
		options,
	};
}

type Operation = readonly [name: string, value: string, action: string, about: string];

function actions(...operations: Operation[]): INodePropertyOptions[] {
	return operations.map(([name, value, action, description]) => ({ name, value, action, description }));
}

const FILE = { resource: ['file'] };
const NOTIFICATION = { resource: ['notification'] };

export const PROPERTIES: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'File', value: 'file' },
			{ name: 'Notification', value: 'notification' },
		],
		default: 'file',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: FILE },
		options: actions(
			['Claim', 'claim', 'Claim files', 'Returns the oldest files that are due, and reserves them for this run'],
			[
				'Done',
				'done',
				'Mark files as delivered',
				"The hospital's system has the file: its content is removed from the inbox",
			],
			['Look', 'look', 'Look up a file', 'Returns whether a file is stored or delivered'],
			['Release', 'release', 'Release files', 'The delivery failed: the file is due again after a growing pause'],
			['Report', 'report', 'Report on the inbox', 'Counts, ages and alarms of the whole inbox, without health data'],
			['Store', 'store', 'Store files', 'Writes the file to the disk. After that the message may be acknowledged.'],
		),
		default: 'store',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: NOTIFICATION },
		options: actions(
			[
				'Claim',
				'claim',
				'Claim notifications',
				'Returns notifications that are not acknowledged, to fetch their files again',
			],
			[
				'Done',
				'done',
				'Mark notifications as acknowledged',
				'For messages that Roche Notification ACK has acknowledged',
			],
			['Keep', 'keep', 'Keep notifications', 'Stores the notification until it is acknowledged'],
			[
				'Release',
				'release',
				'Release notifications',
				'Fetching or acknowledging failed: it is due again after a growing pause',
			],
		),
		default: 'keep',
	},
	{
		displayName: 'Folder',
		name: 'folder',
		type: 'string',
		default: '',
		placeholder: 'e.g. /data/roche-inbox',
		description:
			"Folder of the inbox, the same in all Roche Inbox nodes. Several workers must share it. Empty: n8n's own storage folder for this node.",
	},
	{
		displayName: 'Input Binary Field',
		name: 'binaryPropertyName',
		type: 'string',
		required: true,
		default: 'data',
		displayOptions: { show: { ...FILE, operation: ['store'] } },
		hint: 'The name of the input binary field containing the file',
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		required: true,
		default: 'data',
		displayOptions: { show: { ...FILE, operation: ['claim'] } },
		hint: 'The name of the output binary field to put the file in',
	},
	{
		displayName: 'Most at Once',
		name: 'most',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 1000 },
		default: 10,
		displayOptions: { show: { operation: ['claim'] } },
		description: 'How many may be claimed at a time',
	},
	optionsFor({ ...FILE, operation: ['claim'] }, [KEEP_DAYS, LEASE, TOGETHER]),
	optionsFor({ ...NOTIFICATION, operation: ['claim'] }, [KEEP_DAYS, LEASE, TOGETHER, WINDOW]),
	optionsFor({ ...NOTIFICATION, operation: ['keep'] }, [LEASE]),
	optionsFor({ operation: ['release'] }, [PAUSE, LONGEST_PAUSE]),
	optionsFor({ ...FILE, operation: ['report'] }, [ACKNOWLEDGE_WITHIN, DELIVER_WITHIN, FREE_MEGABYTES, WINDOW]),
];
