import { createHash, timingSafeEqual } from 'node:crypto';
import { RefusedNotification } from './refused-notification';

/** What a caller must show. Roche's sandbox takes user and password for the callback (implementation guide), hence Basic. */
export type ExpectedCaller =
	| { authentication: 'basicAuth'; user: string; password: string }
	| { authentication: 'headerAuth'; headerName: string; headerValue: string };

/** Headers as Node gives them: names in lower case, each byte of a value as the sign with its number. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Blanks, line breaks and signs without a width that come along when a value is copied from a mail or a web page. */
const BLANK = /[\s\u200B-\u200D\u2060]/;

/**
 * Lets a request pass that shows what is expected, compared in constant time. Which encoding a caller uses for signs beyond ASCII is up to
 * it (RFC 7617: UTF-8 only where the server asks for it), and so is their Unicode form. Blanks around user, password, header name and
 * header value do not count on either side: they come from copying.
 * @throws RefusedNotification 401, always the same, when it does not; 500 when nothing is expected (an empty password or header value),
 *   since an endpoint that anyone may call must be chosen, not left over
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

/** Of a header that was copied with the colon behind its name, too. */
function nameOf({ headerName }: { headerName: string }): string {
	return mended(mended(headerName).replace(/:$/, '')).toLowerCase();
}

/** The bytes of `user:password`, in base64 (RFC 7617), for URLs (RFC 4648, section 5) as well. */
function basicCredentials(header: string | string[] | undefined): Buffer {
	const [, encoded = ''] = typeof header === 'string' ? (/^basic +([A-Za-z0-9+/_-]+=*)\s*$/i.exec(header) ?? []) : [];
	return Buffer.from(encoded, 'base64');
}

function bytesOf(header: string | string[] | undefined): Buffer {
	return Buffer.from(typeof header === 'string' ? header : '', 'latin1');
}

/** The text in each encoding that callers use: UTF-8, and Latin-1 with what Windows adds to it. */
function readings(bytes: Buffer): string[] {
	return [bytes.toString('utf8'), new TextDecoder('windows-1252').decode(bytes)];
}

function mendedPair(text: string): string {
	const colon = text.indexOf(':');
	return colon < 0 ? mended(text) : `${mended(text.slice(0, colon))}:${mended(text.slice(colon + 1))}`;
}

/** Without blanks at its ends, in one Unicode form. Takes time by the length only: a stranger chooses the text. */
function mended(text: string): string {
	let from = 0;
	let to = text.length;
	while (from < to && BLANK.test(text.charAt(from))) from += 1;
	while (to > from && BLANK.test(text.charAt(to - 1))) to -= 1;
	return text.slice(from, to).normalize('NFC');
}

/**
 * Digests have one length, whatever was given, and all readings are compared: neither length nor content can be found out by timing. What
 * is missing counts as empty, which is never expected.
 */
function isSame(expected: string, given: string[]): boolean {
	return given.map((text) => timingSafeEqual(digest(expected), digest(text))).includes(true);
}

function digest(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}
