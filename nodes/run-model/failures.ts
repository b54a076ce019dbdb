import type { INode } from 'n8n-workflow';
import { isDeepStrictEqual } from 'node:util';
import type { Item, Task } from './items';
import type { Run } from './run';

/** What a step did not do. */
export interface Failure {
	step: string;
	/** The item that stands for it. */
	item: Item;
	/** Whether the step failed as a whole. */
	whole: boolean;
}

/** What nodes, and n8n itself, leave of an item that failed. */
const FIELDS_OF_FAILED = new Set(['error', 'message', 'details']);

/**
 * Everything that failed and was not made good, where it was put out first: later steps may carry a failure on, or hide it.
 * @param isPutOut says of an item that carries the failure of the one it was made of whether it failed anew all the same
 */
export function readFailures(
	run: Run,
	tasks: readonly Task[],
	isPutOut: (item: Item, madeOf: Item) => boolean,
): Failure[] {
	const failures = tasks.flatMap((task) => failuresOf(run.steps.get(task.step), task, isPutOut));
	if (failures.length === 0) return failures;
	const failed = new Set(failures.map(({ item }) => item));
	const steps = new Set(failures.map(({ step }) => step));
	const again = tasks.filter(({ step }) => steps.has(step)).flatMap(({ outputs }) => outputs.flat());
	const good = new Set(again.filter((item) => !failed.has(item)).flatMap(earlierTries));
	return failures.filter(({ item }) => !good.has(item));
}

function failuresOf(node: INode | undefined, task: Task, isPutOut: (item: Item, madeOf: Item) => boolean): Failure[] {
	if (task.failed) {
		// n8n passes on what came in by the first input; what came in by others is lost.
		const items = task.inputs.length > 1 ? task.inputs.flat() : task.outputs.flat();
		return items.map((item) => ({ step: task.step, item, whole: true }));
	}
	const continues = continuesOnError(node);
	return task.outputs.flat().flatMap((item) => {
		const isCarried = item.parents.some((parent) => carries(item, parent) && !isPutOut(item, parent));
		return hasFailed(item, continues) && !isCarried ? [{ step: task.step, item, whole: false }] : [];
	});
}

/** Of a step that is not known the worse is assumed. */
function continuesOnError(node: INode | undefined): boolean {
	if (!node) return true;
	// The older setting counts where the newer one is not set.
	return node.onError === undefined ? node.continueOnFail === true : node.onError !== 'stopWorkflow';
}

/** A step that continues on errors may leave a failure without a text: Node's AggregateError has none. */
function hasFailed({ data }: Item, continues: boolean): boolean {
	return Boolean(data.error) || isError(data.json.error) || (continues && isNothingElse(data.json));
}

/** An empty list or object is how some services say that there was no error. */
function isError(value: unknown): boolean {
	if (value === undefined || value === null || value === false) return false;
	if (typeof value === 'string') return value !== '';
	return typeof value === 'object' ? Object.keys(value).length > 0 : true;
}

function isNothingElse(json: object): boolean {
	return 'error' in json && Object.keys(json).every((name) => FIELDS_OF_FAILED.has(name));
}

/** Whether the item has the error of the one that it was made of. A node that fails keeps nothing but the error, so that it is no carrier. */
function carries({ data }: Item, { data: before }: Item): boolean {
	if (!Object.hasOwn(before.json, 'error') || !isDeepStrictEqual(data.json.error, before.json.error)) return false;
	return !isNothingElse(data.json) || isNothingElse(before.json);
}

/** What the same step had put out before for this very item: it was made of that and of nothing else. */
function earlierTries(item: Item): Item[] {
	const tries: Item[] = [];
	let at = item;
	while (at.linked && at.parents.length === 1 && at.parents[0]) {
		[at] = at.parents as [Item];
		if (at.task.step === item.task.step) tries.push(at);
	}
	return tries;
}
