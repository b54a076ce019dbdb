import type { IDataObject, IExecuteFunctions, INode, INodeType, IRunExecutionData, Workflow } from 'n8n-workflow';
import type { Snapshot } from '../../unit/run-model/support/snapshot';
import { describe } from './describe-node';

/** Fields of every execution context that n8n's types for nodes omit. */
type Seen = IExecuteFunctions & { runExecutionData: IRunExecutionData; workflow: Workflow };

/** Fields that differ between recordings. */
const TIMES = new Set(['startTime', 'executionTime']);

/** `test.record`: passes its items on, and adds n8n's current data of the run to the first one as the field `snapshot`. */
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

/** Returns the snapshot as JSON, without times and earlier snapshots, and with only the message of errors. */
function plain(snapshot: Snapshot): unknown {
	const text = JSON.stringify(snapshot, function (this: Record<string, unknown>, key, value: unknown) {
		if (key === 'snapshot' || key === 'hints') return undefined;
		if (TIMES.has(key)) return 0;
		const original = this[key];
		// n8n copies the fields of an error, including its stack with the paths of this machine.
		const isError = typeof original === 'object' && original !== null && 'stack' in original && 'message' in original;
		return isError ? { message: original.message } : value;
	});
	return JSON.parse(text);
}
