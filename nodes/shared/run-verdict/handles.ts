/** Depth of nested objects and lists in an item down to which handles are searched for. */
const DEEPEST = 6;

/** Returns those of the handles that are in an item, whatever their fields are called. */
export function handlesIn(value: unknown, handles: ReadonlySet<string>, depth = 0): string[] {
	if (typeof value === 'string') return handles.has(value.trim()) ? [value.trim()] : [];
	if (typeof value !== 'object' || value === null || depth === DEEPEST) return [];
	return Object.values(value).flatMap((member) => handlesIn(member, handles, depth + 1));
}
