import { isRecord } from '../formats/is-record';
import { jsonOrUndefined } from '../formats/json';

/** Fields that contain reasons, in lower case without `_` and `-`: of OperationOutcome (FHIR), OAuth, RFC 9457 (problem+json), AWS and gateways. */
const REASONS =
	/^(text|diagnostics|display|errors?|errordescription|errormessage|errors?details?|details?|msg|messages?|title|reasons?|description|fault|faultstring|cause)$/;

/** Levels of nesting in an answer that are searched. */
const DEEPEST = 8;

/** A string in an answer, with the name of its field; the name of plain text is empty. */
interface Text {
	name: string;
	value: string;
}

/** How XML of a service begins: with a declaration, or with an element of FHIR or of AWS (`DeleteMessageResponse`). */
const SERVICE_XML = /^<(\?xml\b|OperationOutcome\b|(?!Error)\w+Response\b)/;

/**
 * Whether a body is a web page, which comes from a device in between, never from Roche. Unknown elements count as one: an acknowledgement that a
 * device swallowed would be lost silently, while a false alarm is heard.
 */
export function isWebPage(body: string): boolean {
	const start = body.trimStart();
	return start.startsWith('<') && (/<(!doctype\s+)?html\b/i.test(start) || !SERVICE_XML.test(start));
}

/** Returns every string in an answer that is JSON (also JSON within a JSON string), XML or plain text. */
export function textsOf(body: string): string[] {
	return allTexts(body).map(({ value }) => value);
}

/** Returns the reasons in an answer, each once. They may repeat anything that was sent. A web page has none. */
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

/** Elements of an array have the array's name. */
function ofJson(value: unknown, name: string, depth: number): Text[] {
	if (depth > DEEPEST) return [];
	if (typeof value === 'string') {
		return /^\s*["[{]/.test(value) ? allTexts(value, name, depth + 1) : [{ name, value }];
	}
	if (Array.isArray(value)) return value.flatMap((member) => ofJson(member, name, depth + 1));
	if (!isRecord(value)) return [];
	return Object.entries(value).flatMap(([key, member]) => ofJson(member, key, depth + 1));
}

/** The text after a tag, or the tag's attribute `value`, as in FHIR. */
function ofXml(text: string): Text[] {
	const found = text.matchAll(
		/<(?:[\w.-]{1,100}:)?([\w.-]{1,100})(?![\w.-])(?:\s+value\s*=\s*(?:"([^"]*)"|'([^']*)')|[^<>]*>([^<]+))/g,
	);
	return [...found].map(([, name = '', double, single, between]) => ({
		name,
		value: unescaped(double ?? single ?? between ?? ''),
	}));
}

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' };

function unescaped(text: string): string {
	return text.replaceAll(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity);
}
