import type { INodeExecutionData } from 'n8n-workflow';
import type { PutOut, RunHistory, Step } from './run-history';

/**
 * Why an item must not be acknowledged: it, or a step before it, failed.
 * @returns a reason in words, or undefined
 */
export function failureOfItem({ json, error }: INodeExecutionData): string | undefined {
	if (error) return 'The item carries an error of an earlier step';
	if (isGiven(json.error)) return 'The item carries the failure of an earlier step in its field "error"';
	return undefined;
}

/** An empty list or object is how some services say that there was no error. */
function isGiven(value: unknown): boolean {
	return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}

/**
 * What failed in earlier steps of this run and was not made good since. Later steps hide a failure: they answer with fields of their own,
 * keep some items of many, or make one of all, and n8n itself passes on the input of a step that failed as a whole.
 *
 * Whether a failure was made good cannot be seen: a way from a step's error output may lead through another system of the hospital, or
 * through a log; a step that ran again may have worked on the next part. The analyst may say that it was. Then it is made good when the
 * same step ran again for the item, or when the item left by the step's error output and came here from there.
 * @param inputs this node's items
 * @param acceptRecovered what the analyst says
 */
export function openFailures(
	history: RunHistory,
	inputs: readonly INodeExecutionData[],
	acceptRecovered: boolean,
): PutOut[] {
	const failures = history.steps.flatMap(failuresOf);
	if (failures.length === 0 || !acceptRecovered) return failures;
	const madeGood = itemsMadeGood(history, inputs);
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

function itemsMadeGood(history: RunHistory, inputs: readonly INodeExecutionData[]): Set<INodeExecutionData> {
	const madeGood = new Set<INodeExecutionData>();
	const seen = new Set<INodeExecutionData>();
	const open: Array<{ item: INodeExecutionData; step?: Step; way?: Way }> = inputs.map((item) => ({ item }));
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

function leadsThrough(way: Way | undefined, node: string): boolean {
	for (let next = way; next; next = next.rest) if (next.node === node) return true;
	return false;
}
