import type { INodeProperties, NodeHint } from 'n8n-workflow';
import { wholeNumber } from '../shared/node-support/parameters';
import { type ApiOptions, CONCURRENCY, MAX_ATTEMPTS, ORG_ID, TIMEOUT } from '../shared/node-support/call-options';

/** 0 means no limit: the largest files that Roche describes are about 15 MB. */
const DEFAULT_MAX_FILE_SIZE_MB = 0;
/** In resources. By the sizes that Roche describes, three out of four files have at most 500 observations. */
export const DEFAULT_PART_SIZE = 500;
const BYTES_PER_MB = 1024 * 1024;

/** The collection "Options", by its parameter names. */
export interface S3FetchOptions extends ApiOptions {
	concurrency?: number;
	maxFileSize?: number;
	allowedHosts?: string;
	presignedUrlField?: string;
	restrictToGrantedAccessPoints?: boolean;
}

const OPTIONS: INodeProperties[] = [
	{
		displayName: 'Allowed Hosts',
		name: 'allowedHosts',
		type: 'string',
		default: '',
		placeholder: 'e.g. files.example.org',
		description: 'Hosts other than those of Amazon S3 that a pre-signed URL may lead to, separated by commas',
	},
	CONCURRENCY,
	MAX_ATTEMPTS,
	{
		displayName: 'Max File Size',
		name: 'maxFileSize',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: DEFAULT_MAX_FILE_SIZE_MB,
		description: 'Size in MB above which a file is not downloaded; 0 for no limit',
	},
	{
		...ORG_ID,
		description:
			'OID of the organization to get a token for, instead of the one in the credential, if the item contains no token',
	},
	{
		displayName: 'Pre-Signed URL Field',
		name: 'presignedUrlField',
		type: 'string',
		default: '',
		placeholder: 'e.g. presignedUrl',
		description:
			'Field of MessageReference that contains the pre-signed URL, for the source Notification; with dots for nested fields. Empty: the first signed https URL there.',
	},
	{
		displayName: 'Restrict to Granted Access Points',
		name: 'restrictToGrantedAccessPoints',
		type: 'boolean',
		default: true,
		description: 'Whether to read only access points that Get Token names in awsResources',
	},
	TIMEOUT,
];

export const PROPERTIES: INodeProperties[] = [
	{
		displayName: 'Source',
		name: 'source',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Notification',
				value: 'notification',
				description: 'The item is a file availability notification as Roche sends it',
			},
			{ name: 'Object', value: 'object', description: 'An access point and an object key' },
			{ name: 'Pre-Signed URL', value: 'presignedUrl', description: 'A URL that needs no token' },
		],
		default: 'notification',
		description: 'How to identify the file to download',
	},
	{
		displayName: 'Access Point',
		name: 'accessPoint',
		type: 'resourceLocator',
		required: true,
		displayOptions: { show: { source: ['object'] } },
		default: { mode: 'arn', value: '={{ $json.MessageReference?.accesspoint ?? $json.awsResources?.[0] }}' },
		description: 'The S3 access point',
		modes: [
			{
				displayName: 'By ARN',
				name: 'arn',
				type: 'string',
				placeholder: 'e.g. arn:aws:s3:us-east-1:123456789012:accesspoint/name',
			},
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				hint: "Those that the credential's token grants",
				typeOptions: { searchListMethod: 'searchAccessPoints' },
			},
		],
	},
	{
		displayName: 'Object Key',
		name: 'objectKey',
		type: 'string',
		required: true,
		displayOptions: { show: { source: ['object'] } },
		default: '={{ $json.MessageReference?.objectKey }}',
		placeholder: 'e.g. delivery/clinical-data/bundle.json',
		description: 'Key of the file in the access point, exactly as Roche names it',
	},
	{
		displayName: 'Pre-Signed URL',
		name: 'presignedUrl',
		type: 'string',
		required: true,
		displayOptions: { show: { source: ['presignedUrl'] } },
		default: '',
		placeholder: 'e.g. {{ $json.MessageReference.url }}',
		description: 'The complete https URL with its signature; use an expression to keep it out of the stored workflow',
	},
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Binary', value: 'binary', description: 'The unchanged file, outside the item JSON' },
			{
				name: 'FHIR Bundle in Parts',
				value: 'fhirParts',
				description:
					'One item for each part: a smaller bundle in binary data, with the bytes of each resource unchanged',
			},
			{
				name: 'JSON',
				value: 'json',
				description:
					'Parsed into the field data; n8n stores it with the execution. Numbers lose trailing zeros: 5.60 becomes 5.6.',
			},
			{ name: 'Text', value: 'text', description: 'As text in the field data; n8n stores it with the execution' },
		],
		default: 'binary',
		description: 'How to output the content of the file; health data belongs in binary data',
	},
	{
		displayName: 'Part Size',
		name: 'partSize',
		type: 'number',
		typeOptions: { minValue: 1 },
		displayOptions: { show: { output: ['fhirParts'] } },
		default: DEFAULT_PART_SIZE,
		description: 'Maximum number of resources in a part',
	},
	{
		displayName: 'Resource Types',
		name: 'resourceTypes',
		type: 'string',
		displayOptions: { show: { output: ['fhirParts'] } },
		default: '',
		placeholder: 'e.g. Observation, Patient',
		description: 'Types of the resources to return, separated by commas; empty for all',
	},
	{
		displayName: 'Bundle Type',
		name: 'bundleType',
		type: 'options',
		displayOptions: { show: { output: ['fhirParts'] } },
		options: [
			{ name: 'Batch', value: 'batch', description: 'A server stores each resource separately' },
			{ name: 'Collection', value: 'collection', description: 'The resources only, without requests' },
			{ name: 'Transaction', value: 'transaction', description: 'A server stores all resources of a part, or none' },
		],
		default: 'collection',
		description: 'What the bundle of each part asks a FHIR server to do',
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		required: true,
		displayOptions: { show: { output: ['binary', 'fhirParts'] } },
		default: 'data',
		hint: 'The name of the output binary field to put the file in',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: OPTIONS,
	},
];

export const HINTS: NodeHint[] = [
	{
		message:
			'The content of the file, which is health data, is in the item JSON, and n8n stores it with the execution. Use "Binary" unless a step needs the content in the item.',
		displayCondition: '={{ ["json", "text"].includes($parameter["output"]) }}',
		type: 'info',
		location: 'outputPane',
		whenToDisplay: 'always',
	},
];

/**
 * Returns the size limit in bytes; 0 for no limit.
 * @throws InvalidInputError when it is not a whole number from 0
 */
export function maxBytes({ maxFileSize }: S3FetchOptions): number {
	return wholeNumber('Max File Size', maxFileSize, DEFAULT_MAX_FILE_SIZE_MB, 0) * BYTES_PER_MB;
}
