/**
 * The object that a value holds: itself, the only member of a list, or JSON in a text, in any order, as gateways and mapping steps wrap
 * what they pass on.
 * @returns undefined where there is none, or where a list holds several
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

/** What a text holds that is the JSON of an object, a list or a text; undefined for any other. */
export function jsonIn(text: string): unknown {
	if (!/^\s*[[{"]/.test(text)) return undefined;
	try {
		return parseJson(text);
	} catch {
		return undefined;
	}
}

/** @throws SyntaxError; RangeError where it is nested thousands of levels deep */
export function parseJson(text: string): unknown {
	// A byte order mark is no JSON, yet some senders put it there. As a key of an item, `__proto__` would change the prototype of a copy that
	// n8n or a later node makes.
	return JSON.parse(text.replace(/^\uFEFF/, ''), (key, value: unknown) => (key === '__proto__' ? undefined : value));
}

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
