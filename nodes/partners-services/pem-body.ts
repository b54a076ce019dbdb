import { type Content, contentOf } from './pem-content';

/** What stands between two lines of armour. */
export interface Body {
	/** The RFC 1421 headers of an encrypted key and the blank line behind them. */
	headers: string[];
	bytes: Buffer;
	/** What the bytes are, where they tell. Those of an encrypted key do not. */
	content?: Content;
	/** There is nothing in it, or there are signs that neither base64 has nor a program puts there. */
	strange: boolean;
}

/** Ciphers with blocks of 16 bytes; all others have 8. The IV's length matters when line breaks are gone. */
const ENCRYPTION_HEADERS =
	/^\s*Proc-Type:\s*4,\s*ENCRYPTED\s*DEK-Info:\s*((?:AES|CAMELLIA|ARIA|SEED|SM4)[A-Z0-9-]{0,20},\s*[0-9A-F]{32}|[A-Z0-9-]{2,20},\s*[0-9A-F]{16})/i;
/** Others, such as `Comment:`. */
const OTHER_HEADERS = /^\s*(?:[A-Za-z][A-Za-z0-9-]{0,40}:[^\n]{0,200}\n\s{0,9})+/;
/** Quotes, marks of quoted mail and tables. */
const QUOTES = /["'`´‘’“”„«»>|]/g;
/** What lists and source code put around; none of it is a sign of base64. */
const PUNCTUATION = /[,;:[\]{}()$]/g;
const NOTHING = Buffer.alloc(0);
/** With the two signs that take the place of + and / in addresses. */
const BASE64 = /^[A-Za-z0-9+/_-]*$/;

/**
 * How lines of base64 may be read: as they are, and, when that makes no sense, as what programs make of them by signs that base64 has as
 * well. Whether it makes sense is known by the length of the whole, which is in its first bytes. A program treats all lines alike: where it
 * did so with some only, signs were lost, and a key that is put together of what is left would be another one.
 */
const READINGS: ReadonlyArray<(lines: string) => string> = [
	(lines) => lines,
	// A form's decoder took plus signs for blanks.
	(lines) => (lines.includes('+') ? lines : lines.replaceAll(' ', '+')),
	// Line numbers.
	(lines) => withoutPrefix(lines, /^[ \t]{0,9}\d{1,4}(?:[ \t.)]{1,9}|$)/),
	// A patch.
	(lines) => withoutPrefix(lines, /^\+/),
	// A shell took the backslashes of \n or \r\n away.
	(lines) => withoutLetters(lines, 'n'),
	(lines) => withoutLetters(lines, 'rn'),
];

function withoutPrefix(text: string, prefix: RegExp): string {
	if (!prefix.test(text.trimStart())) return text;
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	return lines.every((line) => prefix.test(line)) ? lines.map((line) => line.replace(prefix, '')).join('\n') : text;
}

/** Letters that stand in place of line breaks, behind 64 signs each. */
function withoutLetters(text: string, letters: string): string {
	const lines = text.replaceAll(/\s/g, '');
	if (!lines.startsWith(letters)) return lines;
	return lines.slice(letters.length).replaceAll(new RegExp(`(.{64})${letters}|${letters}$`, 'g'), '$1');
}

/** Reads what stands between two lines of armour, or a text without armour. */
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
	// Most texts read the same in most ways.
	for (const read of new Set(READINGS.map((reading) => reading(lines)))) {
		const content = contentOf(read === lines ? first : decoded(read));
		if (content) return { headers, bytes: content.der, content, strange };
	}
	return { headers, bytes: first, strange };
}

/**
 * Padding says nothing that the length does not say. Of four signs one cannot be alone, nor anything follow the padding: where it is so, signs
 * were lost or added, and nothing is read.
 */
function decoded(lines: string): Buffer {
	const signs = lines.replaceAll(/[^A-Za-z0-9+/_=-]+/g, '');
	const padding = signs.indexOf('=');
	const length = padding < 0 ? signs.length : padding;
	return length % 4 === 1 || signs.length - length > 2 ? NOTHING : Buffer.from(signs, 'base64');
}

/** Of the armour's dashes all but one may be left on the body; PGP escapes those of the END line by one more and a blank. */
function withoutDashes(text: string): string {
	let [start, end] = [0, text.length];
	while (text[start] === '-') start += 1;
	while (end > start && text[end - 1] === '-') end -= 1;
	const body = text.slice(start, end);
	return body.endsWith('\n- ') ? body.slice(0, -2) : body;
}
