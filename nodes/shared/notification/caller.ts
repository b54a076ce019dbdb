import { createHash, timingSafeEqual } from 'node:crypto';
import { decoderFor } from '../formats/decoder';
import { RefusedNotification } from './refused-notification';

/** What a caller must send. Roche's sandbox accepts user and password for the callback (implementation guide), hence Basic. */
export type ExpectedCaller =
	| { authentication: 'basicAuth'; user: string; password: string }
	| { authentication: 'headerAuth'; headerName: string; headerValue: string };

/** Headers as Node provides them: names in lower case, each byte of a value as the character with its number. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Whitespace, line breaks and zero-width characters, which may be copied with a value from a mail or a web page. */
const BLANK = /[\s\u200B-\u200D\u2060]/;

/**
 * Accepts a request that sends what is expected, compared in constant time. The caller chooses the encoding of characters beyond ASCII (RFC
 * 7617: UTF-8 only if the server asks for it) and their Unicode form. Whitespace around user, password, header name and header value is
 * ignored on both sides: it comes from copying.
 * @throws RefusedNotification 401, always the same, if the request does not match; 500 if the credential lacks a value, since an endpoint
 * that anyone may call must be a choice, not an oversight
 */
export function checkCaller(expected: ExpectedCaller, headers: Headers): void {
	if (!isComplete(expected)) {
		throw new RefusedNotification(500, 'The credential of this webhook is incomplete, so no caller is accepted.');
	}
	const isRight =
		expected.authentication === 'headerAuth'
			? isSame(mended(expected.headerValue), readings(bytesOf(headers[nameOf(expected)])).map(mended))
			: isSame(
					mendedPair(`${mended(expected.user)}:${mended(expected.password)}`),
					readings(basicCredentials(headers.authorization)).map(mendedPair),
				);
	if (!isRight) throw new RefusedNotification(401, 'The caller is not authorized.');
}

function isComplete(expected: ExpectedCaller): boolean {
	if (expected.authentication === 'headerAuth') return nameOf(expected) !== '' && mended(expected.headerValue) !== '';
	return mended(expected.user) !== '' && mended(expected.password) !== '';
}

/** Returns the header's name in lower case, without a colon that was copied with it. */
function nameOf({ headerName }: { headerName: string }): string {
	return mended(mended(headerName).replace(/:$/, '')).toLowerCase();
}

/** Returns the bytes of `user:password`, sent in base64 (RFC 7617), also in its form for URLs (RFC 4648, section 5). */
function basicCredentials(header: string | string[] | undefined): Buffer {
	const [, encoded = ''] = typeof header === 'string' ? (/^basic +([A-Za-z0-9+/_-]+=*)\s*$/i.exec(header) ?? []) : [];
	return Buffer.from(encoded, 'base64');
}

function bytesOf(header: string | string[] | undefined): Buffer {
	return Buffer.from(typeof header === 'string' ? header : '', 'latin1');
}

/** Returns the string in each encoding that callers use: UTF-8, and Latin-1 with the characters that Windows adds to it. */
function readings(bytes: Buffer): string[] {
	return [bytes.toString('utf8'), decoderFor('windows-1252')?.(bytes) ?? []].flat();
}

function mendedPair(text: string): string {
	const colon = text.indexOf(':');
	return colon < 0 ? mended(text) : `${mended(text.slice(0, colon))}:${mended(text.slice(colon + 1))}`;
}

/** Removes whitespace at both ends, and normalizes the Unicode form. Takes linear time: a stranger chooses the string. */
function mended(text: string): string {
	let from = 0;
	let to = text.length;
	while (from < to && BLANK.test(text.charAt(from))) from += 1;
	while (to > from && BLANK.test(text.charAt(to - 1))) to -= 1;
	return text.slice(from, to).normalize('NFC');
}

/**
 * Digests have the same length for any input, and all readings are compared: timing reveals neither length nor content. A missing value
 * counts as empty, which is never expected.
 */
function isSame(expected: string, given: string[]): boolean {
	return given.map((text) => timingSafeEqual(digest(expected), digest(text))).includes(true);
}

function digest(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}
