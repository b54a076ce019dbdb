import type { IDataObject } from 'n8n-workflow';

/** Deeper values than a notification or any sensible item has are left out: nobody could look through them. */
const DEEPEST = 200;

const SIGNATURE = /signature=/i;

/** A text that is nothing but a URL. */
const URL_ALONE = /^(\s*https?:[^?]*)\?.*$/is;

/**
 * The fields of an item as later nodes may have them: without the AWS credentials, and without the signature of a pre-signed URL, wherever
 * it is. Both have done their work, and n8n stores what items hold. Below `MessageReference` every URL loses its query: which of its
 * parameters is the secret is not documented.
 */
export function withoutSecrets(json: IDataObject): IDataObject {
	const { awsCredentials: _credentials, ...fields } = json;
	const cleaned = changed(fields, withoutSignatures, 0) as IDataObject;
	if (!('MessageReference' in cleaned)) return cleaned;
	const MessageReference = changed(cleaned.MessageReference, (text) => text.replace(URL_ALONE, '$1'), 0);
	return { ...cleaned, MessageReference: MessageReference as IDataObject };
}

/** The text with all signed URLs in it up to their query. Looks at each sign once or twice, however long the text is. */
function withoutSignatures(text: string): string {
	if (!SIGNATURE.test(text)) return text;
	return text.replaceAll(/[^\s"'<>]+/g, (word) => {
		const query = word.indexOf('?');
		return query >= 0 && SIGNATURE.test(word.slice(query)) ? word.slice(0, query) : word;
	});
}

/** The value with all texts in it changed; what holds nothing to change stays the same object. */
function changed(value: unknown, change: (text: string) => string, depth: number): unknown {
	if (typeof value === 'string') return change(value);
	if (typeof value !== 'object' || value === null) return value;
	if (depth === DEEPEST) return undefined;
	if (Array.isArray(value)) {
		const members = value.map((member) => changed(member, change, depth + 1));
		return members.some((member, index) => member !== value[index]) ? members : value;
	}
	if (!isPlain(value)) return value;
	const members = Object.entries(value).map(([name, member]) => [name, changed(member, change, depth + 1)] as const);
	const isChanged = members.some(([name, member]) => member !== (value as Record<string, unknown>)[name]);
	return isChanged ? Object.fromEntries(members) : value;
}

/** Dates and the like have no texts in them. */
function isPlain(value: object): boolean {
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === Object.prototype || prototype === null;
}
