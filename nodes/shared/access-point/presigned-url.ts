import { InvalidInputError } from '../errors/invalid-input-error';
import { hasMd5Etags, isS3Host } from './aws-hosts';

/** A pre-signed URL whose host is allowed. */
export interface PresignedUrl {
	/** With its signature: for the request only, never for an item, message or log. Send `target` instead of its path. */
	url: URL;
	/** Path and query as they were signed: `.` and `..` in a key are parts of its name. */
	target: string;
	/** The object key, as far as the path gives it. */
	key: string;
	/** Whether an ETag of 32 hexadecimal digits is an MD5: AWS guarantees it for its own hosts; for others there is no guarantee. */
	hasMd5Etag: boolean;
}

const FIELD = 'Pre-Signed URL';
const USE_URL = 'Enter the complete https URL as Roche sent it.';

/**
 * Checks a pre-signed URL before anything is sent.
 * @param allowedHosts host names besides those of S3, exact, with the port unless it is 443
 * @throws InvalidInputError; its text contains the host but neither path nor query
 */
export function parsePresignedUrl(value: unknown, allowedHosts: readonly string[] = []): PresignedUrl {
	const text = typeof value === 'string' ? value.trim() : '';
	if (text === '') throw new InvalidInputError(FIELD, `${FIELD} is empty`, USE_URL);
	// The parser drops tabs and line breaks, and adds slashes: its result would be another URL than the one that is seen.
	if (/[\s\p{Cc}]/u.test(text))
		throw new InvalidInputError(FIELD, `${FIELD} contains a space or a line break`, USE_URL);
	if (!URL.canParse(text) || /\p{Surrogate}/u.test(text))
		throw new InvalidInputError(FIELD, `${FIELD} is not a URL`, USE_URL);
	const url = new URL(text);
	if (url.protocol !== 'https:') throw new InvalidInputError(FIELD, `${FIELD} is not an https URL`, USE_URL);
	if (!/^https:\/\//i.test(text)) throw new InvalidInputError(FIELD, `${FIELD} is not a URL`, USE_URL);
	if (url.username || url.password) {
		throw new InvalidInputError(FIELD, `${FIELD} contains a user name or password`, USE_URL);
	}
	const allowed = allowedHosts.some((host) => host.trim().toLowerCase() === url.host);
	if (!allowed && !isS3Host(url.host)) {
		throw new InvalidInputError(
			FIELD,
			`${FIELD} leads to ${url.host}, which is not a host of Amazon S3`,
			'If Roche told you that files come from there, add it to the option "Allowed Hosts".',
		);
	}
	if (text.includes('\\')) throw new InvalidInputError(FIELD, `${FIELD} contains a backslash`, USE_URL);
	url.hash = '';
	const target = targetOf(text);
	return { url, target, key: keyOf(target), hasMd5Etag: hasMd5Etags(url.host) };
}

/** Returns what follows the host, byte for byte except for characters that a request cannot contain: the URL parser would resolve dot segments. */
function targetOf(text: string): string {
	const [, rest = ''] = /^https:\/\/[^/?#]*([^#]*)/i.exec(text) ?? [];
	const target = rest.startsWith('/') ? rest : `/${rest}`;
	return target.replaceAll(/[^!-~]+/g, (signs) => encodeURIComponent(signs));
}

function keyOf(target: string): string {
	const path = target.replace(/\?.*/s, '').slice(1);
	try {
		return decodeURIComponent(path);
	} catch {
		return path;
	}
}
