import { InvalidInputError } from '../errors/invalid-input-error';

/** A pre-signed URL whose host may be asked. */
export interface PresignedUrl {
	/** With its signature: for the request only, never for an item, message or log. */
	url: URL;
	/** The object key as far as the path tells. */
	key: string;
}

const FIELD = 'Pre-Signed URL';
const USE_URL = 'Give the https URL as Roche sent it, whole.';

/**
 * Host names of S3 (AWS General Reference, "Amazon S3 endpoints"): path style, bucket style, access points, dual-stack and the
 * older form with a dash. Other services under amazonaws.com do not match: anyone can have a host there.
 */
const S3_HOSTS =
	/^([a-z0-9][a-z0-9.-]*\.)?(s3|s3-fips|s3-accesspoint|s3-accesspoint-fips|s3-[a-z]{2}(-[a-z]+)+-\d)(\.dualstack)?(\.[a-z]{2}(-[a-z]+)+-\d)?\.amazonaws\.com(\.cn)?$/;

/**
 * Checks a pre-signed URL before anything is sent.
 * @param allowedHosts host names beside those of S3, exact, with the port unless it is 443
 * @throws InvalidInputError; its text holds the host but neither path nor query
 */
export function parsePresignedUrl(value: unknown, allowedHosts: readonly string[] = []): PresignedUrl {
	const text = typeof value === 'string' ? value.trim() : '';
	if (text === '') throw new InvalidInputError(FIELD, `${FIELD} is empty`, USE_URL);
	// The parser leaves out tabs and line breaks, and adds slashes: what it makes of the text would be another URL than the one that is seen.
	if (/[\s\p{Cc}]/u.test(text)) throw new InvalidInputError(FIELD, `${FIELD} holds a space or a line break`, USE_URL);
	if (!URL.canParse(text)) throw new InvalidInputError(FIELD, `${FIELD} is not a URL`, USE_URL);
	const url = new URL(text);
	if (url.protocol !== 'https:') throw new InvalidInputError(FIELD, `${FIELD} is not an https URL`, USE_URL);
	if (!/^https:\/\//i.test(text)) throw new InvalidInputError(FIELD, `${FIELD} is not a URL`, USE_URL);
	if (url.username || url.password) {
		throw new InvalidInputError(FIELD, `${FIELD} holds a user name or password`, USE_URL);
	}
	const allowed = allowedHosts.some((host) => host.trim().toLowerCase() === url.host);
	if (!allowed && !S3_HOSTS.test(url.host)) {
		throw new InvalidInputError(
			FIELD,
			`${FIELD} leads to ${url.host}, which is not a host of Amazon S3`,
			'If Roche told you that files come from there, add it to the option "Allowed Hosts".',
		);
	}
	url.hash = '';
	return { url, key: keyOf(url) };
}

function keyOf(url: URL): string {
	const path = url.pathname.slice(1);
	try {
		return decodeURIComponent(path);
	} catch {
		return path;
	}
}
