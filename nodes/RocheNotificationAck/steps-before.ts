import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	IPairedItemData,
	IRunExecutionData,
	ISourceData,
	ITaskData,
} from 'n8n-workflow';

/** A step of this run that led to this node. */
export interface StepBefore {
	/** Name of the node. */
	node: string;
	/** What n8n noted of it. */
	task: ITaskData;
	/** Numbers of its outputs from which something came here. */
	outputs: Set<number>;
}

/** The steps of this run that led to a node, and the items between them. */
export interface StepsBefore {
	/** Nearest first. */
	steps: StepBefore[];
	/**
	 * The nearest items of earlier steps that an item of the input was made of and that hold a field.
	 * @param step - the step that put the item out; left out for an item of the input
	 */
	ancestorsWith(field: string, item: INodeExecutionData, step?: StepBefore): IDataObject[];
}

type Sources = ReadonlyArray<ISourceData | null>;
type RunData = IRunExecutionData['resultData']['runData'];

/** Longer ways back are not followed: workflows are not that long, and pairings may be a circle. */
const MOST_STEPS = 200;

/** Walks back from this node, through what n8n noted of the run. */
export function stepsBefore(context: IExecuteFunctions): StepsBefore {
	// Not in n8n's types for nodes, yet every execution context has it; without it only the items can tell.
	const { runExecutionData } = context as { runExecutionData?: IRunExecutionData };
	const runData = runExecutionData?.resultData.runData ?? {};
	const sources: Sources = context.getExecuteData().source?.main ?? [];
	return {
		steps: walkBack(context.getNode().name, sources, runData),
		// The pairing of an item that a step put out counts that step's input. n8n pairs an item of the input with itself.
		ancestorsWith: (field, item, step) => ancestors(field, item, step?.task.source ?? sources, runData, MOST_STEPS),
	};
}

function walkBack(own: string, sources: Sources, runData: RunData): StepBefore[] {
	// By name: in a loop the earlier rounds are other messages, and their failures are no reason to hold back this one.
	const steps = new Map<string, StepBefore>();
	const open = [...sources];
	for (const source of open) {
		const task = taskOf(source, runData);
		if (!source || !task || source.previousNode === own) continue;
		const known = steps.get(source.previousNode);
		const step = known ?? { node: source.previousNode, task, outputs: new Set() };
		step.outputs.add(source.previousNodeOutput ?? 0);
		if (known) continue;
		steps.set(step.node, step);
		// The list grows while it is walked: whatever fed that node is looked at, too.
		open.push(...task.source);
	}
	return [...steps.values()];
}

function ancestors(
	field: string,
	{ pairedItem }: INodeExecutionData,
	sources: Sources,
	runData: RunData,
	left: number,
): IDataObject[] {
	if (left === 0) return [];
	return pairs(pairedItem).flatMap(({ item, input = 0, sourceOverwrite }) => {
		const source = sourceOverwrite ?? sources[input];
		const task = taskOf(source, runData);
		const ancestor = task?.data?.main?.[source?.previousNodeOutput ?? 0]?.[item];
		if (!task || !ancestor) return [];
		if (field in ancestor.json) return [ancestor.json];
		return ancestors(field, ancestor, task.source, runData, left - 1);
	});
}

function taskOf(source: ISourceData | null | undefined, runData: RunData): ITaskData | undefined {
	return source ? runData[source.previousNode]?.[source.previousNodeRun ?? 0] : undefined;
}

function pairs(pairedItem: INodeExecutionData['pairedItem']): IPairedItemData[] {
	if (pairedItem === undefined) return [];
	return [pairedItem].flat().map((pair) => (typeof pair === 'number' ? { item: pair } : pair));
}
