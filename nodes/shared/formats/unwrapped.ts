import { isRecord } from './is-record';
import { jsonIn } from './json';

/**
 * Unwraps an object from arrays with one element and from JSON strings, in any order: gateways and mapping steps wrap what they pass on.
 * @returns undefined if there is no object, or an array with several elements
 */
export function unwrapped(value: unknown): Record<string, unknown> | undefined {
	let inner = value;
	// Bounded: more layers do not occur in practice.
	for (let layer = 0; layer < 5; layer += 1) {
		if (typeof inner === 'string') inner = jsonIn(inner);
		else if (Array.isArray(inner) && inner.length === 1) [inner] = inner as unknown[];
		else break;
	}
	return isRecord(inner) ? inner : undefined;
}
