import type { INode } from 'n8n-workflow';
import { isDeepStrictEqual } from 'node:util';
import type { Item, Task } from './items';
import type { Run } from './run';

/** Something that a step failed to do. */
export interface Failure {
	step: string;
	/** The item that represents it; undefined if the step failed as a whole and n8n kept no item of it. */
	item: Item | undefined;
	/** Whether the step failed as a whole. */
	whole: boolean;
}

/** The fields that nodes, and n8n itself, leave in an item that failed. */
const FIELDS_OF_FAILED = new Set(['error', 'message', 'details']);

/** Steps that pass their items on unchanged, including those that failed before. */
const PASSES_ON = /\.(noOp|if|switch|filter|merge|limit|sort|removeDuplicates|splitInBatches|wait)$/;

/**
 * Returns everything that failed and was not made good, at the step that returned it first: later steps may pass a failure on, or hide it.
 * @param isPutOut given an item with the same failure as its parent, returns whether it failed anew all the same
 */
export function readFailures(
	run: Run,
	tasks: readonly Task[],
	isPutOut: (item: Item, madeOf: Item) => boolean,
): Failure[] {
	const failures = tasks.flatMap((task) => failuresOf(run.steps.get(task.step), task, isPutOut));
	if (failures.length === 0) return failures;
	const steps = new Set(failures.map(({ step }) => step));
	const again = tasks.filter(({ step, failed }) => steps.has(step) && !failed).flatMap(({ outputs }) => outputs.flat());
	const well = again.filter((item) => !hasFailed(item, run.steps.get(item.task.step)));
	const good = earlierTries(run, well);
	return failures.filter(({ item }) => item === undefined || !good.has(item));
}

function failuresOf(node: INode | undefined, task: Task, isPutOut: (item: Item, madeOf: Item) => boolean): Failure[] {
	const { step, failed, inputs, outputs } = task;
	if (failed) {
		// n8n passes on the items of the first input; those of the other inputs are lost.
		const items = inputs.length > 1 ? inputs.flat() : outputs.flat();
		return (items.length > 0 ? items : [undefined]).map((item) => ({ step, item, whole: true }));
	}
	return outputs.flat().flatMap((item) => {
		if (!hasFailed(item, node)) return [];
		const isCarried = item.parents.some((parent) => carries(item, parent) && !isPutOut(item, parent));
		return isCarried && !isOwnFailure(item, node) ? [] : [{ step, item, whole: false }];
	});
}

/** The item that a step which continues on errors returns for a failed one is its own failure, even if an earlier step failed with the same text. */
function isOwnFailure({ task, output, data }: Item, node: INode | undefined): boolean {
	if (node?.onError === 'continueErrorOutput' && output === task.outputs.length - 1) return true;
	return continuesOnError(node) && isNothingElse(data.json) && !PASSES_ON.test(node?.type ?? '');
}

/** For an unknown step, the worse is assumed: that it does. */
function continuesOnError(node: INode | undefined): boolean {
	if (!node) return true;
	// The older setting counts only if the newer one is not set.
	return node.onError === undefined ? node.continueOnFail === true : node.onError !== 'stopWorkflow';
}

/**
 * A step that continues on errors may leave a failure without a text: Node's AggregateError has none. n8n's database keeps nothing of an
 * error that is undefined, so an item without any field counts as well, unless n8n created it ("Always Output Data").
 */
function hasFailed({ data }: Item, node: INode | undefined): boolean {
	if (Boolean(data.error) || isError(data.json.error)) return true;
	if (!continuesOnError(node) || !isNothingElse(data.json)) return false;
	return 'error' in data.json || (node?.alwaysOutputData !== true && data.binary === undefined);
}

/** Some services return an empty list or object if there was no error. */
function isError(value: unknown): boolean {
	if (value === undefined || value === null || value === false) return false;
	if (typeof value === 'string') return value !== '';
	return typeof value === 'object' ? Object.keys(value).length > 0 : true;
}

function isNothingElse(json: object): boolean {
	const names = Object.keys(json);
	return names.every((name) => FIELDS_OF_FAILED.has(name)) && (names.length === 0 || 'error' in json);
}

/** Whether the item has the error of the item that it was made of. */
function carries({ data }: Item, { data: before }: Item): boolean {
	return Object.hasOwn(before.json, 'error') && isSame(data.json.error, before.json.error);
}

/** An error object loses its class in a step that copies its items as JSON. */
function isSame(error: unknown, before: unknown): boolean {
	if (isDeepStrictEqual(error, before)) return true;
	try {
		return JSON.stringify(error) === JSON.stringify(before);
	} catch {
		// The object contains itself, which JSON cannot represent.
		return false;
	}
}

/** Returns what the same steps returned earlier for these very items: each item was made of that alone, and is not a part of it. */
function earlierTries(run: Run, items: readonly Item[]): ReadonlySet<Item> {
	const tries = new Set<Item>();
	const seen = new Map<string, Set<Item>>();
	for (const item of items) {
		const { step } = item.task;
		const seenOfStep = seen.get(step) ?? new Set();
		seen.set(step, seenOfStep);
		let before = wholeOf(run, item);
		// Two items may share a path, and linking may be circular.
		while (before && !seenOfStep.has(before)) {
			seenOfStep.add(before);
			if (before.task.step === step) tries.add(before);
			before = wholeOf(run, before);
		}
	}
	return tries;
}

/** Returns the one item that an item was made of, unless the step made other items of it as well. */
function wholeOf(run: Run, { task, linked, parents }: Item): Item | undefined {
	const [parent, second] = parents;
	if (!linked || second || !parent || /\.splitOut$/.test(run.steps.get(task.step)?.type ?? '')) return undefined;
	const made = task.outputs.flat().filter((other) => other.parents.includes(parent));
	return made.length === 1 ? parent : undefined;
}
