/** An element of DER, or of BER with indefinite length (ITU-T X.690). */
export interface Element {
	tag: number;
	/** All of it, tag and length included. */
	bytes: Buffer;
	content: Buffer;
}

const CONSTRUCTED = 0x20;
/** Levels of indefinite length that are read: more than any file that is recognized here has. */
const DEEPEST = 24;

/** Returns the element at the start of the bytes; undefined if there is none, or if it is incomplete. */
export function firstElement(bytes: Buffer, depth = 0): Element | undefined {
	const [tag, first] = bytes;
	if (tag === undefined || first === undefined || depth > DEEPEST) return undefined;
	if (first === 0x80) return withoutLength(tag, bytes, depth);
	const sizeBytes = first < 0x80 ? 0 : first & 0x7f;
	if (sizeBytes > 4 || bytes.length < 2 + sizeBytes) return undefined;
	const start = 2 + sizeBytes;
	const end = start + (sizeBytes === 0 ? first : bytes.readUIntBE(2, sizeBytes));
	if (end > bytes.length) return undefined;
	return { tag, bytes: bytes.subarray(0, end), content: bytes.subarray(start, end) };
}

/** Reads an element of indefinite length, which ends with two zero bytes of its own, not of an element in it. */
function withoutLength(tag: number, bytes: Buffer, depth: number): Element | undefined {
	for (let at = 2; at + 1 < bytes.length;) {
		if (bytes[at] === 0 && bytes[at + 1] === 0) {
			return { tag, bytes: bytes.subarray(0, at + 2), content: bytes.subarray(2, at) };
		}
		const inner = firstElement(bytes.subarray(at), depth + 1);
		if (!inner) return undefined;
		at += inner.bytes.length;
	}
	return undefined;
}

/** Returns the elements in a constructed element; an empty array if it is primitive, or if one of its elements is incomplete. */
export function elementsIn({ tag, content }: Element): Element[] {
	const found: Element[] = [];
	if ((tag & CONSTRUCTED) === 0) return found;
	for (let rest = content; rest.length > 0;) {
		const next = firstElement(rest);
		if (!next) return [];
		found.push(next);
		rest = rest.subarray(next.bytes.length);
	}
	return found;
}
