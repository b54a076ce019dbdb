import type { INode } from 'n8n-workflow';
import { pinnedFrom, readLeftOut } from '../../../nodes/shared/run-model/left-out';
import { type N8nLine, N8N_LINES } from '../../real-n8n/install';
import { from, item, type MadeUp, madeUp, task } from './support/made-up';
import { named, Reading, readRecorded } from './support/reading';

const wordsOf = ({ run, done }: Reading) =>
	readLeftOut(run, done.tasks).map(({ step, items, why }) => `${items.map(named).join(', ')}: ${step} ${why}`);

const leftOut = (line: N8nLine, name: string, visit = 0) => wordsOf(readRecorded(line, name, visit));

const LET_PASS = 'is a loop that had already ended, and sent items to "done" without looping over them';

describe.each(N8N_LINES)('n8n %s.x: skipped work is', (line) => {
	it('the input of a pinned and of a deactivated step', () => {
		expect(leftOut(line, 'pinned-and-deactivated')).toEqual([
			'Start 1, Start 2: Pinned did not run, because its output is pinned',
			'Pinned #0, Pinned #1: Off is deactivated',
		]);
	});

	it('the input of a step outside a partial run, but not after the observing step', () => {
		expect(leftOut(line, 'partial-run')).toEqual(['Work 1, Work 2: Outside is not part of this partial run']);
	});

	it('an item that an ended inner loop passed through, and not the one that had its round', () => {
		expect(leftOut(line, 'loop-nested', 0)).toEqual([]);
		expect(leftOut(line, 'loop-nested', 1)).toEqual([`Inner 2: Inner ${LET_PASS}`]);
	});

	it.each([
		['loop-nested-reset', 1],
		['loop-v3-done', 0],
		['loop-v1-inline', 1],
		['loop-v2-inline', 1],
		['loop-v3-inline', 1],
		['merge-waits', 1],
		['error-output-connected', 0],
	])('nothing if all steps did their work: %s', (name, visit) => {
		expect(leftOut(line, name, visit)).toEqual([]);
	});

	it('pinned output on the path of files, starting with the steps of that kind', () => {
		const { run } = readRecorded(line, 'pinned-and-deactivated');
		const steps = (from: string) => pinnedFrom(run, (step) => step === from).map(({ step }) => step);
		expect(steps('Start')).toEqual(['Start', 'Pinned']);
		expect(steps('Pinned')).toEqual(['Pinned']);
		expect(pinnedFrom(run, (step) => step === 'Off')).toEqual([]);
		expect(pinnedFrom(run, () => false)).toEqual([]);
	});
});

it('pinned output of the observing step itself is not skipped work on files', () => {
	const run = madeUp({
		ways: { Start: [['ACK']] },
		source: from('Start'),
		runData: { Start: [task([], [[item({})]])] },
		pinData: { ACK: [item({})] },
	});
	expect(pinnedFrom(run, (step) => step === 'Start')).toEqual([]);
});

describe('a step is skipped', () => {
	const run = (node: Partial<INode>, more: Partial<MadeUp> = {}) =>
		wordsOf(
			new Reading(
				madeUp({
					nodes: [{ name: 'Step', ...node }],
					ways: { Start: [['ACK', 'Step']], Unfed: [['Step']] },
					source: from('Start'),
					runData: { Start: [task([], [[item({ n: 1 })]])] },
					...more,
				}),
			),
		);
	const CALL = 'n8n-nodes-base.executeWorkflow';

	it('when it is deactivated, pinned, or outside a partial run', () => {
		expect(run({ disabled: true })).toEqual(['Start 1: Step is deactivated']);
		expect(run({}, { pinData: { Step: [item({})] } })).toHaveLength(1);
		expect(run({}, { runNodeFilter: ['Start', 'ACK'] })).toHaveLength(1);
		expect(run({})).toEqual([]);
	});

	it.each([
		[{ waitForSubWorkflow: false }, 1],
		[{ waitForSubWorkflow: '={{ $json.waits }}' }, 1],
		[{ waitForSubWorkflow: true }, 0],
		[{}, 0],
	])('when it may begin a sub-workflow without waiting for its end: %j', (options, expected) => {
		expect(run({ type: CALL, parameters: { options } })).toHaveLength(expected);
		expect(run({ parameters: { options } })).toEqual([]);
	});

	it('when it waits for its sub-workflow by default', () => {
		expect(run({ type: CALL })).toEqual([]);
	});

	it('not when it is the observing step', () => {
		expect(run({}, { runNodeFilter: ['Start', 'Step'] })).toEqual([]);
		expect(run({}, { pinData: { ACK: [item({})] } })).toEqual([]);
	});

	it('not when it received no input', () => {
		expect(run({ disabled: true }, { ways: { Start: [['ACK']], Unfed: [['Step']] } })).toEqual([]);
		expect(run({ disabled: true }, { ways: { Start: [['ACK'], ['Step']] } })).toEqual([]);
	});

	it('not when n8n marks a resumed Wait as deactivated, which it does only in its stack', () => {
		const entry = { node: 'Step', data: { main: [[item({})]] }, source: { main: [from('Start')] } };
		expect(run({}, { nodeExecutionStack: [entry] })).toEqual([]);
	});
});

describe('an item that leaves a loop by "done" had a round', () => {
	const left = (pairedItem: Array<{ item: number; input?: number }> | undefined) =>
		wordsOf(
			new Reading(
				madeUp({
					nodes: [{ name: 'Loop', type: 'n8n-nodes-base.splitInBatches', typeVersion: 3 }],
					ways: { Start: [['Loop']], Loop: [['ACK'], ['Round']], Round: [['Loop']] },
					source: from('Loop', 0, 1),
					runData: {
						Start: [task([], [[item({ n: 1 }), item({ n: 2 })]])],
						Loop: [
							task([from('Start')], [[], [item({ n: 1 }, { item: 0 })]]),
							task([from('Round')], [[item({ n: 3 }, { item: 0 })], []]),
						],
						Round: [task([from('Loop', 1), from('Start')], [[item({ n: 3 }, pairedItem)]])],
					},
				}),
			),
		);

	it('also when it was made from other items as well', () => {
		expect(left([{ item: 0 }, { item: 1, input: 1 }])).toEqual([]);
	});

	it('not when it was made only from other items', () => {
		expect(left([{ item: 1, input: 1 }])).toEqual([`Loop 3: Loop ${LET_PASS}`]);
	});

	it('not when item linking is unknown and not all possible sources had one', () => {
		expect(left(undefined)).toEqual([`Loop 3: Loop ${LET_PASS}`]);
	});
});
