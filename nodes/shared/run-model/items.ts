import type { INode, INodeExecutionData, IPairedItemData, ISourceData, ITaskData } from 'n8n-workflow';
import { isDeepStrictEqual } from 'node:util';
import type { Run } from './run';

/** One run of a step. */
export interface Task {
	step: string;
	/** Whether the step failed as a whole. If it continues on errors, n8n has passed its input on. */
	failed: boolean;
	/** The items that it worked on, by input. */
	inputs: ReadonlyArray<readonly Item[]>;
	/** The items that it returned, by output. */
	outputs: ReadonlyArray<readonly Item[]>;
}

/** An item that a step returned. Only its place identifies it: after a Wait, no object is the same any more. */
export interface Item {
	task: Task;
	output: number;
	data: INodeExecutionData;
	/** The items that it was made of. */
	parents: readonly Item[];
	/** Whether n8n's item linking gives what it was made of; if not, `parents` are all items that the step worked on, in one shared list. */
	linked: boolean;
}

/** Everything that the run has done so far. */
export interface Done {
	/** Each task comes after those that fed it. */
	tasks: readonly Task[];
	/** Returns the items of an output; empty if nothing is known about it. */
	itemsOf(source: ISourceData | null | undefined): readonly Item[];
}

/** A task with n8n's record of it, while it is being built. */
interface Draft extends Task {
	sources: ReadonlyArray<ISourceData | null>;
	inputs: ReadonlyArray<readonly Item[]>;
	outputs: Item[][];
}

/** Reads what the run has done, and links each item to those that it was made of. */
export function readDone(run: Run): Done {
	const drafts = new Map<string, Array<Draft | undefined>>();
	for (const [step, tasks] of Object.entries(run.runData)) {
		const known = tasks.map((noted) => (noted ? draft(step, noted) : undefined));
		drafts.set(step, known);
	}
	for (const [step, items] of run.pinned) {
		// A partial run takes pinned items directly, without a task for them.
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

/** Adds `json` if it is missing: a node may return binary data only. */
function withJson(data: Partial<INodeExecutionData> | null): INodeExecutionData {
	return { ...data, json: data?.json ?? {} };
}

function link(task: Draft, node: INode | undefined, itemsOf: Done['itemsOf']): void {
	const all = task.inputs.flat();
	const isBeginning = task.sources.every((source) => source === null);
	for (const item of task.outputs.flat()) {
		const parents = pairs(item.data.pairedItem).map(
			({ item: index, input = 0, sourceOverwrite }) =>
				// Loop Over Items names its own source for what an item was made of.
				(sourceOverwrite ? itemsOf(sourceOverwrite) : task.inputs[input])?.[index],
		);
		const known = parents.filter((parent) => parent !== undefined);
		const isKnown = known.length > 0 && known.length === parents.length && !isGuess(item, task, known, node);
		item.linked = isBeginning || (isOneCall(node) ? all.length === 1 : isKnown);
		item.parents = item.linked && !isOneCall(node) ? known : all;
	}
}

/** Whether the step calls a sub-workflow once for all items: the links in what it returns then count the sub-workflow's items, not ours. */
function isOneCall(node: INode | undefined): boolean {
	return node?.type === 'n8n-nodes-base.executeWorkflow' && node.parameters.mode !== 'each';
}

/**
 * Whether a link is only n8n's guess: it links one item made of several, if the step has not linked it, to the first of them
 * (`assignPairedItems` of n8n-core).
 */
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

/**
 * Sorts tasks so that each comes after those that fed it. Neither the order of the record nor n8n's numbers give that order: a partial run
 * begins with tasks of an earlier one.
 */
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
