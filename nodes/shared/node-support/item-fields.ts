import type { IDataObject } from 'n8n-workflow';
import { jsonIn } from '../formats/json';

/** Most levels of nesting, far more than a notification or any sensible item has. Deeper values are left out, since they cannot be searched. */
const DEEPEST = 200;

/**
 * A URL parameter that grants access: signatures of AWS, Google, Alibaba and Tencent, `sig` of Azure, tokens of CDNs, keys and passwords. Not
 * only AWS's, since files may also come from the hosts of "Allowed Hosts".
 */
const SECRET_PARAMETER =
	/signature=|[?&;](?:[\w.~%-]*[_.~%-])?(?:sig|sign|auth|hdn(?:ts|ea)|jwt|sas|key)=|[?&;][\w.~%-]*(?:token|secret|hmac|password|passwd|pwd|api[_-]?key|credential|authorization)_*=/i;

/** Outside of `MessageReference`, only strings that match are parsed as JSON and searched, not every file that an item contains as text. */
const MAY_HOLD_SIGNED_URL = /signature|token|MessageReference/i;

type Change = (text: string) => string;

/** A string that begins with a URL and has a query. */
const URL_ALONE = /^(\s*https?:[^?]*)\?.*$/is;

/**
 * Returns an item's fields for later nodes: without the AWS credentials, and without the query of every signed URL, even in JSON within a
 * string. Both are no longer needed, and n8n stores what items contain. Below `MessageReference` every string that begins with a URL is cut at
 * its query, since it is not documented which parameter is the secret.
 */
export function withoutSecrets(json: IDataObject): IDataObject {
	const { awsCredentials: _credentials, ...fields } = json;
	return changed(fields, withoutSignatures, 0) as IDataObject;
}

function withoutQuery(text: string): string {
	return withoutSignatures(text.replace(URL_ALONE, '$1'));
}

/** Removes the query of every signed URL in the text, in linear time. */
function withoutSignatures(text: string): string {
	if (!SECRET_PARAMETER.test(text)) return text;
	return text.replaceAll(/[^\s"'<>]+/g, (word) => {
		const query = word.indexOf('?');
		return query >= 0 && SECRET_PARAMETER.test(word.slice(query)) ? word.slice(0, query) : word;
	});
}

/** Returns the value with all strings in it changed. Objects without a change are returned as the same object. */
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

/** Parses JSON first: it may escape the characters of a URL, which then cannot be found in the text. */
function changedText(text: string, change: Change, depth: number): unknown {
	const json = change === withoutQuery || MAY_HOLD_SIGNED_URL.test(text) ? jsonIn(text) : undefined;
	if (json === undefined) return change(text);
	const cleaned = changed(json, change, depth + 1);
	return cleaned === json ? text : JSON.stringify(cleaned);
}

/** Whether a value is a plain object. Dates and the like contain no strings. */
function isPlain(value: object): boolean {
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === Object.prototype || prototype === null;
}
