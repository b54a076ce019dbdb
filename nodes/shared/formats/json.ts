/**
 * Parses JSON from an external source.
 * @throws SyntaxError; RangeError if it is nested thousands of levels deep
 */
export function parseJson(text: string): unknown {
	// Some senders begin with a byte-order mark, which JSON does not allow. A field `__proto__` would change the prototype of any copy that n8n or a
	// later node makes of the item.
	return JSON.parse(text.replace(/^\uFEFF/, ''), (key, value: unknown) => (key === '__proto__' ? undefined : value));
}

/** Like `parseJson`, but returns undefined if the text is not JSON. */
export function jsonOrUndefined(text: string): unknown {
	try {
		return parseJson(text);
	} catch {
		return undefined;
	}
}

/** Parses a string that begins like a JSON object, array or string; returns undefined for any other string. */
export function jsonIn(text: string): unknown {
	return /^\s*[[{"]/.test(text) ? jsonOrUndefined(text) : undefined;
}
