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

/** What n8n keeps of a run while one of its steps is at work: what was done, and what is still to come. */
export interface Run {
	/** Name of the step that looks. */
	own: string;
	/** Where the items of its input come from. */
	source: ISourceData;
	/** All steps of the workflow by name, as they are drawn: n8n marks a Wait that it resumes as deactivated, but only in its stack. */
	steps: ReadonlyMap<string, INode>;
	connections: IConnections;
	runData: IRunData;
	/** Outputs that are pinned in the editor; runs in production have none. */
	pinned: ReadonlyMap<string, NonNullable<IPinData[string]>>;
	/** Steps that wait for their turn. */
	stack: readonly Pending[];
	/** What steps with several inputs have got so far. */
	waiting: readonly Pending[];
	/** What each loop remembers, by its name. */
	contexts: ReadonlyMap<string, Record<string, unknown>>;
	/** The steps of a partial run ("Execute step" in the editor); undefined in a run of the whole workflow. */
	part: ReadonlySet<string> | undefined;
}

/** A step that waits for its turn, or for more input. */
interface Pending {
	step: string;
	/** Where its items come from, for each input that has some; null where that is not known. */
	sources: ReadonlyArray<ISourceData | null>;
}

type Inputs = ReadonlyArray<readonly unknown[] | null> | undefined;
type Sources = ReadonlyArray<ISourceData | null> | undefined;

/** What every execution context has, and n8n's types for nodes do not show. */
interface Unseen {
	runExecutionData?: IRunExecutionData;
	workflow?: { nodes: Record<string, INode>; connectionsBySourceNode: IConnections };
}

/**
 * The run that a step is part of.
 * @returns undefined where it cannot be seen: in an agent's tool, or on an engine that keeps no record of the step before this one
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

/** The steps that an output leads to. */
export function targets({ connections }: Pick<Run, 'connections'>, step: string, output: number): string[] {
	return outputsOf(connections, step)[output]?.map(({ node }) => node) ?? [];
}

/** The steps that all outputs lead to. */
export function allTargets({ connections }: Pick<Run, 'connections'>, step: string): string[] {
	return outputsOf(connections, step).flatMap((list) => (list ?? []).map(({ node }) => node));
}

function outputsOf(connections: IConnections, step: string) {
	return Object.hasOwn(connections, step) ? (connections[step]?.main ?? []) : [];
}

/** Inputs that got no items have a source as well in older execution orders. */
function sourcesOf(inputs: Inputs, sources: Sources): Array<ISourceData | null> {
	return (inputs ?? []).flatMap((items, input) => ((items?.length ?? 0) > 0 ? [sources?.[input] ?? null] : []));
}

/**
 * An agent's tool gets its input from no step, and the experimental engine gives its records no status.
 * @param count of items that this step works on
 */
function isRecorded(run: Run, count: number): boolean {
	const { previousNode, previousNodeRun = 0, previousNodeOutput = 0 } = run.source;
	if (!targets(run, previousNode, previousNodeOutput).includes(run.own)) return false;
	const tasks = Object.hasOwn(run.runData, previousNode) ? run.runData[previousNode] : undefined;
	const task = tasks?.[previousNodeRun];
	const items = task ? task.data?.main?.[previousNodeOutput] : run.pinned.get(previousNode);
	return items?.length === count && (task?.executionStatus !== undefined || run.pinned.has(previousNode));
}
