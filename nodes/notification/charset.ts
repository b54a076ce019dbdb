import { TextDecoder } from 'node:util';
import { RefusedNotification } from './refused-notification';

/** Marks at the beginning of a text that tell its encoding (Unicode standard, section 23.8). */
const MARKS: ReadonlyArray<readonly [string, string]> = [
	['efbbbf', 'utf-8'],
	['feff', 'utf-16be'],
	['fffe', 'utf-16le'],
];

/** A sign that stands for bytes which were no text, or half of a sign: the text was read in a wrong encoding before it came here. */
const DAMAGED = /[\uFFFD\p{Surrogate}]/u;

/**
 * The text of bytes in the encoding that their byte order mark tells, else the one that was declared, else UTF-8 (RFC 8259). Nothing is
 * replaced: bytes that are no text in it are refused.
 * @param contentType value of the header `Content-Type`
 * @throws RefusedNotification 415 for an encoding that is not known, 400 for bytes that are no text in it
 */
export function decoded(bytes: Uint8Array, contentType = ''): string {
	const beginning = Buffer.from(bytes.subarray(0, 3)).toString('hex');
	const [, declared = 'utf-8'] = /;\s*charset\s*=\s*["']?([^"';\s]+)/i.exec(contentType) ?? [];
	const [, charset = declared] = MARKS.find(([mark]) => beginning.startsWith(mark)) ?? [];
	const decoder = decoderFor(charset);
	try {
		return decoder.decode(bytes);
	} catch {
		throw new RefusedNotification(
			400,
			`The body is not text in ${decoder.encoding.toUpperCase()}. Send JSON in UTF-8.`,
		);
	}
}

/** Whether a text has lost signs on its way here, so that it is no key, no handle and no name any more. */
export function isDamaged(text: string): boolean {
	return DAMAGED.test(text);
}

function decoderFor(charset: string): TextDecoder {
	try {
		return new TextDecoder(charset, { fatal: true });
	} catch {
		throw new RefusedNotification(415, 'The encoding (charset) in Content-Type is not known. Send JSON in UTF-8.');
	}
}
