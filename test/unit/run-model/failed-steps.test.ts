import type { INode, INodeExecutionData } from 'n8n-workflow';
import { N8N_LINES } from '../../real-n8n/install';
import { from, item, madeUp, task } from './support/made-up';
import { failuresOf, Reading, readRecorded } from './support/reading';

describe.each(N8N_LINES)('n8n %s.x: a failure is', (line) => {
	const failures = (name: string) => failuresOf(readRecorded(line, name));

	it.each(['error-output-connected', 'error-output-unconnected', 'error-output-to-ack'])(
		'an item at the error output of a step: %s',
		(name) => {
			expect(failures(name)).toEqual(['Send: Send 2']);
		},
	);

	it('attributed to the step where it arose, not to those that pass it on or hide it', () => {
		expect(failures('error-carried-on')).toEqual(['Send: Send #1']);
	});

	it('n8n’s own error of an item, which later steps pass on', () => {
		expect(failures('error-of-item')).toEqual(['Item: Item #0']);
	});

	it('an error without a message, of a step that continues on errors', () => {
		expect(failures('error-empty')).toEqual(['Bare: Bare #0']);
	});

	it('none, if a step that stops on errors answers with an empty field "error"', () => {
		expect(failures('error-empty-of-stopping-step')).toEqual([]);
	});

	it.each(['failed-whole', 'failed-whole-error-output'])(
		'one of a whole step, for all items that it passed on: %s',
		(name) => {
			expect(failures(name)).toEqual(['Throws as a whole: Throws 1', 'Throws as a whole: Throws 2']);
		},
	);

	it('one of a whole Merge, for the items of all its inputs, although n8n passes on only one input', () => {
		const ofInputs = ['Upper 1', 'Upper 2', 'Lower 1', 'Lower 2'];
		expect(failures('failed-merge')).toEqual(ofInputs.map((one) => `Merge as a whole: ${one}`));
	});

	it.each(['aggregate', 'limit', 'pinned-and-deactivated', 'merge-waits', 'loop-v3-done', 'execute-once'])(
		'none, if nothing failed: %s',
		(name) => {
			expect(failures(name)).toEqual([]);
		},
	);
});

describe('an error is', () => {
	const failuresFor = (json: INodeExecutionData['json'], node: Partial<INode> = {}, more = {}) =>
		failuresOf(
			new Reading(
				madeUp({
					nodes: [{ name: 'Step', ...node }],
					ways: { Start: [['Step']], Step: [['ACK']] },
					source: from('Step'),
					runData: {
						Start: [task([], [[item({})]])],
						Step: [task([from('Start')], [[{ ...item(json, { item: 0 }), ...more }]])],
					},
				}),
			),
		).length > 0;

	it.each([['text'], [{ code: 1 }], [['one']], [1], [0], [true]])('%j in the field "error"', (error) => {
		expect(failuresFor({ error, id: 1 })).toBe(true);
	});

	it.each([[null], [false], [''], [[]], [{}], [undefined]])('not %j beside other fields', (error) => {
		expect(failuresFor({ error, id: 1 }, { onError: 'continueRegularOutput' })).toBe(false);
	});

	it.each([[null], [false], [''], [[]], [{}], [undefined]])('%j alone, of a step that continues', (error) => {
		expect(failuresFor({ error, message: 'x', details: 'y' }, { onError: 'continueRegularOutput' })).toBe(true);
		expect(failuresFor({ error }, { onError: 'continueErrorOutput' })).toBe(true);
		expect(failuresFor({ error }, { continueOnFail: true })).toBe(true);
		expect(failuresFor({ error }, { continueOnFail: true, onError: 'stopWorkflow' })).toBe(false);
		expect(failuresFor({ error })).toBe(false);
	});

	it('n8n’s own error of an item, whatever is in its fields', () => {
		expect(failuresFor({ id: 1 }, {}, { error: { message: 'x' } })).toBe(true);
	});

	it('an item without fields, of a step that continues: the database stores nothing of an undefined error', () => {
		expect(failuresFor({}, { onError: 'continueRegularOutput' })).toBe(true);
		expect(failuresFor({})).toBe(false);
	});

	it('not an item without fields that n8n created, or that has a file', () => {
		expect(failuresFor({}, { onError: 'continueRegularOutput', alwaysOutputData: true })).toBe(false);
		expect(failuresFor({}, { onError: 'continueRegularOutput' }, { binary: {} })).toBe(false);
	});

	it('an item with only an error, even if n8n may create items there or it has a file', () => {
		expect(failuresFor({ error: '' }, { onError: 'continueRegularOutput', alwaysOutputData: true })).toBe(true);
		expect(failuresFor({ error: '' }, { onError: 'continueRegularOutput' }, { binary: {} })).toBe(true);
	});
});

