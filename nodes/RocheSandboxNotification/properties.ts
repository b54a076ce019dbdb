import type { INodeProperties } from 'n8n-workflow';
import { type ApiOptions, ORG_ID, ORIGIN_REQUEST_ID, TIMEOUT } from '../shared/node-support/call-options';
import { SANDBOX_ORG_ID, SANDBOX_PATH } from '../shared/partners-services/sandbox-call';

/** The collection "Options", by its parameter names. */
export interface SandboxOptions extends ApiOptions {
	path?: string;
}

export const PROPERTIES: INodeProperties[] = [
	{
		displayName: 'Patient ID',
		name: 'patientId',
		type: 'string',
		default: 'SandboxPat1',
		required: true,
		description: "Patient of Roche's sandbox whose preloaded files to announce",
	},
	{
		displayName: 'Callback URL',
		name: 'callbackUrl',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://n8n.hospital.example/webhook/roche-notification',
		description: 'Production URL of the trigger to try, as Roche reaches it from the internet',
	},
	{
		displayName: 'Callback Authentication',
		name: 'callbackAuthentication',
		type: 'options',
		options: [
			{
				name: 'Webhook Credential',
				value: 'credential',
				description: 'Roche sends the user and password of the credential that the trigger uses',
			},
			{ name: 'None', value: 'none', description: 'For a trigger without authentication' },
		],
		default: 'credential',
		description: 'How Roche authenticates when it posts the notification',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				...ORG_ID,
				default: SANDBOX_ORG_ID,
				description: "OID of the organization; the default is that of Roche's sandbox",
			},
			ORIGIN_REQUEST_ID,
			{
				displayName: 'Path',
				name: 'path',
				type: 'string',
				default: SANDBOX_PATH,
				description: "Path of Roche's sandbox on the host of the API, if Roche gave you another one",
			},
			TIMEOUT,
		],
	},
];
