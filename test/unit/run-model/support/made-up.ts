import type { INode, INodeExecutionData, IPairedItemData, ISourceData, ITaskData } from 'n8n-workflow';
import { type Run } from '../../../../nodes/shared/run-model/run';
import { runOf } from './recorded';
import type { Snapshot } from './snapshot';

/** An artificial run, not recorded from an engine. */
export interface MadeUp extends Partial<Omit<Snapshot, 'nodes' | 'connections' | 'runData' | 'source'>> {
	/** Steps with more than a name. */
	nodes?: Array<Partial<INode> & { name: string }>;
	/** Names of the steps connected to each output of a step. */
	ways: Record<string, string[][]>;
	runData: Record<string, ITaskData[]>;
	/** Source of the items of the step "ACK". */
	source: ISourceData | null;
}

export const from = (step: string, output = 0, run = 0): ISourceData => ({
	previousNode: step,
	previousNodeOutput: output,
	previousNodeRun: run,
});

/** Returns an item with its item link. */
export const item = (json: INodeExecutionData['json'], pairedItem?: INodeExecutionData['pairedItem']) => ({
	json,
	pairedItem,
});

/** Returns an item whose link has its own source, like those of Loop Over Items. */
export const itemFrom = (
	json: INodeExecutionData['json'],
	sourceOverwrite: ISourceData,
	index = 0,
): INodeExecutionData => ({
	json,
	pairedItem: { item: index, sourceOverwrite } satisfies IPairedItemData,
});

/** Returns one run of a step. */
export const task = (
	source: ITaskData['source'],
	outputs: INodeExecutionData[][],
	more: Partial<ITaskData> = {},
): ITaskData => ({
	startTime: 0,
	executionTime: 0,
	executionIndex: 0,
	executionStatus: 'success',
	source,
	data: { main: outputs },
	...more,
});

const link = (node: string) => ({ node, type: 'main' as const, index: 0 });

export function snapshotOf({ nodes = [], ways, runData, source, own = 'ACK', ...more }: MadeUp): Snapshot {
	const names = new Set([own, ...Object.keys(runData), ...Object.keys(ways), ...Object.values(ways).flat(2)]);
	const known = new Map(nodes.map((node) => [node.name, node]));
	return {
		own,
		source: source && { main: [source] },
		nodes: [...names].map((name) => ({
			name,
			type: 'n8n-nodes-base.noOp',
			typeVersion: 1,
			parameters: {},
			...known.get(name),
		})),
		connections: Object.fromEntries(
			Object.entries(ways).map(([name, outputs]) => [name, { main: outputs.map((list) => list.map(link)) }]),
		),
		runData,
		nodeExecutionStack: [],
		waitingExecution: {},
		waitingExecutionSource: {},
		contextData: {},
		...more,
	};
}

/** Returns the run as the step "ACK" would see it. @throws TypeError if it would see none */
export const madeUp = (run: MadeUp): Run => runOf(snapshotOf(run));
