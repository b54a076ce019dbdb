import type { INode, INodeExecutionData, IPairedItemData, ISourceData, ITaskData } from 'n8n-workflow';
import { isDeepStrictEqual } from 'node:util';
import type { Run } from './run';

/** One run of a step. */
export interface Task {
	step: string;
	/** Whether the step failed as a whole; if it continues on errors, n8n passed its input on. */
	failed: boolean;
	/** What it worked on, by input. */
	inputs: ReadonlyArray<readonly Item[]>;
	/** What it put out, by output. */
	outputs: ReadonlyArray<readonly Item[]>;
}

/** An item that a step put out. It is told by its place alone: after a Wait nothing is the same object any more. */
export interface Item {
	task: Task;
	output: number;
	data: INodeExecutionData;
	/** What it was made of. */
	parents: readonly Item[];
	/** Whether n8n's item linking tells what it was made of; if not, `parents` are all items that the step worked on, in one shared list. */
	linked: boolean;
}

/** All that was done in a run, and where to find it. */
export interface Done {
	/** What fed a step comes before it. */
	tasks: readonly Task[];
	/** The items of an output; none where nothing is known of it. */
	itemsOf(source: ISourceData | null | undefined): readonly Item[];
}

/** A task with what n8n noted of it, while it is put together. */
interface Draft extends Task {
	sources: ReadonlyArray<ISourceData | null>;
	inputs: ReadonlyArray<readonly Item[]>;
	outputs: Item[][];
}

/** Reads what was done, and links each item to those that it was made of. */
export function readDone(run: Run): Done {
	const drafts = new Map<string, Array<Draft | undefined>>();
	for (const [step, tasks] of Object.entries(run.runData)) {
		const known = tasks.map((noted) => (noted ? draft(step, noted) : undefined));
		drafts.set(step, known);
	}
	for (const [step, items] of run.pinned) {
		// A partial run takes pinned items as they are, without a task of their own.
		if (!drafts.has(step)) drafts.set(step, [draft(step, { source: [], data: { main: [items] } })]);
	}
	const itemsOf = (source: ISourceData | null | undefined): readonly Item[] => {
		const task = source ? drafts.get(source.previousNode)?.[source.previousNodeRun ?? 0] : undefined;
		return task?.outputs[source?.previousNodeOutput ?? 0] ?? [];
	};
	const all = [...drafts.values()].flat().filter((task) => task !== undefined);
	for (const task of all) {
		task.inputs = task.sources.map(itemsOf);
		link(task, run.steps.get(task.step), itemsOf);
	}
	return { tasks: sourcesFirst(all), itemsOf };
}

function draft(step: string, noted: Partial<ITaskData>): Draft {
	const task: Draft = { step, failed: noted.error !== undefined, inputs: [], outputs: [], sources: noted.source ?? [] };
	task.outputs = (noted.data?.main ?? []).map((items, output) =>
		(items ?? []).map((data) => ({ task, output, data: withJson(data), parents: [], linked: true })),
	);
	return task;
}

/** A node may put out binary data alone. */
function withJson(data: Partial<INodeExecutionData> | null): INodeExecutionData {
	return { ...data, json: data?.json ?? {} };
}

function link(task: Draft, node: INode | undefined, itemsOf: Done['itemsOf']): void {
	const all = task.inputs.flat();
	const isBeginning = task.sources.every((source) => source === null);
	for (const item of task.outputs.flat()) {
		const parents = pairs(item.data.pairedItem).map(
			({ item: index, input = 0, sourceOverwrite }) =>
				// Loop Over Items says by a source of its own what its items were made of.
				(sourceOverwrite ? itemsOf(sourceOverwrite) : task.inputs[input])?.[index],
		);
		const known = parents.filter((parent) => parent !== undefined);
		const isKnown = known.length > 0 && known.length === parents.length && !isGuess(item, task, known, node);
		item.linked = isBeginning || (isOneCall(node) ? all.length === 1 : isKnown);
		item.parents = item.linked && !isOneCall(node) ? known : all;
	}
}

/** The links in what a sub-workflow gives back count the items of that one, if it was called once for all items. */
function isOneCall(node: INode | undefined): boolean {
	return node?.type === 'n8n-nodes-base.executeWorkflow' && node.parameters.mode !== 'each';
}

/** n8n links the one item that a step made of several, without saying so, with the first of them (`assignPairedItems` of n8n-core). */
function isGuess(item: Item, { inputs, outputs }: Task, [first]: readonly Item[], node: INode | undefined): boolean {
	const [input = []] = inputs;
	if (
		node?.executeOnce === true ||
		inputs.length > 1 ||
		input.length < 2 ||
		outputs.length > 1 ||
		outputs[0]?.length !== 1
	)
		return false;
	if (Array.isArray(item.data.pairedItem) || first !== input[0]) return false;
	return !isDeepStrictEqual(item.data.json, first?.data.json);
}

function pairs(pairedItem: INodeExecutionData['pairedItem']): IPairedItemData[] {
	if (pairedItem === undefined || pairedItem === null) return [];
	const given = [pairedItem].flat().filter((pair) => pair !== null && pair !== undefined);
	return given.map((pair) => (typeof pair === 'number' ? { item: pair } : pair));
}

/** Neither the order of the record nor n8n's numbers tell it: a partial run begins with tasks of an earlier one. */
function sourcesFirst(tasks: readonly Task[]): Task[] {
	const sorted = new Set<Task>();
	const seen = new Set<Task>();
	const open = tasks.toReversed();
	for (let task = open.at(-1); task; task = open.at(-1)) {
		const missing = seen.has(task) ? [] : [...feeding(task)].filter((before) => !seen.has(before));
		seen.add(task);
		open.push(...missing);
		if (missing.length > 0) continue;
		sorted.add(task);
		open.pop();
	}
	return [...sorted];
}

function feeding({ inputs, outputs }: Task): Set<Task> {
	const made = outputs.flat().filter(({ linked }) => linked);
	const items = [...inputs.flat(), ...made.flatMap(({ parents }) => parents)];
	return new Set(items.map(({ task }) => task));
}
