import type { IExecuteFunctions, INodeExecutionData, IRunExecutionData } from 'n8n-workflow';

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
export function failedNodeBefore(context: IExecuteFunctions): string | undefined {
	// Not in n8n's types for nodes, yet every execution context has it; without it only the items can tell.
	const { runExecutionData } = context as { runExecutionData?: IRunExecutionData };
	const runData = runExecutionData?.resultData.runData ?? {};
	// By name: in a loop the earlier rounds are other messages, and their failures are no reason to hold back this one.
	const seen = new Set([context.getNode().name]);
	const sources = [...(context.getExecuteData().source?.main ?? [])];
	for (const source of sources) {
		if (!source || seen.has(source.previousNode)) continue;
		seen.add(source.previousNode);
		const task = runData[source.previousNode]?.[source.previousNodeRun ?? 0];
		if (task?.error) return source.previousNode;
		// The list grows while it is walked: whatever fed that node is looked at, too.
		sources.push(...(task?.source ?? []));
	}
	return undefined;
}
