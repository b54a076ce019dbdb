import type { IExecuteFunctions } from 'n8n-workflow';
import { seeRun } from '../../../nodes/shared/run-model/run';
import { N8N_LINES } from '../../real-n8n/install';
import { from, item, type MadeUp, snapshotOf, task } from './support/made-up';
import { named, readRecorded } from './support/reading';
import { contextOf, recorded } from './support/recorded';

describe.each(N8N_LINES)('n8n %s.x: a step sees', (line) => {
	it('itself, where its items come from, and all steps as they are drawn', () => {
		const { run } = readRecorded(line, 'pinned-and-deactivated');
		expect(run.own).toBe('ACK');
		expect(run.source.previousNode).toBe('Off');
		expect([...run.steps.keys()]).toEqual(['Start', 'Pinned', 'Off', 'ACK']);
		expect(run.steps.get('Off')?.disabled).toBe(true);
		expect([...run.pinned.keys()]).toEqual(['Start', 'Pinned']);
		expect(run.part).toBeUndefined();
	});

	it('the steps of a partial run', () => {
		expect([...(readRecorded(line, 'partial-run').run.part ?? [])]).toEqual(['Start', 'Work', 'ACK']);
	});

	it('what loops remember, by the name of the loop', () => {
		const { contexts } = readRecorded(line, 'loop-nested').run;
		expect([...contexts.keys()].toSorted()).toEqual(['Inner', 'Outer']);
		expect(contexts.get('Inner')?.done).toBe(true);
	});

	it('the items of its input', () => {
		const inputs = [0, 1].map((visit) => readRecorded(line, 'error-output-to-ack', visit).input.map(named));
		// n8n takes the later one of two outputs first, where both lead to the same step.
		expect(inputs).toEqual([['Send 2'], ['Send 1']]);
	});

	it('the same after what n8n keeps was written and read again', () => {
		const snapshot = recorded(line, 'loop-v3-side-below', 1);
		expect(seeRun(contextOf(structuredClone(snapshot)))).toEqual(seeRun(contextOf(snapshot)));
	});
});

describe('a step sees nothing, and does not guess', () => {
	const made = (more: Partial<MadeUp> = {}) =>
		snapshotOf({
			ways: { Start: [['ACK']] },
			source: from('Start'),
			runData: { Start: [task([], [[item({})]])] },
			...more,
		});
	const seen = (more: Partial<MadeUp> = {}) => seeRun(contextOf(made(more)));

	it('unlike one that a recorded step leads to', () => {
		expect(seen()).toBeDefined();
	});

	it('as a tool of an agent, which gets its input from no step', () => {
		expect(seen({ source: null })).toBeUndefined();
	});

	it('where the step before does not lead here by that output', () => {
		expect(seen({ ways: { Start: [['Other'], ['ACK']] } })).toBeUndefined();
		expect(seen({ source: from('Start', 1) })).toBeUndefined();
	});

	it('where the record of the step before is missing, or has no status', () => {
		expect(seen({ runData: {} })).toBeUndefined();
		expect(seen({ source: from('Start', 0, 1) })).toBeUndefined();
		const { executionStatus: _status, ...unmarked } = task([], [[item({})]]);
		expect(seen({ runData: { Start: [unmarked] } })).toBeUndefined();
	});

	it('unless the step before is pinned, which in a partial run has no record', () => {
		expect(seen({ runData: {}, pinData: { Start: [item({})] } })).toBeDefined();
	});

	it.each(['constructor', '__proto__'])('where the step before is called %s and has no record', (name) => {
		expect(seen({ ways: { [name]: [['ACK']] }, source: from(name), runData: {} })).toBeUndefined();
	});

	it.each([
		['run data', { runExecutionData: undefined }],
		['record of what was done', { runExecutionData: { executionData: {}, resultData: {} } }],
		['stack', { runExecutionData: { resultData: { runData: {} } } }],
		['workflow', { workflow: undefined }],
		['connections', { workflow: { nodes: {} } }],
		['source', { getExecuteData: () => undefined }],
	])('on an engine that shows no %s', (_what, changes) => {
		const context = { ...contextOf(made()), ...changes } as unknown as IExecuteFunctions;
		expect(seeRun(context)).toBeUndefined();
	});
});

it('what the workflow remembers as a whole is no step’s', () => {
	const snapshot = snapshotOf({
		ways: { Start: [['ACK']] },
		source: from('Start'),
		runData: { Start: [task([], [[item({})]])] },
		contextData: { flow: { a: 1 }, 'node:Loop': {} },
	});
	expect([...(seeRun(contextOf(snapshot))?.contexts.keys() ?? [])]).toEqual(['Loop']);
});

it('a pinned step whose pin was taken away again is not pinned', () => {
	const snapshot = snapshotOf({
		ways: { Start: [['ACK']] },
		source: from('Start'),
		runData: { Start: [task([], [[item({})]])] },
		pinData: { Start: undefined as never },
	});
	expect(seeRun(contextOf(snapshot))?.pinned.size).toBe(0);
});
