import type { IDataObject } from 'n8n-workflow';

/**
 * The fields of an item as later nodes may have them: without the AWS credentials, and without the signature of a pre-signed URL in
 * `MessageReference`. Both have done their work, and n8n stores what items hold.
 */
export function withoutSecrets(json: IDataObject): IDataObject {
	const { awsCredentials: _credentials, ...fields } = json;
	if (!('MessageReference' in fields)) return fields;
	return { ...fields, MessageReference: withoutQueries(fields.MessageReference) as IDataObject };
}

/** The value with all https URLs in it up to their query, where the signature is. */
function withoutQueries(value: unknown): unknown {
	if (typeof value === 'string') return /^\s*https:\/\//i.test(value) ? value.replace(/\?.*$/s, '') : value;
	if (Array.isArray(value)) return value.map(withoutQueries);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutQueries(member)]));
}
