import { decoderFor } from '../formats/decoder';
import { RefusedNotification } from './refused-notification';

/** Byte order marks, in hexadecimal, and the encodings that they identify (Unicode standard, section 23.8). */
const MARKS: ReadonlyArray<readonly [string, string]> = [
	['efbbbf', 'utf-8'],
	['feff', 'utf-16be'],
	['fffe', 'utf-16le'],
];

/** A replacement character, or half of a surrogate pair: the string was decoded with the wrong encoding before it came here. */
const DAMAGED = /[\uFFFD\p{Surrogate}]/u;

/**
 * Decodes bytes in the encoding of their byte order mark, else in the declared one, else in UTF-8 (RFC 8259). Nothing is replaced: bytes
 * that are invalid in the encoding are refused.
 * @param contentType value of the header `Content-Type`
 * @throws RefusedNotification 415 for an unknown encoding, 400 for bytes that are invalid in it
 */
export function decoded(bytes: Uint8Array, contentType = ''): string {
	const beginning = Buffer.from(bytes.subarray(0, 3)).toString('hex');
	const [, declared = 'utf-8'] = /;\s*charset\s*=\s*["']?([^"';\s]+)/i.exec(contentType) ?? [];
	const [, charset = declared] = MARKS.find(([mark]) => beginning.startsWith(mark)) ?? [];
	const decode = decoderFor(charset);
	if (decode === undefined) {
		throw new RefusedNotification(415, 'The encoding (charset) in Content-Type is not known. Send JSON in UTF-8.');
	}
	const text = decode(Buffer.from(bytes));
	if (text !== undefined) return text;
	throw new RefusedNotification(400, `The body is not text in ${charset.toUpperCase()}. Send JSON in UTF-8.`);
}

/** Whether a string has lost characters on its way here, so that it is no longer a usable key, handle or name. */
export function isDamaged(text: string): boolean {
	return DAMAGED.test(text);
}
