import { loopOutputs, Ways } from '../../../nodes/shared/run-model/ways';
import { allTargets, targets } from '../../../nodes/shared/run-model/run';
import { N8N_LINES } from '../../real-n8n/install';
import { from, item, madeUp, snapshotOf, task } from './support/made-up';
import { readRecorded } from './support/reading';
import { runOf } from './support/recorded';

const COUNTS_ALL = () => false;

describe('Loop Over Items', () => {
	const node = (typeVersion: number, type = 'n8n-nodes-base.splitInBatches') => ({
		...{ id: '1', name: 'Loop', position: [0, 0] as [number, number], parameters: {} },
		...{ type, typeVersion },
	});

	it.each([
		[1, { round: 0 }],
		[2, { round: 0, done: 1 }],
		[3, { round: 1, done: 0 }],
		[4, { round: 1, done: 0 }],
	])('of version %d has these outputs: %j', (version, outputs) => {
		expect(loopOutputs(node(version))).toEqual(outputs);
	});

	it('is recognized by its type', () => {
		expect(loopOutputs(node(3, 'n8n-nodes-base.noOp'))).toBeUndefined();
		expect(loopOutputs(undefined)).toBeUndefined();
	});
});

describe.each(N8N_LINES)('n8n %s.x: in the middle of a round', (line) => {
	const waysOf = (name: string, visit = 0, isPassedOver: (step: string) => boolean = COUNTS_ALL) =>
		new Ways(readRecorded(line, name, visit).run, isPassedOver);

	it.each([2, 3])('work that returns to the loop, v%d, continues at "done" and does not lead here again', (version) => {
		const ways = waysOf(`loop-v${version}-inline`);
		expect(ways.leadsHere('Loop')).toBe(false);
		expect(ways.leadsTo('Loop', (step) => step === 'End')).toBe(true);
		expect(ways.counted(['Loop'])).toEqual(['End']);
	});

	it('work that returns to the loop, v1, leads nowhere', () => {
		const ways = waysOf('loop-v1-inline');
		expect(ways.leadsHere('Loop')).toBe(false);
		expect(ways.counted(['Loop'])).toEqual([]);
		expect(ways.leadsTo('Loop', (step) => step === 'Loop')).toBe(true);
	});

	it.each([1, 2, 3])('work of the round leads here, and a parallel branch does not: v%d', (version) => {
		const ways = waysOf(`loop-v${version}-side-below`);
		expect(['Start', 'Loop', 'Work', 'Side', 'End', 'ACK'].filter((step) => ways.leadsHere(step))).toEqual([
			...['Work', 'ACK'],
		]);
	});

	it('work that arrives at an ended inner loop continues at "done"', () => {
		const ways = waysOf('loop-nested', 1);
		expect(ways.leadsTo('Inner', (step) => step === 'Work')).toBe(false);
		expect(ways.leadsHere('Inner')).toBe(true);
	});

	it('work that arrives at an inner loop that may be reset can take both outputs', () => {
		const ways = waysOf('loop-nested-reset', 1);
		expect(ways.leadsTo('Inner', (step) => step === 'Work')).toBe(true);
		expect(ways.leadsHere('Inner')).toBe(true);
		expect(ways.counted(['Inner'])).toEqual(['Inner']);
	});
});

describe.each(N8N_LINES)('n8n %s.x: steps that count', (line) => {
	const ways = (...passedOver: string[]) =>
		new Ways(readRecorded(line, 'merge-waits').run, (step) => passedOver.includes(step));

	it('are those at which the work has arrived', () => {
		expect(ways().counted(['Merge', 'Lower'])).toEqual(['Merge', 'Lower']);
	});

	it('are the next ones after a step that does not count', () => {
		expect(ways('Lower').counted(['Lower'])).toEqual(['Merge']);
		expect(ways('Start', 'Fork').counted(['Start'])).toEqual(['Upper', 'Lower']);
	});

	it('are none if only the observing step is left on the path', () => {
		expect(ways('Lower', 'Merge').counted(['Lower'])).toEqual([]);
	});

	it('are the observing step if the work has arrived at it', () => {
		expect(ways('Lower', 'Merge').counted(['ACK'])).toEqual(['ACK']);
	});
});

describe('before a loop has begun', () => {
	const run = (contextData: object) =>
		runOf(
			snapshotOf({
				nodes: [{ name: 'Loop', type: 'n8n-nodes-base.splitInBatches', typeVersion: 3 }],
				ways: { Start: [['ACK', 'Loop']], Loop: [['Done'], ['Round']], Round: [['Loop']] },
				source: from('Start'),
				runData: { Start: [task([], [[item({})]])] },
				contextData: contextData as never,
			}),
		);

	it('work that arrives at it takes both outputs, and counts', () => {
		const ways = new Ways(run({}), COUNTS_ALL);
		expect(ways.leadsTo('Loop', (step) => step === 'Round')).toBe(true);
		expect(ways.counted(['Loop'])).toEqual(['Loop']);
	});

	it('the state of another node with its name does not start it', () => {
		const ways = new Ways(run({ 'node:Loop': { acknowledged: {} } }), COUNTS_ALL);
		expect(ways.counted(['Loop'])).toEqual(['Loop']);
	});
});

it('the search of a circular path terminates', () => {
	const run = madeUp({
		ways: { Start: [['A', 'ACK']], A: [['B']], B: [['A']] },
		source: from('Start'),
		runData: { Start: [task([], [[item({})]])] },
	});
	const ways = new Ways(run, (step) => step !== 'ACK');
	expect(ways.leadsHere('A')).toBe(false);
	expect(ways.counted(['A'])).toEqual([]);
});

describe('the steps connected to an output', () => {
	const run = madeUp({
		ways: { Start: [['ACK'], [], ['A', 'B']] },
		source: from('Start'),
		runData: { Start: [task([], [[item({})]])] },
	});

	it('are those of that output, or of all', () => {
		expect([0, 1, 2, 3].map((output) => targets(run, 'Start', output))).toEqual([['ACK'], [], ['A', 'B'], []]);
		expect(allTargets(run, 'Start')).toEqual(['ACK', 'A', 'B']);
	});

	it.each(['constructor', '__proto__', 'Nowhere'])('are none for a step without connections: %s', (step) => {
		expect(targets(run, step, 0)).toEqual([]);
		expect(allTargets(run, step)).toEqual([]);
	});
});
