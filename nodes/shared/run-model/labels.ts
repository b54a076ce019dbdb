import type { Item, Task } from './items';

/** A set of labels. */
export type Labels = ReadonlySet<string>;

/** Returns the labels that an item has itself, given those that it inherits. */
type Own = (item: Item, inherited: Labels) => readonly string[];

const NONE: Labels = new Set();

/** The labels of items: assigned to some items, and inherited by everything that was made of them. */
export interface Labelled {
	/** Returns the labels of everything that the item may have been made of, and its own. */
	may(item: Item): Labels;
	/** Returns the item's own labels, or else the nearest ones that it inherits; undefined if item linking does not give them. */
	nearest(item: Item): Labels | undefined;
}

/**
 * Passes labels on, from items to those that were made of them.
 * @param tasks in the order of `Done`
 * @param own returns the labels that an item has itself, given those that it inherits
 */
export function handDown(tasks: readonly Task[], own: Own): Labelled {
	const may = new Map<Item, Labels>();
	const nearest = new Map<Item, Labels | undefined>();
	const mayOf = (item: Item): Labels => may.get(item) ?? NONE;
	for (const task of tasks) {
		const sorted = sortedOut(task, mayOf, own);
		// An item that is not linked may come from anything that the step worked on: the labels are the same for all such items of the task.
		const all = onlyOnce(() => union(task.inputs.flat().map(mayOf)));
		const one = onlyOnce(() => onlyOf(task.inputs.flat().map((item) => nearest.get(item))));
		for (const item of task.outputs.flat()) {
			const inherited = item.linked ? union(item.parents.map(mayOf)) : all();
			const given = own(item, inherited);
			// If the step links nothing, but the item keeps the label of an input item, it was made of that item.
			const isKept = item.linked ? sorted.has(item) : given.some((label) => inherited.has(label));
			may.set(item, isKept ? new Set(given) : union([inherited, new Set(given)]));
			if (given.length > 0) nearest.set(item, new Set(given));
			else nearest.set(item, item.linked ? unionOfKnown(item.parents.map((parent) => nearest.get(parent))) : one());
		}
	}
	return { may: mayOf, nearest: (item) => nearest.get(item) };
}

/**
 * Returns the items that a mark reaches: those where it begins, and from there those that were made of them.
 * @param reaches whether an item gets the mark, given how many of the items that it was made of have it
 */
export function spread(
	tasks: readonly Task[],
	begins: (item: Item) => boolean,
	reaches: (item: Item, marked: number) => boolean,
): ReadonlySet<Item> {
	const marked = new Set<Item>();
	for (const { outputs } of tasks) {
		// Items that are not linked share their list of parents.
		const counts = new Map<readonly Item[], number>();
		for (const item of outputs.flat()) {
			const count = counts.get(item.parents) ?? item.parents.filter((parent) => marked.has(parent)).length;
			counts.set(item.parents, count);
			if (begins(item) || (item.parents.length > 0 && reaches(item, count))) marked.add(item);
		}
	}
	return marked;
}

/**
 * Returns the items of a task that together have all labels of the one item that they were made of: the step has separated what was
 * combined before, and each item has only its own label.
 */
function sortedOut(task: Task, may: Labelled['may'], own: Own): ReadonlySet<Item> {
	const groups = new Map<Item, Item[]>();
	for (const item of task.outputs.flat()) {
		const [parent, second] = item.parents;
		if (!item.linked || !parent || second || may(parent).size < 2) continue;
		const group = groups.get(parent) ?? [];
		groups.set(parent, group);
		group.push(item);
	}
	const sorted = [...groups].filter(([parent, items]) => {
		const given = items.map((item) => own(item, may(parent)));
		const all = new Set(given.flat());
		return given.every((labels) => labels.length > 0) && [...may(parent)].every((label) => all.has(label));
	});
	return new Set(sorted.flatMap(([, items]) => items));
}

/** Returns the union of the sets if it has at most one label; undefined if it has more, or if one of the sets is unknown. */
function onlyOf(sets: ReadonlyArray<Labels | undefined>): Labels | undefined {
	const labels = unionOfKnown(sets);
	return labels && labels.size > 1 ? undefined : labels;
}

function unionOfKnown(sets: ReadonlyArray<Labels | undefined>): Labels | undefined {
	const known = sets.filter((set) => set !== undefined);
	return known.length === sets.length ? union(known) : undefined;
}

/** Most items come from one message: sets are shared, and copied only when they grow. */
function union(sets: readonly Labels[]): Labels {
	let all: Labels = NONE;
	let copy: Set<string> | undefined;
	for (const set of sets) {
		if (set === all || set.size === 0) continue;
		if (all.size === 0) all = set;
		else if (copy) for (const label of set) copy.add(label);
		else if (![...set].every((label) => all.has(label))) all = copy = new Set([...all, ...set]);
	}
	return all;
}

function onlyOnce<T>(make: () => T): () => T {
	let made: { value: T } | undefined;
	return () => (made ??= { value: make() }).value;
}
