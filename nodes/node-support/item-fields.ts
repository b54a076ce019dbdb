import type { IDataObject } from 'n8n-workflow';

/**
 * The fields of an item as later nodes may have them: without the AWS credentials, and without the signature of a pre-signed URL in
 * `MessageReference`. Both have done their work, and n8n stores what items hold.
 */
export function withoutSecrets(json: IDataObject): IDataObject {
	const { awsCredentials: _credentials, ...fields } = json;
	const { MessageReference: reference } = fields;
	if (typeof reference === 'string') return { ...fields, MessageReference: withoutQuery(reference) };
	if (typeof reference !== 'object' || reference === null || Array.isArray(reference)) return fields;
	const entries = Object.entries(reference as IDataObject).map(([name, value]) => [name, withoutQuery(value)]);
	return { ...fields, MessageReference: Object.fromEntries(entries) as IDataObject };
}

/** A URL up to its query, where the signature is; any other value unchanged. */
function withoutQuery<T>(value: T): T | string {
	return typeof value === 'string' && /^\s*https:\/\//i.test(value) ? value.replace(/\?.*$/s, '') : value;
}
