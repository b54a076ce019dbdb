import type {
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	IPairedItemData,
	IPinData,
	IRunData,
	IRunExecutionData,
	ISourceData,
	ITaskData,
	Workflow,
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
	/** Of this node's own earlier runs there is nothing here: they handed nothing on. */
	steps: readonly Step[];
	/** Items that steps which lead here have not worked on yet: n8n finishes one branch after the other. `step` is the one that waits. */
	waiting: readonly PutOut[];
	/** Name of a step behind Roche S3 Fetch, or of that one, that did not run since its output is pinned in the editor. */
	pinned?: string;
	/**
	 * The items that an item was made of, as n8n's item linking tells; none where that tells nothing.
	 * @param step - the one that put the item out; left out for an item of this node's input
	 */
	parentsOf(item: INodeExecutionData, step?: Step): PutOut[];
}

type Sources = ReadonlyArray<ISourceData | null>;
type StepOf = (source: ISourceData | null | undefined) => Step | undefined;

/** What every execution context has, and n8n's types for nodes do not show; without it only the items can tell. */
interface Unseen {
	runExecutionData?: IRunExecutionData;
	workflow?: Graph;
}

type Graph = Pick<Workflow, 'getParentNodes'> & { nodes: Record<string, INode> };

/** Types whose failures happen inside, in code or another workflow, and come out as items whatever "On Error" says. */
const CATCHES_ITSELF = /\.(code|executeWorkflow)$/;

/** Walks back from this node, through what n8n noted of the run. */
export function historyOf(context: IExecuteFunctions): RunHistory {
	const { runExecutionData, workflow } = context as Unseen;
	const inputs: Sources = context.getExecuteData().source?.main ?? [];
	const own = context.getNode().name;
	const leading = new Set(workflow?.getParentNodes(own));
	const { steps, stepOf } = stepsBefore(inputs, leading, runExecutionData?.resultData.runData ?? {}, workflow);
	return {
		steps: [...steps.values()].filter(({ node }) => node !== own),
		waiting: waitingItems(runExecutionData, leading, stepOf),
		pinned: workflow && pinnedBehindFetch(workflow, [...leading], runExecutionData?.resultData.pinData),
		// The pairing of an item that a step put out counts that step's input. n8n pairs an item of the input with itself.
		parentsOf: ({ pairedItem }, from) =>
			pairs(pairedItem).flatMap(({ item: index, input = 0, sourceOverwrite }) => {
				const source = sourceOverwrite ?? (from?.task.source ?? inputs)[input];
				const step = stepOf(source);
				const output = source?.previousNodeOutput ?? 0;
				const items = step?.task.data?.main?.[output] ?? [];
				const item = items[index];
				if (!step || !item) return [];
				const made = isMadeOfAll(from, items, item) ? items : [item];
				return made.map((each) => ({ item: each, step, output }));
			}),
	};
}

function stepsBefore(
	inputs: Sources,
	leading: ReadonlySet<string>,
	runData: IRunData,
	workflow: Graph | undefined,
): { steps: ReadonlyMap<ITaskData, Step>; stepOf: StepOf } {
	const steps = new Map<ITaskData, Step>();
	const stepOf: StepOf = (source) => {
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
	// n8n notes no source where a step put nothing out, such as for an input of Merge: its failure would not be seen.
	for (const previousNode of leading) {
		for (const previousNodeRun of (runData[previousNode] ?? []).keys()) stepOf({ previousNode, previousNodeRun });
	}
	return { steps, stepOf };
}

function waitingItems(run: IRunExecutionData | undefined, leading: ReadonlySet<string>, stepOf: StepOf): PutOut[] {
	return (run?.executionData?.nodeExecutionStack ?? []).flatMap(({ node, data, source }) => {
		if (!leading.has(node.name)) return [];
		return (data.main ?? []).flatMap((items, input): PutOut[] => {
			const before = stepOf(source?.main?.[input]);
			const step = before && { ...before, node: node.name };
			return step ? (items ?? []).map((item) => ({ item, step, output: 0 })) : [];
		});
	});
}

/** n8n pairs the one item that a step made of many, without saying so, with the first of them (`assignPairedItems` of n8n-core). */
function isMadeOfAll(step: Step | undefined, items: readonly INodeExecutionData[], first: INodeExecutionData): boolean {
	const made = (step?.task.data?.main ?? []).flatMap((output) => output ?? []);
	return made.length === 1 && !Array.isArray(made[0]?.pairedItem) && items[0] === first && made[0]?.json !== first.json;
}

/** Only runs from the editor have pinned data; those of steps before the file is fetched do no harm. */
function pinnedBehindFetch(
	workflow: Graph,
	leading: string[],
	pinData: IPinData | null | undefined,
): string | undefined {
	const isFetch = (name: string): boolean => workflow.nodes[name]?.type.endsWith('.rocheS3Fetch') === true;
	return leading.find((name) => pinData && name in pinData && [name, ...workflow.getParentNodes(name)].some(isFetch));
}

function mayContinue(node: INode | undefined): boolean {
	// Of what is not known the worse is assumed.
	if (node === undefined) return true;
	if (CATCHES_ITSELF.test(node.type)) return true;
	const { onError, continueOnFail } = node;
	// The older setting counts where the newer one is not set.
	return onError === undefined ? continueOnFail === true : onError !== 'stopWorkflow';
}

function pairs(pairedItem: INodeExecutionData['pairedItem']): IPairedItemData[] {
	if (pairedItem === undefined) return [];
	return [pairedItem].flat().map((pair) => (typeof pair === 'number' ? { item: pair } : pair));
}
