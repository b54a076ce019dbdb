import type { INodeExecutionData } from 'n8n-workflow';
import type { StepBefore } from './steps-before';

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
 * Finds an earlier node of this run that failed as a whole while its setting "On Error" let the run go on. n8n then passes on the
 * node's input as its output, without any mark on the items: only the run's data tell that the step was not done.
 * @returns the node's name, or undefined
 */
export function failedNodeOf(steps: readonly StepBefore[]): string | undefined {
	return steps.find(({ task }) => task.error)?.node;
}

/** Items that failed and left a step by an output that does not lead here, such as its error output. */
export function leftBehind(steps: readonly StepBefore[]): Array<{ step: StepBefore; item: INodeExecutionData }> {
	return steps.flatMap((step) =>
		(step.task.data?.main ?? [])
			.filter((_items, output) => !step.outputs.has(output))
			.flatMap((items) => (items ?? []).filter((item) => failureOfItem(item) !== undefined))
			.map((item) => ({ step, item })),
	);
}
