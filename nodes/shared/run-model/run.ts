import type {
	IConnections,
	IExecuteData,
	IExecuteFunctions,
	INode,
	IPinData,
	IRunData,
	IRunExecutionData,
	ISourceData,
} from 'n8n-workflow';

/** What n8n keeps about a run while one of its steps is executing: what was done, and what is still to come. */
export interface Run {
	/** Name of the step that is executing and reads the run. */
	own: string;
	/** Where its input items come from. */
	source: ISourceData;
	/** All steps of the workflow by name, as drawn in the editor: n8n marks a Wait that it resumes as deactivated, but only in its stack. */
	steps: ReadonlyMap<string, INode>;
	connections: IConnections;
	runData: IRunData;
	/** Outputs that are pinned in the editor; production runs have none. */
	pinned: ReadonlyMap<string, NonNullable<IPinData[string]>>;
	/** Steps that are due to run. */
	stack: readonly Pending[];
	/** What steps with several inputs have received so far. */
	waiting: readonly Pending[];
	/** What each loop remembers, by the loop's name. */
	contexts: ReadonlyMap<string, Record<string, unknown>>;
	/** The steps of a partial run ("Execute step" in the editor); undefined in a run of the whole workflow. */
	part: ReadonlySet<string> | undefined;
}

/** A step that is due to run, or waits for more input. */
interface Pending {
	step: string;
	/** Where its items come from, for each input that has items; null if that is not known. */
	sources: ReadonlyArray<ISourceData | null>;
}

type Inputs = ReadonlyArray<readonly unknown[] | null> | undefined;
type Sources = ReadonlyArray<ISourceData | null> | undefined;

/** What every execution context has, although n8n's types for nodes do not show it. */
interface Unseen {
	runExecutionData?: IRunExecutionData;
	workflow?: { nodes: Record<string, INode>; connectionsBySourceNode: IConnections };
}

/**
 * Reads the run that a step is part of.
 * @returns undefined if it cannot be read: in an agent's tool, or on an engine that keeps no record of the step before this one
 */
export function seeRun(context: IExecuteFunctions): Run | undefined {
	const { runExecutionData, workflow } = context as Unseen;
	const { resultData, executionData, startData } = runExecutionData ?? {};
	const source = (context.getExecuteData() as Partial<IExecuteData> | undefined)?.source?.main?.[0];
	if (!resultData?.runData || !executionData || !workflow?.connectionsBySourceNode || !source) return undefined;
	const own = context.getNode().name;
	const run: Run = {
		own,
		source,
		steps: new Map(Object.entries(workflow.nodes)),
		connections: workflow.connectionsBySourceNode,
		runData: resultData.runData,
		pinned: new Map(
			Object.entries(resultData.pinData ?? {}).flatMap(([step, items]) => (items ? [[step, items]] : [])),
		),
		stack: executionData.nodeExecutionStack.map(({ node, data, source: from }) => ({
			step: node.name,
			sources: sourcesOf(data.main, from?.main),
		})),
		waiting: Object.entries(executionData.waitingExecution ?? {}).flatMap(([step, runs]) =>
			Object.entries(runs).map(([index, data]) => ({
				step,
				sources: sourcesOf(data.main, executionData.waitingExecutionSource?.[step]?.[Number(index)]?.main),
			})),
		),
		contexts: new Map(
			Object.entries(executionData.contextData ?? {}).flatMap(([key, value]) =>
				key.startsWith('node:') ? [[key.slice('node:'.length), value as Record<string, unknown>]] : [],
			),
		),
		part: startData?.runNodeFilter && new Set(startData.runNodeFilter),
	};
	return isRecorded(run, context.getInputData().length) ? run : undefined;
}

/** Returns the steps that an output leads to. */
export function targets({ connections }: Pick<Run, 'connections'>, step: string, output: number): string[] {
	return outputsOf(connections, step)[output]?.map(({ node }) => node) ?? [];
}

/** Returns the steps that all outputs of a step lead to. */
export function allTargets({ connections }: Pick<Run, 'connections'>, step: string): string[] {
	return outputsOf(connections, step).flatMap((list) => (list ?? []).map(({ node }) => node));
}

function outputsOf(connections: IConnections, step: string) {
	return Object.hasOwn(connections, step) ? (connections[step]?.main ?? []) : [];
}

/** Returns the sources of the inputs that have items: in older execution orders, empty inputs have a source as well. */
function sourcesOf(inputs: Inputs, sources: Sources): Array<ISourceData | null> {
	return (inputs ?? []).flatMap((items, input) => ((items?.length ?? 0) > 0 ? [sources?.[input] ?? null] : []));
}

/**
 * Whether n8n has recorded the step that the input comes from: an agent's tool gets its input from no step, and the experimental engine's
 * records have no status.
 * @param count number of items that this step works on
 */
function isRecorded(run: Run, count: number): boolean {
	const { previousNode, previousNodeRun = 0, previousNodeOutput = 0 } = run.source;
	if (!targets(run, previousNode, previousNodeOutput).includes(run.own)) return false;
	const tasks = Object.hasOwn(run.runData, previousNode) ? run.runData[previousNode] : undefined;
	const task = tasks?.[previousNodeRun];
	const items = task ? task.data?.main?.[previousNodeOutput] : run.pinned.get(previousNode);
	return items?.length === count && (task?.executionStatus !== undefined || run.pinned.has(previousNode));
}
