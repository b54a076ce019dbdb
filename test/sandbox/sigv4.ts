// AWS Signature Version 4, written from AWS's documents ("Create a signed AWS API request" and "Authenticating requests: using query
// parameters") with node:crypto only: the client under test signs with the SDK, so the check must not use the SDK's code.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export const ALGORITHM = 'AWS4-HMAC-SHA256';
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
export const EMPTY_SHA256 = createHash('sha256').digest('hex');

/** `ACCESSKEY/20260102/us-east-1/s3/aws4_request`. */
export interface CredentialScope {
	accessKeyId: string;
	date: string;
	region: string;
	service: string;
}

/** Input of a signature. */
export interface SignedParts {
	method: string;
	/** Path and query as on the wire. */
	url: string;
	/** All values of every header, by lower-case name. */
	headers: ReadonlyMap<string, readonly string[]>;
	signedHeaders: readonly string[];
	payloadHash: string;
	/** `20260102T030405Z`. */
	timestamp: string;
	scope: CredentialScope;
	secretAccessKey: string;
}

/** AWS's UriEncode: everything but A-Z a-z 0-9 - . _ ~ becomes %XX (upper case), per byte of UTF-8. */
export function uriEncode(bytes: Buffer, keepSlash: boolean): string {
	let encoded = '';
	for (const byte of bytes) {
		const sign = String.fromCharCode(byte);
		const plain = /[A-Za-z0-9\-._~]/.test(sign) || (keepSlash && sign === '/');
		encoded += plain ? sign : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
	}
	return encoded;
}

/**
 * Decodes a percent-encoded string into bytes. As in S3, an unescaped `+` is a space, so a client that does not escape `+` fails here too.
 *
 * @throws URIError for a `%` without two hex digits
 */
export function uriDecode(text: string): Buffer {
	if (/%(?![0-9A-Fa-f]{2})/.test(text)) throw new URIError('Malformed percent encoding');
	const latin1 = text
		.replaceAll('+', ' ')
		.replace(/%([0-9A-Fa-f]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
	return Buffer.from(latin1, 'latin1');
}

/** Splits a wire URL at its first `?`. */
export function splitUrl(url: string): { path: string; query: string } {
	const at = url.indexOf('?');
	return at < 0 ? { path: url, query: '' } : { path: url.slice(0, at), query: url.slice(at + 1) };
}

/** Returns the decoded name-value pairs of a query, in their order. */
export function queryPairs(query: string): Array<[string, string]> {
	return query
		.split('&')
		.filter((pair) => pair !== '')
		.map((pair) => {
			const at = pair.indexOf('=');
			const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
			return [uriDecode(name).toString('utf8'), uriDecode(value).toString('utf8')];
		});
}

function canonicalQuery(query: string): string {
	const encode = (text: string) => uriEncode(Buffer.from(text, 'utf8'), false);
	const byCode = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
	return queryPairs(query)
		.filter(([name]) => name !== 'X-Amz-Signature')
		.map(([name, value]) => [encode(name), encode(value)] as const)
		.sort((a, b) => byCode(a[0], b[0]) || byCode(a[1], b[1]))
		.map((pair) => pair.join('='))
		.join('&');
}

/** Returns the canonical request. Unlike other AWS services, S3 encodes the path once and does not normalise it. */
export function canonicalRequest(parts: SignedParts): string {
	const { path, query } = splitUrl(parts.url);
	const headers = parts.signedHeaders.map((name) => {
		const values = parts.headers.get(name) ?? [];
		return `${name}:${values.map((value) => value.trim().replace(/ +/g, ' ')).join(',')}\n`;
	});
	return [
		parts.method,
		uriEncode(uriDecode(path), true),
		canonicalQuery(query),
		headers.join(''),
		parts.signedHeaders.join(';'),
		parts.payloadHash,
	].join('\n');
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text, 'utf8').digest();

/** `DATE/REGION/SERVICE/aws4_request`. */
export function scopeText(scope: CredentialScope): string {
	return `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
}

/** Returns the signature, in hex. */
export function signature(parts: SignedParts): string {
	const { scope } = parts;
	const canonical = createHash('sha256').update(canonicalRequest(parts), 'utf8').digest('hex');
	const text = [ALGORITHM, parts.timestamp, scopeText(scope), canonical].join('\n');
	const day = hmac(`AWS4${parts.secretAccessKey}`, scope.date);
	const signing = hmac(hmac(hmac(day, scope.region), scope.service), 'aws4_request');
	return hmac(signing, text).toString('hex');
}

/** Compares signatures in constant time. */
export function sameSignature(a: string, b: string): boolean {
	const [left, right] = [Buffer.from(a), Buffer.from(b)];
	return left.length === right.length && timingSafeEqual(left, right);
}

/** Parses `KEY/DATE/REGION/SERVICE/aws4_request`; returns undefined for anything else. */
export function parseScope(text: string): CredentialScope | undefined {
	const [accessKeyId, date, region, service, end, ...rest] = text.split('/');
	if (!accessKeyId || !date || !region || !service || end !== 'aws4_request' || rest.length > 0) return undefined;
	return { accessKeyId, date, region, service };
}

/** Parses `20260102T030405Z` into epoch milliseconds; returns NaN for anything else. */
export function parseTimestamp(text: string): number {
	const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
	if (!match) return Number.NaN;
	const [, year, month, day, hour, minute, second] = match;
	return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** Formats epoch milliseconds as `20260102T030405Z`. */
export function formatTimestamp(at: number): string {
	return new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '');
}
