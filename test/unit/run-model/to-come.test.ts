import { readToCome } from '../../../nodes/shared/run-model/to-come';
import { Ways } from '../../../nodes/shared/run-model/ways';
import { type N8nLine, N8N_LINES } from '../../real-n8n/install';
import { from, item, itemFrom, type MadeUp, snapshotOf, task } from './support/made-up';
import { named, Reading, readRecorded } from './support/reading';
import { runOf } from './support/recorded';

/** Describes the pending work. */
const wordsOf = ({ run, done }: Reading): string[] => {
	const ways = new Ways(run, () => false);
	return readToCome(run, done).flatMap(({ items, into, roundsOf }) =>
		items?.length === 0
			? []
			: `${items?.map(named).join(', ') ?? 'anything'} into ${into.map((step) => `${step}${ways.leadsHere(step) ? ', here' : ''}`).join(' and ')}${roundsOf === undefined ? '' : ` by ${roundsOf}`}`,
	);
};

const toCome = (line: N8nLine, name: string, visit = 0) => wordsOf(readRecorded(line, name, visit));

describe.each(N8N_LINES)('n8n %s.x: pending is', (line) => {
	it('the work of a branch without Merge that leads here', () => {
		expect(toCome(line, 'branches-without-merge', 0)).toEqual(['Fork 1, Fork 2 into Lower, here']);
		expect(toCome(line, 'branches-without-merge', 1)).toEqual([]);
	});

	it('the items that a Merge has received at one input, and the branch that it waits for', () => {
		expect(toCome(line, 'merge-waits', 0)).toEqual([
			'Fork 1, Fork 2 into Lower, here',
			'Upper 1, Upper 2 into Merge, here',
		]);
		expect(toCome(line, 'merge-waits', 1)).toEqual([]);
	});

	it('at least the same in the execution order of n8n 0.x', () => {
		expect(toCome(line, 'merge-waits-v0', 0)).toEqual(
			expect.arrayContaining(['Fork 1, Fork 2 into Lower, here', 'Upper 1, Upper 2 into Merge, here']),
		);
	});

	it('the alarm for a failed item, which does not lead here', () => {
		expect(toCome(line, 'error-output-connected')).toEqual(['Send 2 into Alarm']);
		expect(toCome(line, 'error-output-unconnected')).toEqual([]);
	});

	it('the other item on its own path to the observing step', () => {
		expect(toCome(line, 'error-output-to-ack', 0)).toEqual(['Send 1 into ACK, here']);
		expect(toCome(line, 'error-output-to-ack', 1)).toEqual([]);
	});

	it('the next attempt for a failed item', () => {
		expect(toCome(line, 'retry-made-good', 0)).toEqual(['Send 2 into Tried once?, here']);
		expect(toCome(line, 'retry-made-good', 1)).toEqual([]);
	});

	it('work outside a partial run', () => {
		expect(toCome(line, 'partial-run')).toEqual(['Work 1, Work 2 into Outside']);
	});

	it('nothing after a failure of a whole step', () => {
		expect(toCome(line, 'failed-whole')).toEqual([]);
	});
});

describe.each(N8N_LINES)('n8n %s.x: in a loop', (line) => {
	describe.each([1, 2, 3])('v%d', (version) => {
		it('the items of the next rounds are pending and lead here', () => {
			expect(toCome(line, `loop-v${version}-inline`, 0)).toEqual(['Start 2 into Work, here by Loop']);
		});

		it('the returned items are pending until the loop outputs them at "done"; version 1 drops them', () => {
			const back = version === 1 ? [] : ['ACK 1 into End'];
			expect(toCome(line, `loop-v${version}-inline`, 1)).toEqual(back);
			expect(toCome(line, `loop-v${version}-side-above`, 1)).toEqual(back);
		});

		it('a branch above the connection back is done', () => {
			expect(toCome(line, `loop-v${version}-side-above`, 0)).toEqual(['Start 2 into Work, here by Loop']);
		});

		it('a branch below the connection back is pending, for each round', () => {
			const below = toCome(line, `loop-v${version}-side-below`, 1);
			expect(below.filter((one) => one.includes('Side'))).toEqual(['Work 2 into Side', 'Work 1 into Side']);
		});
	});

	it('nothing is pending once it has ended', () => {
		expect(toCome(line, 'loop-v3-done')).toEqual([]);
	});

	it('nothing is pending in an ended inner loop; in the outer one, which leads nowhere, the returned item is', () => {
		expect(toCome(line, 'loop-nested', 0)).toEqual(['Start 2 into Inner, here by Outer']);
		expect(toCome(line, 'loop-nested', 1)).toEqual(['ACK 1 into ']);
		expect(toCome(line, 'loop-nested-reset', 1)).toEqual(['ACK 1 into ']);
	});
});

