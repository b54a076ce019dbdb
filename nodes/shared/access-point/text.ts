import { decoderFor } from '../formats/decoder';

/** The text of a file, or why it could not be decoded. */
export type DecodedText =
	| { text: string }
	/**
	 * `unknown`: the file names an unknown encoding. `ambiguous`: it names two, and reads differently in each. `invalid`: its bytes are
	 * invalid in the encoding that it names. `notUtf8`: it names none, and its bytes are not UTF-8.
	 */
	| { refused: Refusal };
export type Refusal = 'unknown' | 'ambiguous' | 'invalid' | 'notUtf8';

/** The XML declaration is searched for in this many bytes: it is at the very beginning of the file. */
const DECLARATION_BYTES = 256;

const BYTE_ORDER_MARKS: ReadonlyArray<{ bytes: readonly number[]; label: string }> = [
	// Before UTF-16, which begins in the same way; TextDecoder does not support UTF-32.
	{ bytes: [0xff, 0xfe, 0, 0], label: 'utf-32' },
	{ bytes: [0, 0, 0xfe, 0xff], label: 'utf-32' },
	{ bytes: [0xef, 0xbb, 0xbf], label: 'utf-8' },
	{ bytes: [0xff, 0xfe], label: 'utf-16le' },
	{ bytes: [0xfe, 0xff], label: 'utf-16be' },
];

/** ASCII is a part of UTF-8. The Encoding Standard treats it as Windows-1252, and would decode bytes that ASCII does not have. */
const ASCII = /^(us-)?ascii$/;
const WIDE = /^(utf-?16|ucs-?2|unicode$)/i;

/**
 * Decodes a file by its byte-order mark, else by Content-Type and XML declaration, else as UTF-8. Bytes that are invalid in the encoding
 * are never replaced by U+FFFD. (RFC 7303, 3; XML 1.0, appendix F; labels: Encoding Standard of WHATWG)
 * @param contentType header `Content-Type`
 */
export function decodeText(bytes: Buffer, contentType: string): DecodedText {
	const labels = declared(bytes, contentType);
	const decoders = labels.map((label) => decoderFor(ASCII.test(label) ? 'utf-8' : label));
	if (decoders.includes(undefined)) return { refused: 'unknown' };
	const texts = new Set(decoders.flatMap((decode) => decode?.(bytes) ?? []));
	if (texts.size > 1) return { refused: 'ambiguous' };
	const [text] = texts;
	if (text !== undefined) return { text };
	return { refused: labels.every((label) => label === 'utf-8') ? 'notUtf8' : 'invalid' };
}

/** Returns the encodings that the file is declared to be in. */
function declared(bytes: Buffer, contentType: string): string[] {
	const mark = BYTE_ORDER_MARKS.find((candidate) => candidate.bytes.every((byte, index) => bytes[index] === byte));
	if (mark) return [mark.label];
	const wide = wideWithoutMark(bytes);
	if (wide !== undefined) return [wide];
	const ofType = /;\s*charset\s*=\s*["']?\s*([^\s"';]+)/i.exec(contentType)?.[1];
	const labels = new Set([ofType, declaredInXml(bytes)].flatMap((label) => label?.toLowerCase() ?? []));
	// Neither mark nor zeros: almost any bytes could be read as UTF-16, so it counts only if they are not UTF-8.
	if (labels.size === 0 || [...labels].some((label) => WIDE.test(label))) labels.add('utf-8');
	return [...labels];
}

/** Detects UTF-16 without a byte-order mark: if the file begins with ASCII, every second byte is zero (RFC 4627, 3). */
function wideWithoutMark(bytes: Buffer): string | undefined {
	const beginning = bytes.toString('latin1', 0, 4);
	if (/^\0[\t\n\r -~]\0[\t\n\r -~]$/.test(beginning)) return 'utf-16be';
	return /^[\t\n\r -~]\0[\t\n\r -~]\0$/.test(beginning) ? 'utf-16le' : undefined;
}

/**
 * Returns the encoding of the XML declaration. One that can be read byte by byte is not in UTF-16, whatever it states: .NET writes UTF-16
 * in declarations that it then stores as UTF-8.
 */
function declaredInXml(bytes: Buffer): string | undefined {
	const beginning = bytes.toString('latin1', 0, DECLARATION_BYTES);
	const label = /^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"'>]+)["']/.exec(beginning)?.[1];
	return label !== undefined && WIDE.test(label) ? 'utf-8' : label;
}
