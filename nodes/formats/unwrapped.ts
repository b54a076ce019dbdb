import { isRecord } from './is-record';
import { jsonIn } from './json';

/**
 * Returns the object that a value contains: the value itself, the only member of a list, or JSON in a string, nested in any order, as
 * gateways and mapping steps wrap what they pass on.
 * @returns undefined if there is no object, or a list contains several members
 */
export function unwrapped(value: unknown): Record<string, unknown> | undefined {
	let inner = value;
	// Bounded: nobody wraps more often.
	for (let layer = 0; layer < 5; layer += 1) {
		if (typeof inner === 'string') inner = jsonIn(inner);
		else if (Array.isArray(inner) && inner.length === 1) [inner] = inner as unknown[];
		else break;
	}
	return isRecord(inner) ? inner : undefined;
}
