import type { INodeExecutionData } from 'n8n-workflow';
import type { PutOut, RunHistory, Step } from './run-history';

/**
 * Why an item must not be acknowledged: it, or a step before it, failed.
 * @returns a reason in words, or undefined
 */
export function failureOfItem({ json, error }: INodeExecutionData): string | undefined {
	if (error) return 'The item carries an error of an earlier step';
	if (json.error) return 'The item carries the failure of an earlier step in its field "error"';
	return undefined;
}

/**
 * What failed in earlier steps of this run and was not made good since. Later steps hide a failure: they answer with fields of their own,
 * keep some items of many, or make one of all, and n8n itself passes on the input of a step that failed as a whole.
 *
 * A failure is made good when the same step did the item again (a loop of the analyst's), or when the item left by the step's error output
 * and came here from there, since the analyst built another way for it.
 * @param inputs this node's items
 * @param own this node's name
 */
export function openFailures(history: RunHistory, inputs: readonly INodeExecutionData[], own: string): PutOut[] {
	const failures = history.steps.flatMap(failuresOf);
	if (failures.length === 0) return [];
	const madeGood = itemsMadeGood(history, inputs, own);
	return failures.filter(({ item }) => !madeGood.has(item));
}

function failuresOf(step: Step): PutOut[] {
	const hasFailed = (item: INodeExecutionData, output: number): boolean => {
		// A step that failed as a whole while its setting "On Error" let the run go on: n8n put its input out, without any mark.
		if (step.task.error) return true;
		if (failureOfItem(item) === undefined) return false;
		// A step that stops at failures puts out none: a field "error" is data there (the answer of a service, say), unless it was sorted out.
		return item.error !== undefined || step.continues || !step.outputs.has(output);
	};
	return (step.task.data?.main ?? []).flatMap((items, output) =>
		(items ?? []).filter((item) => hasFailed(item, output)).map((item) => ({ item, step, output })),
	);
}

/** Names of the steps between an item and this node, nearest last. */
interface Way {
	node: string;
	rest?: Way;
}

function itemsMadeGood(
	history: RunHistory,
	inputs: readonly INodeExecutionData[],
	own: string,
): Set<INodeExecutionData> {
	const madeGood = new Set<INodeExecutionData>();
	const seen = new Set<INodeExecutionData>();
	const open: Array<{ item: INodeExecutionData; step?: Step; way: Way }> = inputs.map((item) => ({
		item,
		way: { node: own },
	}));
	for (let next = open.pop(); next; next = open.pop()) {
		for (const { item, step, output } of history.parentsOf(next.item, next.step)) {
			if (seen.has(item)) continue;
			seen.add(item);
			if (leadsThrough(next.way, step.node) || (output > 0 && !step.task.error)) madeGood.add(item);
			open.push({ item, step, way: { node: step.node, rest: next.way } });
		}
	}
	return madeGood;
}

function leadsThrough(way: Way, node: string): boolean {
	for (let next: Way | undefined = way; next; next = next.rest) if (next.node === node) return true;
	return false;
}
