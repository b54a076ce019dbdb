/** Marks a byte without a character: no text contains it. */
const UNASSIGNED = '\uffff';
/** The characters of the bytes 80 to 9F (Unicode, CP1252.TXT). */
const WINDOWS_1252 = '€\uffff‚ƒ„…†‡ˆ‰Š‹Œ\uffffŽ\uffff\uffff‘’“”•–—˜™š›œ\uffffžŸ';

/** Decodes bytes, or returns undefined if they are invalid in the encoding. */
export type Decoder = (bytes: Buffer) => string | undefined;

/**
 * Returns the decoder for an encoding, by its label (Encoding Standard of WHATWG). A byte-order mark of the encoding is removed.
 * @returns undefined for an unknown encoding
 */
export function decoderFor(label: string): Decoder | undefined {
	try {
		const decoder = new TextDecoder(label, { fatal: true });
		return decoder.encoding === 'windows-1252' ? windows1252 : (bytes) => orUndefined(() => decoder.decode(bytes));
	} catch {
		return undefined;
	}
}

/**
 * Decodes Windows-1252, which the Encoding Standard uses for all names of ISO 8859-1: Node 20 decodes it as if it had no characters from 80
 * to 9F.
 */
function windows1252(bytes: Buffer): string | undefined {
	const text = bytes
		.toString('latin1')
		.replaceAll(/[\x80-\x9f]/g, (sign) => WINDOWS_1252[sign.charCodeAt(0) - 0x80] ?? '');
	return text.includes(UNASSIGNED) ? undefined : text;
}

function orUndefined<T>(work: () => T): T | undefined {
	try {
		return work();
	} catch {
		return undefined;
	}
}
