import type { IExecuteFunctions } from 'n8n-workflow';
import { seeRun } from '../../../nodes/shared/run-model/run';
import { N8N_LINES } from '../../real-n8n/install';
import { from, item, type MadeUp, snapshotOf, task } from './support/made-up';
import { named, readRecorded } from './support/reading';
import { contextOf, recorded } from './support/recorded';

describe.each(N8N_LINES)('n8n %s.x: a step sees', (line) => {
	it('itself, the source of its items, and all steps with their connections', () => {
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

	it('the state of loops, by the name of the loop', () => {
		const { contexts } = readRecorded(line, 'loop-nested').run;
		expect([...contexts.keys()].toSorted()).toEqual(['Inner', 'Outer']);
		expect(contexts.get('Inner')?.done).toBe(true);
	});

	it('the items of its input', () => {
		const inputs = [0, 1].map((visit) => readRecorded(line, 'error-output-to-ack', visit).input.map(named));
		// If two outputs lead to the same step, n8n runs the later one first.
		expect(inputs).toEqual([['Send 2'], ['Send 1']]);
	});

	it('the same after n8n has saved and loaded the data', () => {
		const snapshot = recorded(line, 'loop-v3-side-below', 1);
		expect(seeRun(contextOf(structuredClone(snapshot)))).toEqual(seeRun(contextOf(snapshot)));
	});
});

describe('a step sees nothing', () => {
	const made = (more: Partial<MadeUp> = {}) =>
		snapshotOf({
			ways: { Start: [['ACK']] },
			source: from('Start'),
			runData: { Start: [task([], [[item({})]])] },
			...more,
		});
	const seen = (more: Partial<MadeUp> = {}) => seeRun(contextOf(made(more)));

	it('unlike one after a recorded step', () => {
		expect(seen()).toBeDefined();
	});

	it('as a tool of an agent, which receives no input from a step', () => {
		expect(seen({ source: null })).toBeUndefined();
	});

	it('if the step before is not connected by that output', () => {
		expect(seen({ ways: { Start: [['Other'], ['ACK']] } })).toBeUndefined();
		expect(seen({ source: from('Start', 1) })).toBeUndefined();
	});

	it('if the record of the step before is missing, or has no status', () => {
		expect(seen({ runData: {} })).toBeUndefined();
		expect(seen({ source: from('Start', 0, 1) })).toBeUndefined();
		const { executionStatus: _status, ...unmarked } = task([], [[item({})]]);
		expect(seen({ runData: { Start: [unmarked] } })).toBeUndefined();
	});

	it('unless the step before is pinned, which in a partial run has no record', () => {
		expect(seen({ runData: {}, pinData: { Start: [item({})] } })).toBeDefined();
	});

	it.each(['constructor', '__proto__'])('if the step before is named %s and has no record', (name) => {
		expect(seen({ ways: { [name]: [['ACK']] }, source: from(name), runData: {} })).toBeUndefined();
	});

	it.each([
		['run data', { runExecutionData: undefined }],
		['record of what was done', { runExecutionData: { executionData: {}, resultData: {} } }],
		['stack', { runExecutionData: { resultData: { runData: {} } } }],
		['workflow', { workflow: undefined }],
		['connections', { workflow: { nodes: {} } }],
		['source', { getExecuteData: () => undefined }],
	])('on an engine without %s', (_what, changes) => {
		const context = { ...contextOf(made()), ...changes } as unknown as IExecuteFunctions;
		expect(seeRun(context)).toBeUndefined();
	});
});

it('the state of the whole workflow does not belong to a step', () => {
	const snapshot = snapshotOf({
		ways: { Start: [['ACK']] },
		source: from('Start'),
		runData: { Start: [task([], [[item({})]])] },
		contextData: { flow: { a: 1 }, 'node:Loop': {} },
	});
	expect([...(seeRun(contextOf(snapshot))?.contexts.keys() ?? [])]).toEqual(['Loop']);
});

it('a step whose pin was removed is not pinned', () => {
	const snapshot = snapshotOf({
		ways: { Start: [['ACK']] },
		source: from('Start'),
		runData: { Start: [task([], [[item({})]])] },
		pinData: { Start: undefined as never },
	});
	expect(seeRun(contextOf(snapshot))?.pinned.size).toBe(0);
});
