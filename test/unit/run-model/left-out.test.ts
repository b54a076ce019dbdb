import type { INode } from 'n8n-workflow';
import { pinnedFrom, readLeftOut } from '../../../nodes/shared/run-model/left-out';
import { type N8nLine, N8N_LINES } from '../../real-n8n/install';
import { from, item, type MadeUp, madeUp, task } from './support/made-up';
import { named, Reading, readRecorded } from './support/reading';

const wordsOf = ({ run, done }: Reading) =>
	readLeftOut(run, done.tasks).map(({ step, items, why }) => `${items.map(named).join(', ')}: ${step} ${why}`);

const leftOut = (line: N8nLine, name: string, visit = 0) => wordsOf(readRecorded(line, name, visit));

const LET_PASS = 'is a loop that had already ended, and sent items to "done" without looping over them';

describe.each(N8N_LINES)('n8n %s.x: left out is', (line) => {
	it('what a pinned and a deactivated step got', () => {
		expect(leftOut(line, 'pinned-and-deactivated')).toEqual([
			'Start 1, Start 2: Pinned did not run, because its output is pinned',
			'Pinned #0, Pinned #1: Off is deactivated',
		]);
	});

	it('what would go into a step outside a partial run; nothing behind the step that looks', () => {
		expect(leftOut(line, 'partial-run')).toEqual(['Work 1, Work 2: Outside is not part of this partial run']);
	});

	it('an item that an ended inner loop let pass, and not the one that had its round', () => {
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
	])('nothing where all steps did their work: %s', (name, visit) => {
		expect(leftOut(line, name, visit)).toEqual([]);
	});

	it('pinned output on the way of files, from the steps of that kind on', () => {
		const { run } = readRecorded(line, 'pinned-and-deactivated');
		const steps = (from: string) => pinnedFrom(run, (step) => step === from).map(({ step }) => step);
		expect(steps('Start')).toEqual(['Start', 'Pinned']);
		expect(steps('Pinned')).toEqual(['Pinned']);
		expect(pinnedFrom(run, (step) => step === 'Off')).toEqual([]);
		expect(pinnedFrom(run, () => false)).toEqual([]);
	});
});

it('pinned output of the step that looks itself stands for no work on files', () => {
	const run = madeUp({
		ways: { Start: [['ACK']] },
		source: from('Start'),
		runData: { Start: [task([], [[item({})]])] },
		pinData: { ACK: [item({})] },
	});
	expect(pinnedFrom(run, (step) => step === 'Start')).toEqual([]);
});

describe('a step is left out', () => {
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

	it('not when it is the step that looks', () => {
		expect(run({}, { runNodeFilter: ['Start', 'Step'] })).toEqual([]);
		expect(run({}, { pinData: { ACK: [item({})] } })).toEqual([]);
	});

	it('not when nothing was put into it', () => {
		expect(run({ disabled: true }, { ways: { Start: [['ACK']], Unfed: [['Step']] } })).toEqual([]);
		expect(run({ disabled: true }, { ways: { Start: [['ACK'], ['Step']] } })).toEqual([]);
	});

	it('not when n8n marks a Wait that it resumes as deactivated, which it does in its stack alone', () => {
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

	it('also when other items were used beside it', () => {
		expect(left([{ item: 0 }, { item: 1, input: 1 }])).toEqual([]);
	});

	it('not when it was made of other items alone', () => {
		expect(left([{ item: 1, input: 1 }])).toEqual([`Loop 3: Loop ${LET_PASS}`]);
	});

	it('not when linking does not tell, and not all that it may be made of had one', () => {
		expect(left(undefined)).toEqual([`Loop 3: Loop ${LET_PASS}`]);
	});
});
