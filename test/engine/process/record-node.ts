import type { IDataObject, IExecuteFunctions, INode, INodeType, IRunExecutionData, Workflow } from 'n8n-workflow';
import type { Snapshot } from '../../unit/run-model/support/snapshot';
import { describe } from './describe-node';

/** What every execution context has, and n8n's types for nodes do not show. */
type Seen = IExecuteFunctions & { runExecutionData: IRunExecutionData; workflow: Workflow };

/** What differs with each recording. */
const TIMES = new Set(['startTime', 'executionTime']);

/** `test.record`: passes its items on; in the field `snapshot` of the first one is what n8n keeps of the run at this very moment. */
export const record: INodeType = {
	description: describe('record'),
	async execute() {
		const snapshot = plain(snapshotOf(this as Seen)) as IDataObject;
		const items = this.getInputData().map(({ json }, index) => ({
			json: index === 0 ? { ...json, snapshot } : json,
			pairedItem: { item: index },
		}));
		return await Promise.resolve([items]);
	},
};

function snapshotOf(context: Seen): Snapshot {
	const { resultData, executionData, startData } = context.runExecutionData;
	if (!executionData) throw new TypeError('This engine keeps no stack');
	const { source } = context.getExecuteData();
	return {
		own: context.getNode().name,
		source,
		nodes: Object.values(context.workflow.nodes).map(asDrawn),
		connections: context.workflow.connectionsBySourceNode,
		runData: resultData.runData,
		pinData: resultData.pinData,
		runNodeFilter: startData?.runNodeFilter,
		nodeExecutionStack: executionData.nodeExecutionStack.map((entry) => ({ ...entry, node: entry.node.name })),
		waitingExecution: executionData.waitingExecution,
		waitingExecutionSource: executionData.waitingExecutionSource,
		contextData: executionData.contextData,
	};
}

function asDrawn({ id: _id, position: _position, credentials: _credentials, ...node }: INode) {
	return node;
}

/** As JSON has it, without times, of errors the message alone, and without earlier snapshots. */
function plain(snapshot: Snapshot): unknown {
	const text = JSON.stringify(snapshot, function (this: Record<string, unknown>, key, value: unknown) {
		if (key === 'snapshot' || key === 'hints') return undefined;
		if (TIMES.has(key)) return 0;
		const original = this[key];
		// n8n copies the fields of an error, its stack with the paths of this machine among them.
		const isError = typeof original === 'object' && original !== null && 'stack' in original && 'message' in original;
		return isError ? { message: original.message } : value;
	});
	return JSON.parse(text);
}
