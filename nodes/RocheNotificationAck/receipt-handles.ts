import type { INodeExecutionData } from 'n8n-workflow';
import type { RunHistory, Step } from './run-history';

/** `MessageReceiptHandle`, and how analysts call a field that they keep it in. */
const NAME = /receipt[ _-]?handle$/i;
/** Levels of objects and lists in an item below which a handle is not looked for: no notification is wrapped that often. */
const DEEPEST = 6;

/** A longer way back, such as through thousands of rounds of a loop, is not followed. */
const MOST_STEPS = 1000;

/** Finds the receipt handles of the messages that an item was made of. */
export type FindHandles = (item: INodeExecutionData, step?: Step) => ReadonlySet<string>;

/**
 * Nodes, and n8n itself, take the fields from an item that failed: the items that it was made of have them.
 * @param known handles that are found under any name
 * @returns finds those of the item, or else the nearest ones on each way back
 */
export function handleFinder(history: RunHistory, known: ReadonlySet<string>): FindHandles {
	const found = new Map<INodeExecutionData, Set<string>>();
	const find = (item: INodeExecutionData, step?: Step, steps = 0): Set<string> => {
		const before = found.get(item);
		if (before) return before;
		const handles = new Set<string>();
		// Noted at once, since pairings may be a circle.
		found.set(item, handles);
		collect(item.json, known, handles);
		if (handles.size > 0 || steps === MOST_STEPS) return handles;
		for (const parent of history.parentsOf(item, step)) {
			for (const handle of find(parent.item, parent.step, steps + 1)) handles.add(handle);
		}
		return handles;
	};
	return (item, step) => find(item, step);
}

function collect(value: unknown, known: ReadonlySet<string>, handles: Set<string>, name = '', depth = 0): void {
	if (typeof value === 'string') {
		const handle = value.trim();
		if (handle !== '' && (NAME.test(name) || known.has(handle))) handles.add(handle);
	} else if (typeof value === 'object' && value !== null && depth < DEEPEST) {
		for (const [key, member] of Object.entries(value)) collect(member, known, handles, key, depth + 1);
	}
}
