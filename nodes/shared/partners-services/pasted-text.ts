/** HTML's names for characters in or around PEM. */
const ENTITIES: Readonly<Record<string, string>> = {
	nbsp: ' ',
	Tab: ' ',
	NewLine: '\n',
	quot: '"',
	apos: "'",
	gt: '>',
	lt: '<',
	amp: '&',
	plus: '+',
	equals: '=',
	sol: '/',
	hyphen: '-',
	ndash: '-',
	mdash: '-',
};

const character = (digits: string, radix: number): string =>
	String.fromCodePoint(Math.min(parseInt(digits, radix), 0xffff));

const utf8 = (bytes: string): string => Buffer.from(bytes.replaceAll(/[=%]/g, ''), 'hex').toString('utf8');

/**
 * What programs write instead of a character, each with its meaning. None of it has a meaning in PEM (RFC 7468), so it can be undone without
 * knowing which program wrote it. All patterns are bounded, so the time is linear even for megabytes.
 */
const ESCAPES: ReadonlyArray<[RegExp, string | ((match: string, first: string) => string)]> = [
	// UTF-16, read as bytes.
	[/\u0000|\u00ff\u00fe/g, ''],
	// Zero-width characters of web pages and chats; soft hyphens.
	[/[\u00ad\u180e\u200b-\u200f\u2060]/g, ''],
	// Word processors' dashes.
	[/[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g, '-'],
	// Quoted-printable (RFC 2045, 6.7): soft line breaks (not the padding in front of the END line), characters in hexadecimal.
	[/=[ \t]{0,9}\r{0,2}\n(?![\s>|]{0,30}[ \t\d+>|]{0,30}-[\s-]{0,9}END)/g, ''],
	// The same inside the dashes of an END line: padding never follows a dash.
	[/(?<=-)=[ \t]{0,9}\r{0,2}\n/g, ''],
	[/(?:=[0-9A-F]{2})+/g, (match) => utf8(match)],
	// JSON, YAML, JavaScript, Java and shells, even if several of them escaped each other's backslashes.
	[/\\{2,}/g, '\\'],
	[/\\u\{?([0-9a-fA-F]{4})\}?/g, (_match, digits) => character(digits, 16)],
	[/\\x([0-9a-fA-F]{2})/g, (_match, digits) => character(digits, 16)],
	[/\\(?:r\\n|015\\012|0?1[25]|[rn])/g, '\n'],
	[/\\(?:0?11|0?40|t)/g, ' '],
	// Adjacent string literals in source code.
	[/["'`]\s{0,40}[+.,]?\s{0,40}["'`]/g, '\n'],
	[/<\/?[A-Za-z][\w:]{0,40}(?:\s[^<>]{0,200})?\/?>/g, '\n'],
	[/&#x([0-9a-fA-F]{1,4});/g, (_match, digits) => character(digits, 16)],
	[/&#([0-9]{1,5});/g, (_match, digits) => character(digits, 10)],
	[/&(\w{2,7});/g, (match, name) => ENTITIES[name] ?? match],
	[/(?:%[0-9A-Fa-f]{2})+/g, (match) => utf8(match)],
];
/** Most layers of escapes that are undone: one program's output is often pasted into another. */
const LAYERS = 3;

/**
 * Undoes what forms, JSON, YAML, mail, web pages, word processors and shells do to PEM before it is pasted into a field. Lost line breaks are
 * not restored, and quotes and marks of quoted mail stay: `readBody` ignores them.
 */
export function withoutEscapes(text: string): string {
	let undone = text;
	for (let layer = 0; layer < LAYERS; layer += 1) {
		const before = undone;
		// A form encodes a space as a plus sign, and everything else in hexadecimal.
		if (/(BEGIN|END)\+[A-Z]/.test(undone)) undone = undone.replaceAll('+', ' ');
		for (const [pattern, meaning] of ESCAPES) undone = replaced(undone, pattern, meaning);
		if (undone === before) break;
	}
	// The remaining backslashes escape a character that needs no escape, or continue a line.
	return undone.replaceAll('\\', '');
}

function replaced(text: string, pattern: RegExp, meaning: (typeof ESCAPES)[number][1]): string {
	return typeof meaning === 'string' ? text.replace(pattern, meaning) : text.replace(pattern, meaning);
}
