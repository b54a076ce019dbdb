import type { IDataObject } from 'n8n-workflow';
import { jsonIn } from '../formats/json';

/** Deeper values than a notification or any sensible item has are left out: nobody could look through them. */
const DEEPEST = 200;

/**
 * A parameter of a URL that makes it more than a name: signatures of AWS, Google, Alibaba and Tencent, `sig` of Azure, tokens of CDNs, keys
 * and passwords. Not only AWS's: files may come from the hosts of "Allowed Hosts", too.
 */
const SECRET_PARAMETER =
	/signature=|[?&;](?:[\w.~%-]*[_.~%-])?(?:sig|sign|auth|hdn(?:ts|ea)|jwt|sas|key)=|[?&;][\w.~%-]*(?:token|secret|hmac|password|passwd|pwd|api[_-]?key|credential|authorization)_*=/i;

/** Of texts outside `MessageReference`, those whose JSON is looked through: not every file that an item holds as text. */
const MAY_HOLD_SIGNED_URL = /signature|token|MessageReference/i;

type Change = (text: string) => string;

/** A text that is nothing but a URL. */
const URL_ALONE = /^(\s*https?:[^?]*)\?.*$/is;

/**
 * The fields of an item as later nodes may have them: without the AWS credentials, and without the signature or token of a URL, wherever
 * it is, in the JSON of a text as well. Both have done their work, and n8n stores what items hold. Below `MessageReference` every URL
 * loses its query: which of its parameters is the secret is not documented.
 */
export function withoutSecrets(json: IDataObject): IDataObject {
	const { awsCredentials: _credentials, ...fields } = json;
	return changed(fields, withoutSignatures, 0) as IDataObject;
}

function withoutQuery(text: string): string {
	return withoutSignatures(text.replace(URL_ALONE, '$1'));
}

/** The text with all signed URLs in it up to their query. Looks at each sign once or twice, however long the text is. */
function withoutSignatures(text: string): string {
	if (!SECRET_PARAMETER.test(text)) return text;
	return text.replaceAll(/[^\s"'<>]+/g, (word) => {
		const query = word.indexOf('?');
		return query >= 0 && SECRET_PARAMETER.test(word.slice(query)) ? word.slice(0, query) : word;
	});
}

/** The value with all texts in it changed; what holds nothing to change stays the same object. */
function changed(value: unknown, change: Change, depth: number): unknown {
	if (typeof value === 'string') return changedText(value, change, depth);
	if (typeof value !== 'object' || value === null) return value;
	if (depth >= DEEPEST) return undefined;
	if (Array.isArray(value)) {
		const members = value.map((member) => changed(member, change, depth + 1));
		return members.some((member, index) => member !== value[index]) ? members : value;
	}
	if (!isPlain(value)) return value;
	const members = Object.entries(value).map(([name, member]) => {
		return [name, changed(member, name === 'MessageReference' ? withoutQuery : change, depth + 1)] as const;
	});
	const isChanged = members.some(([name, member]) => member !== (value as Record<string, unknown>)[name]);
	return isChanged ? Object.fromEntries(members) : value;
}

/** JSON may spell the signs of a URL as escapes, so that nothing of it is to be seen in the text. */
function changedText(text: string, change: Change, depth: number): unknown {
	const json = change === withoutQuery || MAY_HOLD_SIGNED_URL.test(text) ? jsonIn(text) : undefined;
	if (json === undefined) return change(text);
	const cleaned = changed(json, change, depth + 1);
	return cleaned === json ? text : JSON.stringify(cleaned);
}

/** Dates and the like have no texts in them. */
function isPlain(value: object): boolean {
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === Object.prototype || prototype === null;
}
