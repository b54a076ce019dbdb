/** Whether a value is an object with fields, not an array and not null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the value of an object's own field; undefined for inherited ones, such as `constructor`, and for values that are not objects. */
export function own(value: unknown, name: string): unknown {
	return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
