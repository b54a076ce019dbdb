import { createHash, timingSafeEqual } from 'node:crypto';
import { RefusedNotification } from './refused-notification';

/** What a caller must show. Roche's sandbox takes user and password for the callback (implementation guide), hence Basic. */
export type ExpectedCaller =
	| { authentication: 'basicAuth'; user: string; password: string }
	| { authentication: 'headerAuth'; headerName: string; headerValue: string };

/** Headers as Node gives them: names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Lets a request pass that shows what is expected, compared in constant time.
 * @throws RefusedNotification 401 when it does not; 500 when nothing is expected (an empty password or header value), since an endpoint
 *   that anyone may call must be chosen, not left over
 */
export function checkCaller(expected: ExpectedCaller, headers: Headers): void {
	if (!isComplete(expected)) {
		throw new RefusedNotification(500, 'The credential of this webhook is incomplete, so that no caller is accepted.');
	}
	if (expected.authentication === 'headerAuth') {
		const given = headers[expected.headerName.trim().toLowerCase()];
		if (!sameText(expected.headerValue, given)) throw refused(`The header ${expected.headerName} is missing or wrong.`);
		return;
	}
	const given = basicCredentials(headers.authorization);
	if (!sameText(`${expected.user}:${expected.password}`, given)) {
		throw refused('User or password (HTTP Basic authentication) is missing or wrong.');
	}
}

function isComplete(expected: ExpectedCaller): boolean {
	if (expected.authentication === 'headerAuth') return expected.headerName.trim() !== '' && expected.headerValue !== '';
	return expected.user !== '' && expected.password !== '';
}

function refused(problem: string): RefusedNotification {
	return new RefusedNotification(401, problem);
}

/** `user:password` of the header, which is base64 of UTF-8 (RFC 7617). */
function basicCredentials(header: string | string[] | undefined): string | undefined {
	if (typeof header !== 'string') return undefined;
	const [, encoded] = /^basic +([A-Za-z0-9+/]+=*)\s*$/i.exec(header) ?? [];
	return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

/**
 * Digests have one length, whatever was given: neither length nor content can be found out by timing. What is missing counts as
 * empty, which is never expected.
 */
function sameText(expected: string, given: string | string[] | undefined): boolean {
	return timingSafeEqual(digest(expected), digest(typeof given === 'string' ? given : ''));
}

function digest(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}
