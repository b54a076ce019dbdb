import type { INode } from 'n8n-workflow';
import { isDeepStrictEqual } from 'node:util';
import type { Item, Task } from './items';
import type { Run } from './run';

/** What a step did not do. */
export interface Failure {
	step: string;
	/** The item that stands for it; undefined when the step failed as a whole and n8n kept no item of it. */
	item: Item | undefined;
	/** Whether the step failed as a whole. */
	whole: boolean;
}

/** What nodes, and n8n itself, leave of an item that failed. */
const FIELDS_OF_FAILED = new Set(['error', 'message', 'details']);

/** Steps that pass their items on as they are, those that have failed before too. */
const PASSES_ON = /\.(noOp|if|switch|filter|merge|limit|sort|removeDuplicates|splitInBatches|wait)$/;

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
	const steps = new Set(failures.map(({ step }) => step));
	const again = tasks.filter(({ step, failed }) => steps.has(step) && !failed).flatMap(({ outputs }) => outputs.flat());
	const well = again.filter((item) => !hasFailed(item, run.steps.get(item.task.step)));
	const good = earlierTries(run, well);
	return failures.filter(({ item }) => item === undefined || !good.has(item));
}

function failuresOf(node: INode | undefined, task: Task, isPutOut: (item: Item, madeOf: Item) => boolean): Failure[] {
	const { step, failed, inputs, outputs } = task;
	if (failed) {
		// n8n passes on what came in by the first input; what came in by others is lost.
		const items = inputs.length > 1 ? inputs.flat() : outputs.flat();
		return (items.length > 0 ? items : [undefined]).map((item) => ({ step, item, whole: true }));
	}
	return outputs.flat().flatMap((item) => {
		if (!hasFailed(item, node)) return [];
		const isCarried = item.parents.some((parent) => carries(item, parent) && !isPutOut(item, parent));
		return isCarried && !isOwnFailure(item, node) ? [] : [{ step, item, whole: false }];
	});
}

/** What a step that continues on errors makes of an item that failed is its own failure, though one before had the same text. */
function isOwnFailure({ task, output, data }: Item, node: INode | undefined): boolean {
	if (node?.onError === 'continueErrorOutput' && output === task.outputs.length - 1) return true;
	return continuesOnError(node) && isNothingElse(data.json) && !PASSES_ON.test(node?.type ?? '');
}

/** Of a step that is not known the worse is assumed. */
function continuesOnError(node: INode | undefined): boolean {
	if (!node) return true;
	// The older setting counts where the newer one is not set.
	return node.onError === undefined ? node.continueOnFail === true : node.onError !== 'stopWorkflow';
}

/**
 * A step that continues on errors may leave a failure without a text: Node's AggregateError has none. In n8n's database nothing is left of
 * an error that is undefined, so that an item without any field counts, too, unless n8n made it up ("Always Output Data").
 */
function hasFailed({ data }: Item, node: INode | undefined): boolean {
	if (Boolean(data.error) || isError(data.json.error)) return true;
	if (!continuesOnError(node) || !isNothingElse(data.json)) return false;
	return 'error' in data.json || (node?.alwaysOutputData !== true && data.binary === undefined);
}

/** An empty list or object is how some services say that there was no error. */
function isError(value: unknown): boolean {
	if (value === undefined || value === null || value === false) return false;
	if (typeof value === 'string') return value !== '';
	return typeof value === 'object' ? Object.keys(value).length > 0 : true;
}

function isNothingElse(json: object): boolean {
	const names = Object.keys(json);
	return names.every((name) => FIELDS_OF_FAILED.has(name)) && (names.length === 0 || 'error' in json);
}

/** Whether the item has the error of the one that it was made of. */
function carries({ data }: Item, { data: before }: Item): boolean {
	return Object.hasOwn(before.json, 'error') && isSame(data.json.error, before.json.error);
}

/** An error object loses its class on the way through a step that copies its items as JSON. */
function isSame(error: unknown, before: unknown): boolean {
	if (isDeepStrictEqual(error, before)) return true;
	try {
		return JSON.stringify(error) === JSON.stringify(before);
	} catch {
		// It holds itself, which JSON cannot say.
		return false;
	}
}

/** What the same steps had put out before for these very items: they were made of that, of nothing else, and are not parts of it. */
function earlierTries(run: Run, items: readonly Item[]): ReadonlySet<Item> {
	const tries = new Set<Item>();
	const seen = new Map<string, Set<Item>>();
	for (const item of items) {
		const { step } = item.task;
		const seenOfStep = seen.get(step) ?? new Set();
		seen.set(step, seenOfStep);
		let before = wholeOf(run, item);
		// Two items may have come the same way, and linking may run in a circle.
		while (before && !seenOfStep.has(before)) {
			seenOfStep.add(before);
			if (before.task.step === step) tries.add(before);
			before = wholeOf(run, before);
		}
	}
	return tries;
}

/** The one item that an item was made of, if nothing else was made of that one. */
function wholeOf(run: Run, { task, linked, parents }: Item): Item | undefined {
	const [parent, second] = parents;
	if (!linked || second || !parent || /\.splitOut$/.test(run.steps.get(task.step)?.type ?? '')) return undefined;
	const made = task.outputs.flat().filter((other) => other.parents.includes(parent));
	return made.length === 1 ? parent : undefined;
}
