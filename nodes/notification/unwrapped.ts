/**
 * Returns the object that a value contains: the value itself, the only member of a list, or JSON in a string, nested in any order, as
 * gateways and mapping steps wrap what they pass on.
 * @returns undefined if there is no object, or a list contains several members
 */
export function unwrapped(value: unknown): Record<string, unknown> | undefined {
	let inner = value;
	// Far more layers than anyone adds.
	for (let layer = 0; layer < 5; layer += 1) {
		if (typeof inner === 'string') inner = jsonIn(inner);
		else if (Array.isArray(inner) && inner.length === 1) [inner] = inner as unknown[];
		else break;
	}
	return isObject(inner) ? inner : undefined;
}

/** Returns the value of a string that is the JSON of an object, a list or a string; undefined for any other string. */
export function jsonIn(text: string): unknown {
	if (!/^\s*[[{"]/.test(text)) return undefined;
	try {
		return parseJson(text);
	} catch {
		return undefined;
	}
}

/**
 * Parses JSON, ignoring a byte order mark and fields named `__proto__`.
 * @throws SyntaxError; RangeError if it is nested thousands of levels deep
 */
export function parseJson(text: string): unknown {
	// A byte order mark is not JSON, yet some senders write it. As a key of an item, `__proto__` would change the prototype of a copy that n8n
	// or a later node creates.
	return JSON.parse(text.replace(/^\uFEFF/, ''), (key, value: unknown) => (key === '__proto__' ? undefined : value));
}

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
