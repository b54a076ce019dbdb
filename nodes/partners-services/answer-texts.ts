import { isRecord } from '../formats/is-record';
import { jsonOrUndefined } from '../formats/json';

/** Where answers say why, in lower case without `_` and `-`: OperationOutcome (FHIR), OAuth, RFC 9457 (problem+json), AWS, and what gateways write. */
const REASONS =
	/^(text|diagnostics|display|errors?|errordescription|errormessage|errors?details?|details?|msg|messages?|title|reasons?|description|fault|faultstring|cause)$/;

/** Deeper in an answer nobody looks. */
const DEEPEST = 8;

/** A text of an answer, with the name that it has there; plain text has none. */
interface Text {
	name: string;
	value: string;
}

/** Whether a body is a web page: one of a device in between, never of Roche. XML alone is none. */
export function isWebPage(body: string): boolean {
	const start = body.trimStart();
	return (
		start.startsWith('<') && (/<(!doctype\s+)?html\b/i.test(start) || !/^<(\?xml\b|OperationOutcome\b)/.test(start))
	);
}

/** Every text of an answer: JSON (also JSON in a text of JSON), XML or plain. */
export function textsOf(body: string): string[] {
	return allTexts(body).map(({ value }) => value);
}

/** The texts that say why, as they are in the answer: they may repeat anything that was sent. A web page says nothing. */
export function reasonsOf(body: string): string[] {
	if (isWebPage(body)) return [];
	const reasons = allTexts(body).filter(
		({ name }) => name === '' || REASONS.test(name.toLowerCase().replaceAll(/[_-]/g, '')),
	);
	return [...new Set(reasons.map(({ value }) => value.trim()))].filter((value) => value !== '');
}

function allTexts(body: string, name = '', depth = 0): Text[] {
	const text = body.trim();
	if (text.startsWith('<')) return ofXml(text);
	const json = jsonOrUndefined(text);
	return json === undefined ? [{ name, value: text }] : ofJson(json, name, depth);
}

/** Members of a list have the list's name. */
function ofJson(value: unknown, name: string, depth: number): Text[] {
	if (depth > DEEPEST) return [];
	if (typeof value === 'string') {
		return /^\s*["[{]/.test(value) ? allTexts(value, name, depth + 1) : [{ name, value }];
	}
	if (Array.isArray(value)) return value.flatMap((member) => ofJson(member, name, depth + 1));
	if (!isRecord(value)) return [];
	return Object.entries(value).flatMap(([key, member]) => ofJson(member, key, depth + 1));
}

/** What is between tags, and in attributes `value`, as FHIR has it. */
function ofXml(text: string): Text[] {
	const found = text.matchAll(/<(?:[\w.-]+:)?([\w.-]+)(?:\s+value\s*=\s*(?:"([^"]*)"|'([^']*)')|[^<>]*>([^<]+))/g);
	return [...found].map(([, name = '', double, single, between]) => ({
		name,
		value: unescaped(double ?? single ?? between ?? ''),
	}));
}

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' };

function unescaped(text: string): string {
	return text.replaceAll(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity);
}
