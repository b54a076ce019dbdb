import type { INodeProperties, NodeHint } from 'n8n-workflow';

/** The collection "Options", by its parameter names. */
export interface TriggerOptions {
	orgIds?: string | string[];
	path?: string;
}

export const PROPERTIES: INodeProperties[] = [
	{
		displayName:
			'Give Roche the Production URL. It works while the workflow is active. The Test URL accepts only one notification after "Execute step" or "Execute workflow".',
		name: 'notice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Authentication',
		name: 'authentication',
		type: 'options',
		options: [
			{
				name: 'Webhook Credential',
				value: 'credential',
				description: 'Basic or header authentication, as in the credential',
			},
			{ name: 'None', value: 'none', description: 'Anyone who knows the URL can start the workflow' },
		],
		default: 'credential',
		description: 'How the caller proves that it is Roche',
	},
	{
		displayName: 'Message Types',
		name: 'messageTypes',
		type: 'options',
		options: [
			{ name: 'Any', value: 'any' },
			{ name: 'Clinical Data', value: 'Clinical Data', description: 'FHIR bundles (JSON)' },
			{ name: 'Clinical Report', value: 'Clinical Report', description: 'CDA reports (XML)' },
		],
		default: 'any',
		description:
			'Which notifications start the workflow. Others get the answer "ignored" and are not acknowledged: Roche sends them again.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Organization IDs',
				name: 'orgIds',
				type: 'string',
				default: '',
				placeholder: 'e.g. 3.16.724.4.41, 3.16.724.4.42',
				description:
					'OIDs whose notifications are accepted (EmrOid), separated by commas; others are refused. Empty: all.',
			},
			{
				displayName: 'Path',
				name: 'path',
				type: 'string',
				default: '',
				placeholder: 'e.g. roche/notifications',
				description:
					'Last part of the URL, after /webhook/. It must be unique in this n8n. Empty: a URL with a random ID, which cannot be guessed.',
			},
		],
	},
];

export const HINTS: NodeHint[] = [
	{
		message:
			'Anyone who knows the URL can start this workflow. Choose "Webhook Credential" before you give the URL to Roche.',
		displayCondition: '={{ $parameter["authentication"] === "none" }}',
		type: 'warning',
		location: 'ndv',
		whenToDisplay: 'always',
	},
];