describe('waiting items that cannot be found', () => {
	const waiting = (more: Partial<MadeUp>) =>
		wordsOf(
			new Reading(
				runOf(
					snapshotOf({
						nodes: [{ name: 'Loop', type: 'n8n-nodes-base.splitInBatches', typeVersion: 3 }],
						ways: { Start: [['ACK', 'Next', 'Loop']], Loop: [['Done'], ['Round']] },
						source: from('Start'),
						runData: { Start: [task([], [[item({ n: 1 })]])] },
						...more,
					}),
				),
			),
		);
	const stacked = (source: ReturnType<typeof from> | null, items: object[] = [item({ n: 1 })]) => ({
		nodeExecutionStack: [{ node: 'Next', data: { main: [items as never] }, source: { main: [source] } }],
	});
	const remembered = (items: object[], more: object = {}) => ({
		contextData: { 'node:Loop': { items, sourceData: from('Start'), processedItems: [], ...more } } as never,
	});

	it('may be anything: a step with an unknown source', () => {
		expect(waiting(stacked(null))).toEqual(['anything into Next']);
		expect(waiting(stacked(from('Gone')))).toEqual(['anything into Next']);
		expect(waiting(stacked(from('Start', 0, 1)))).toEqual(['anything into Next']);
	});

	it('may be anything: a step for which n8n recorded no source', () => {
		const entry = { node: 'Next', data: { main: [[item({ n: 1 })]] }, source: null };
		expect(waiting({ nodeExecutionStack: [entry] })).toEqual(['anything into Next']);
	});

	it('are none: an input without items, although it has a source', () => {
		expect(waiting(stacked(from('Start'), []))).toEqual([]);
	});

	it('are found for the inputs of a Merge that have received items', () => {
		const data = { main: [null, [item({ n: 1 })] as never] };
		const source = { main: [null as never, from('Start')] };
		const merge = { waitingExecution: { Next: { 0: data } }, waitingExecutionSource: { Next: { 0: source } } };
		expect(waiting(merge)).toEqual(['Start 1 into Next']);
		expect(waiting({ ...merge, waitingExecutionSource: null })).toEqual(['anything into Next']);
	});

	it('may be anything: an item that a loop has stored without its source', () => {
		expect(waiting(remembered([item({ n: 1 }, { item: 0 })]))).toEqual(['Start 1 into Round by Loop']);
		expect(waiting(remembered([item({ n: 1 }, { item: 7 })]))).toEqual(['anything into Round by Loop']);
		expect(waiting(remembered([item({ n: 1 })]))).toEqual(['anything into Round by Loop']);
		expect(waiting(remembered([itemFrom({ n: 1 }, from('Gone'))]))).toEqual(['anything into Round by Loop']);
	});

	it('are found by the own source of an item, before the one of the loop', () => {
		const one = remembered([itemFrom({ n: 1 }, from('Start'))], { sourceData: from('Gone') });
		expect(waiting(one)).toEqual(['Start 1 into Round by Loop']);
	});

	it('are the items returned to a loop, until it outputs them', () => {
		const processedItems = [itemFrom({ n: 1 }, from('Start'))];
		expect(waiting(remembered([], { processedItems }))).toEqual(['Start 1 into Done']);
		expect(waiting(remembered([], { processedItems, done: true }))).toEqual([]);
	});

	it('are none in a step that is not a loop, whatever its state', () => {
		expect(waiting({ contextData: { 'node:Next': { items: [item({})] } } })).toEqual([]);
		expect(waiting({ contextData: { flow: { items: [item({})] }, 'node:Loop': {} } })).toEqual([]);
	});
});
