import { isRecord, own } from '../formats/is-record';
import { jsonIn } from '../formats/json';
import { unwrapped } from '../formats/unwrapped';

/** Far deeper than any reference; without a limit, a deeper one would exhaust the stack. */
const DEEPEST = 200;

/** Names of the two fields, in any style in which a system in between writes names. */
const ACCESS_POINT = /^access[-_]?point$/i;
const OBJECT_KEY = /^object[-_]?key$/i;

const URL_TEXT = /^\s*https?:\/\//i;
const HTTPS_URL = /^\s*https:\/\//i;

/** AWS documentation, "Authenticating Requests: Using Query Parameters"; the older signature has a parameter `Signature`. */
const SIGNED_URL = /^\s*https:\/\/[^?]*\?.*Signature=/is;

/** What a `MessageReference` of any shape states about the file. The only check is whether it identifies one file. */
export interface Reference {
	/** Unset if it is missing, or if there are several. */
	accessPoint?: string;
	objectKey?: string;
	/** https URLs, one for each file: other signatures for the same file do not count. */
	urls: string[];
	/** The pre-signed ones among the https URLs, one for each file. */
	signedUrls: string[];
	/** URLs of plain HTTP, which are not used. */
	plainUrls: string[];
	/** Whether it names several access points or several keys, none of them at the documented place. */
	isAmbiguous: boolean;
}

interface Found {
	accessPoints: Set<string>;
	keys: Set<string>;
	/** Strings that begin like a URL. */
	links: string[];
}

/**
 * Reads a `MessageReference`: an object with `accesspoint` and `objectKey`, an object with a URL in a field of any name, a URL alone, a
 * list, or the JSON of one of these in a string.
 */
export function readReference(reference: unknown): Reference {
	const found: Found = { accessPoints: new Set(), keys: new Set(), links: [] };
	look(reference, found, '', 0);
	const { accessPoints, keys, links } = found;
	const https = links.filter((text) => HTTPS_URL.test(text));
	const urls = onePerFile(https);
	const signedUrls = onePerFile(https.filter((text) => SIGNED_URL.test(text)));
	const plainUrls = links.filter((text) => !HTTPS_URL.test(text));
	const documented = documentedPlace(reference);
	const isAmbiguous = documented === undefined && (accessPoints.size > 1 || keys.size > 1);
	const object = documented ?? (isAmbiguous ? {} : onlyOnes(found));
	return { ...object, urls, signedUrls, plainUrls, isAmbiguous };
}

/** Returns the string at a path below the reference, with dots between the levels; undefined if there is no string or it is blank. */
export function textAt(reference: unknown, path: string): string | undefined {
	let value = reference;
	for (const name of path.split('.')) value = at(value, name);
	return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function at(value: unknown, name: string): unknown {
	const inner = typeof value === 'string' ? jsonIn(value) : value;
	if (Array.isArray(inner) && Object.hasOwn(inner, name)) return (inner as unknown[])[Number(name)];
	return own(unwrapped(inner), name);
}

/** Returns `accesspoint` and `objectKey` at the top level, whatever else there is (implementation guide). */
function documentedPlace(reference: unknown): { accessPoint: string; objectKey: string } | undefined {
	const top = unwrapped(reference);
	const accessPoint = own(top, 'accesspoint');
	const objectKey = own(top, 'objectKey');
	if (typeof accessPoint !== 'string' || typeof objectKey !== 'string') return undefined;
	return accessPoint.trim() === '' || objectKey === '' ? undefined : { accessPoint, objectKey };
}

function onlyOnes({ accessPoints, keys }: Found): Pick<Reference, 'accessPoint' | 'objectKey'> {
	const [accessPoint] = accessPoints;
	const [objectKey] = keys;
	return { ...(accessPoint !== undefined && { accessPoint }), ...(objectKey !== undefined && { objectKey }) };
}

/** Visits all strings, including those in a string's JSON. */
function look(value: unknown, found: Found, name: string, depth: number): void {
	if (depth > DEEPEST) return;
	if (typeof value === 'string') {
		const json = jsonIn(value);
		if (json === undefined) note(value, found, name);
		else look(json, found, name, depth + 1);
	} else if (Array.isArray(value)) {
		for (const member of value) look(member, found, name, depth + 1);
	} else if (isRecord(value)) {
		for (const [key, member] of Object.entries(value)) look(member, found, key, depth + 1);
	}
}

function note(text: string, { accessPoints, keys, links }: Found, name: string): void {
	if (URL_TEXT.test(text)) links.push(text);
	const named = ACCESS_POINT.test(name) ? accessPoints : OBJECT_KEY.test(name) ? keys : undefined;
	if (named && text.trim() !== '') named.add(text);
}

function onePerFile(urls: string[]): string[] {
	const files = new Map<string, string>();
	for (const url of urls) {
		const [file = ''] = url.trim().split('?');
		if (!files.has(file)) files.set(file, url);
	}
	return [...files.values()];
}
