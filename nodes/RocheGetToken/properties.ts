import type { INodeProperties, NodeHint } from 'n8n-workflow';
import { type ApiOptions, MAX_ATTEMPTS, ORG_ID, ORIGIN_REQUEST_ID, TIMEOUT } from '../shared/node-support/call-options';

/** The collection "Options", by its parameter names. */
export interface GetTokenOptions extends ApiOptions {
	includeCertificateExpiry?: boolean;
	reuseToken?: boolean;
}

export const PROPERTIES: INodeProperties[] = [
	{
		displayName: 'Secret Output',
		name: 'secretOutput',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Sealed',
				value: 'sealed',
				description: 'Encrypted; Roche S3 Fetch decrypts them with the same credential',
			},
			{
				name: 'Plain',
				value: 'plain',
				description: 'As Roche sent them, for other AWS nodes; n8n stores them with the execution',
			},
		],
		default: 'sealed',
		description: 'How to output the AWS secret and the session token',
	},
	{
		displayName: 'Include Input Fields',
		name: 'includeInputFields',
		type: 'boolean',
		default: true,
		description: 'Whether to include the fields of the input item in the output',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Include Certificate Expiry',
				name: 'includeCertificateExpiry',
				type: 'boolean',
				default: false,
				description:
					'Whether to output when the client certificate of the credential expires (field clientCertificate), for an alarm',
			},
			MAX_ATTEMPTS,
			ORG_ID,
			ORIGIN_REQUEST_ID,
			{
				displayName: 'Reuse Token',
				name: 'reuseToken',
				type: 'boolean',
				default: true,
				description:
					'Whether one token serves all items and later runs until 5 minutes before it expires; otherwise each item gets its own',
			},
			TIMEOUT,
		],
	},
];

export const HINTS: NodeHint[] = [
	{
		message:
			'The items contain the AWS secret and session token in plain text, and n8n stores them with the execution. Use "Sealed" unless another AWS node needs them.',
		displayCondition: '={{ $parameter["secretOutput"] === "plain" }}',
		type: 'warning',
		location: 'outputPane',
		whenToDisplay: 'always',
	},
];
