import type { IConnections, IExecuteFunctions, INode, ITaskData } from 'n8n-workflow';
import { seeRun } from '../../nodes/shared/run-model/run';

const node = (name: string): INode => ({
	id: name,
	name,
	type: `test.${name}`,
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
});
const main = (target: string): IConnections[string] => ({ main: [[{ node: target, type: 'main', index: 0 }]] });
const TASK: ITaskData = {
	startTime: 0,
	executionTime: 0,
	executionIndex: 0,
	executionStatus: 'success',
	source: [],
	data: { main: [[{ json: {} }]] },
};
const RECORD = {
	resultData: { runData: { Send: [TASK] } },
	executionData: { nodeExecutionStack: [], contextData: {} },
};
const WORKFLOW = { nodes: { Send: node('Send'), ACK: node('ACK') }, connectionsBySourceNode: { Send: main('ACK') } };

/** Reads a run of two steps, Send and ACK, with changes, as a node does. */
function see(changes: { runExecutionData?: unknown; workflow?: unknown; source?: unknown } = {}) {
	const { runExecutionData = RECORD, workflow = WORKFLOW, source = { main: [{ previousNode: 'Send' }] } } = changes;
	const context = {
		getNode: () => node('ACK'),
		getExecuteData: () => ({ source }),
		getInputData: () => [{ json: {} }],
		runExecutionData,
		workflow,
	};
	return seeRun(context as unknown as IExecuteFunctions);
}

describe('a run is seen', () => {
	it('after a step of which n8n has a record', () => {
		expect(see()).toMatchObject({ own: 'ACK', source: { previousNode: 'Send' }, stack: [], waiting: [] });
	});

	it('after a pinned step, which has no record in a partial run', () => {
		const resultData = { runData: {}, pinData: { Send: [{ json: {} }] } };
		expect(see({ runExecutionData: { ...RECORD, resultData } })).toBeDefined();
	});
});

describe('a run is not seen', () => {
	it("by an agent's tool: no main connection leads to it", () => {
		const agent = { ACK: { ai_tool: [[{ node: 'Send', type: 'ai_tool', index: 0 }]] } };
		expect(see({ workflow: { ...WORKFLOW, connectionsBySourceNode: agent } })).toBeUndefined();
	});

	it('on an engine whose records have no status', () => {
		const { executionStatus: _none, ...task } = TASK;
		expect(see({ runExecutionData: { ...RECORD, resultData: { runData: { Send: [task] } } } })).toBeUndefined();
	});

	it.each([
		['without run data', { runExecutionData: { resultData: {}, executionData: RECORD.executionData } }],
		['without a stack', { runExecutionData: { resultData: RECORD.resultData } }],
		['without anything', { runExecutionData: null, workflow: null }],
		['without the step before', { runExecutionData: { ...RECORD, resultData: { runData: {} } } }],
		[
			'with other items than the step before has put out',
			{ runExecutionData: { ...RECORD, resultData: { runData: { Send: [{ ...TASK, data: { main: [[]] } }] } } } },
		],
		['without a source', { source: null }],
		['with an empty source', { source: { main: [null] } }],
	])('%s', (_what, changes) => {
		expect(see(changes)).toBeUndefined();
	});
});
