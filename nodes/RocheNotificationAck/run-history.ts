import type {
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	IPairedItemData,
	IRunExecutionData,
	ISourceData,
	ITaskData,
} from 'n8n-workflow';

/** A step of this run that led to this node: one of perhaps several runs of a node, as in a loop. */
export interface Step {
	/** Name of the node. */
	node: string;
	/** What n8n noted of it. */
	task: ITaskData;
	/** Numbers of its outputs from which something came here. */
	outputs: Set<number>;
	/** Whether its setting "On Error" lets a run go on when it fails. */
	continues: boolean;
}

/** An item that a step put out. */
export interface PutOut {
	item: INodeExecutionData;
	step: Step;
	/** Number of the output. */
	output: number;
}

/** The steps of this run that led to this node, and the items between them. */
export interface RunHistory {
	steps: readonly Step[];
	/**
	 * The items that an item was made of, as n8n's item linking tells; none where that tells nothing.
	 * @param step - the one that put the item out; left out for an item of this node's input
	 */
	parentsOf(item: INodeExecutionData, step?: Step): PutOut[];
}

type Sources = ReadonlyArray<ISourceData | null>;

/** What every execution context has, and n8n's types for nodes do not show; without it only the items can tell. */
interface Unseen {
	runExecutionData?: IRunExecutionData;
	workflow?: { nodes: Record<string, INode> };
}

/** Walks back from this node, through what n8n noted of the run. */
export function historyOf(context: IExecuteFunctions): RunHistory {
	const { runExecutionData, workflow } = context as Unseen;
	const runData = runExecutionData?.resultData.runData ?? {};
	const inputs: Sources = context.getExecuteData().source?.main ?? [];
	const steps = new Map<ITaskData, Step>();
	const stepOf = (source: ISourceData | null | undefined): Step | undefined => {
		const task = source ? runData[source.previousNode]?.[source.previousNodeRun ?? 0] : undefined;
		if (!source || !task) return undefined;
		const node = source.previousNode;
		const step = steps.get(task) ?? { node, task, outputs: new Set(), continues: mayContinue(workflow?.nodes[node]) };
		steps.set(task, step);
		return step;
	};

	const open = [...inputs];
	for (const source of open) {
		const known = steps.size;
		const step = stepOf(source);
		step?.outputs.add(source?.previousNodeOutput ?? 0);
		// The list grows while it is walked: whatever fed a step is looked at, too.
		if (step && steps.size > known) open.push(...step.task.source);
	}

	return {
		steps: [...steps.values()],
		// The pairing of an item that a step put out counts that step's input. n8n pairs an item of the input with itself.
		parentsOf: ({ pairedItem }, from) =>
			pairs(pairedItem).flatMap(({ item: index, input = 0, sourceOverwrite }) => {
				const source = sourceOverwrite ?? (from?.task.source ?? inputs)[input];
				const step = stepOf(source);
				const output = source?.previousNodeOutput ?? 0;
				const item = step?.task.data?.main?.[output]?.[index];
				return step && item ? [{ item, step, output }] : [];
			}),
	};
}

function mayContinue(node: INode | undefined): boolean {
	// Of what is not known the worse is assumed.
	if (node === undefined) return true;
	const { onError, continueOnFail } = node;
	// The older setting counts where the newer one is not set.
	return onError === undefined ? continueOnFail === true : onError !== 'stopWorkflow';
}

function pairs(pairedItem: INodeExecutionData['pairedItem']): IPairedItemData[] {
	if (pairedItem === undefined) return [];
	return [pairedItem].flat().map((pair) => (typeof pair === 'number' ? { item: pair } : pair));
}
