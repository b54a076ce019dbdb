import { type Content, contentOf } from './pem-content';

/** What is between two lines of armour. */
export interface Body {
	/** The RFC 1421 headers of an encrypted key and the empty line after them; empty if there are none. */
	headers: string[];
	bytes: Buffer;
	/** The kind of content, if the bytes show it. Those of a key with encryption headers do not. */
	content?: Content;
	/** It is empty, or contains characters that neither belong to base64 nor are added by a known program. */
	strange: boolean;
}

/** Names the ciphers with blocks of 16 bytes; all others have 8. If line breaks are lost, only the IV's length shows where the headers end. */
const ENCRYPTION_HEADERS =
	/^\s*Proc-Type:\s*4,\s*ENCRYPTED\s*DEK-Info:\s*((?:AES|CAMELLIA|ARIA|SEED|SM4)[A-Z0-9-]{0,20},\s*[0-9A-F]{32}|[A-Z0-9-]{2,20},\s*[0-9A-F]{16})/i;
/** Other headers, such as `Comment:`. */
const OTHER_HEADERS = /^\s*(?:[A-Za-z][A-Za-z0-9-]{0,40}:[^\n]{0,200}\n\s{0,9})+/;
/** Quotes, marks of quoted mail and tables. */
const QUOTES = /["'`´‘’“”„«»>|]/g;
/** Characters that lists and source code add; none of them belongs to base64. */
const PUNCTUATION = /[,;:[\]{}()$]/g;
const NOTHING = Buffer.alloc(0);
/** Including base64url, which has - and _ instead of + and / (RFC 4648, 5). */
const BASE64 = /^[A-Za-z0-9+/_-]*$/;

/**
 * Ways to read lines of base64: unchanged or, if that makes no sense, with one program's change undone. The changes concern characters of
 * base64's own alphabet, which cannot simply be dropped. A reading makes sense if the total length in its first bytes is right. A program treats
 * all lines alike: if only some show its change, characters were lost, and a key assembled from the rest would be a different one.
 */
const READINGS: ReadonlyArray<(lines: string) => string> = [
	(lines) => lines,
	// A form's decoder replaced plus signs with spaces.
	(lines) => (lines.includes('+') ? lines : lines.replaceAll(' ', '+')),
	// Line numbers.
	(lines) => withoutPrefix(lines, /^[ \t]{0,9}\d{1,4}(?:[ \t.)]{1,9}|$)/),
	// A patch.
	(lines) => withoutPrefix(lines, /^\+/),
	// A shell removed the backslashes of \n or \r\n.
	(lines) => withoutLetters(lines, 'n'),
	(lines) => withoutLetters(lines, 'rn'),
];

function withoutPrefix(text: string, prefix: RegExp): string {
	if (!prefix.test(text.trimStart())) return text;
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	return lines.every((line) => prefix.test(line)) ? lines.map((line) => line.replace(prefix, '')).join('\n') : text;
}

/** Removes letters that replaced the line breaks: one set at the beginning, then one after every 64 characters. */
function withoutLetters(text: string, letters: string): string {
	const lines = text.replaceAll(/\s/g, '');
	if (!lines.startsWith(letters)) return lines;
	return lines.slice(letters.length).replaceAll(new RegExp(`(.{64})${letters}|${letters}$`, 'g'), '$1');
}

/** Reads what is between two lines of armour, or text without armour. */
export function readBody(text: string): Body {
	const unquoted = withoutDashes(text).replaceAll(QUOTES, '');
	const cipher = ENCRYPTION_HEADERS.exec(unquoted);
	const before = cipher ?? OTHER_HEADERS.exec(unquoted);
	const lines = unquoted.slice(before?.[0].length ?? 0).replaceAll(PUNCTUATION, '');
	const first = decoded(lines);
	const headers = cipher ? ['Proc-Type: 4,ENCRYPTED', `DEK-Info: ${(cipher[1] ?? '').replaceAll(/\s/g, '')}`, ''] : [];
	const signs = lines.replaceAll(/[\s=]/g, '');
	const strange = signs === '' || !BASE64.test(signs);
	if (cipher) return { headers, bytes: first, strange };
	// A set, since most readings return the same lines.
	for (const read of new Set(READINGS.map((reading) => reading(lines)))) {
		const content = contentOf(read === lines ? first : decoded(read));
		if (content) return { headers, bytes: content.der, content, strange };
	}
	return { headers, bytes: first, strange };
}

/**
 * Decodes base64. Missing or additional padding is accepted, since the length says the same. Returns nothing if the last group has only one
 * character, or if something else follows the padding: characters were lost or added.
 */
function decoded(lines: string): Buffer {
	const signs = lines.replaceAll(/[^A-Za-z0-9+/_=-]+/g, '');
	const [data = ''] = signs.split('=', 1);
	const isWhole = data.length % 4 !== 1 && /^=*$/.test(signs.slice(data.length));
	return isWhole ? Buffer.from(data, 'base64') : NOTHING;
}

/** Removes the dashes of the armour that `MARKER` in pem.ts left on the body. PGP also puts a dash and a space before the END line. */
function withoutDashes(text: string): string {
	let [start, end] = [0, text.length];
	while (text[start] === '-') start += 1;
	while (end > start && text[end - 1] === '-') end -= 1;
	const body = text.slice(start, end);
	return body.endsWith('\n- ') ? body.slice(0, -2) : body;
}