it('a step that is no longer in the workflow may have continued on errors', () => {
	const run = madeUp({
		ways: { Start: [['ACK']] },
		source: from('Start'),
		runData: { Start: [task([], [[item({ error: '' })]])] },
	});
	expect(failuresOf(new Reading(run))).toEqual([]);
	expect(failuresOf(new Reading({ ...run, steps: new Map() }))).toEqual(['Start: Start #0']);
});

it('a step that failed as a whole and returned no item counts as failed', () => {
	const reading = new Reading(
		madeUp({
			ways: { Start: [['Step', 'ACK']] },
			source: from('Start'),
			runData: {
				Start: [task([], [[item({})]])],
				Step: [{ ...task([from('Start')], []), data: undefined, error: { message: 'x' } as never }],
			},
		}),
	);
	expect(failuresOf(reading)).toEqual(['Step as a whole: no item']);
});

describe('an error that an item already contained in the input', () => {
	const through = (before: object, after: object, { isPutOut = false, node = {} } = {}) =>
		failuresOf(
			new Reading(
				madeUp({
					nodes: [{ name: 'Next', ...node }],
					ways: { First: [['Next']], Next: [['ACK']] },
					source: from('Next'),
					runData: {
						First: [task([], [[item({ ...before })]])],
						Next: [task([from('First')], [[item({ ...after }, { item: 0 })]])],
					},
				}),
			),
			isPutOut,
		);

	it('belongs to the first step as long as it is the same', () => {
		expect(through({ error: { a: 1 } }, { error: { a: 1 }, more: 2 })).toEqual(['First: First #0']);
	});

	it('is a new one if it differs', () => {
		expect(through({ error: 'a', n: 1 }, { error: 'b', n: 1 })).toEqual(['First: First 1', 'Next: Next 1']);
	});

	it('is a new one if the caller states that the step failed again', () => {
		expect(through({ error: 'a', n: 1 }, { error: 'a', n: 1 }, { isPutOut: true })).toHaveLength(2);
	});

	it('is a new one if a step that continues keeps only an error with the same message', () => {
		const node = { onError: 'continueRegularOutput', type: 'n8n-nodes-base.httpRequest' } as const;
		expect(through({ error: 'a', n: 1 }, { error: 'a' }, { node })).toHaveLength(2);
		expect(through({ error: 'a' }, { error: 'a' }, { node })).toHaveLength(2);
		expect(through({ error: 'a', n: 1 }, { error: 'a', n: 1 }, { node })).toHaveLength(1);
	});

	it.each(['noOp', 'if', 'switch', 'filter', 'merge', 'limit', 'wait'])(
		'belongs to the first step if a step that continues passes everything on: %s',
		(type) => {
			const node = { onError: 'continueRegularOutput', type: `n8n-nodes-base.${type}` } as const;
			expect(through({ error: 'a' }, { error: 'a' }, { node })).toEqual(['First: First #0']);
		},
	);

	it('is a new one if it leaves a step by its error output', () => {
		const node = { onError: 'continueErrorOutput' } as const;
		expect(through({ error: 'a', n: 1 }, { error: 'a', n: 1 }, { node })).toHaveLength(2);
	});
});
