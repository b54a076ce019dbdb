import { parse, stringify } from 'flatted';
import { readFailures } from '../../../nodes/shared/run-model/failed-steps';
import { pinnedFrom, readLeftOut } from '../../../nodes/shared/run-model/left-out';
import { readToCome } from '../../../nodes/shared/run-model/to-come';
import { Ways } from '../../../nodes/shared/run-model/ways';
import { N8N_LINES } from '../../real-n8n/install';
import { from, item, itemFrom, type MadeUp, madeUp, task } from './support/made-up';
import { madeOf, named, Reading } from './support/reading';
import { recorded, runOf } from './support/recorded';
import type { Snapshot } from './support/snapshot';

/** Returns all data that can be read from a run, in words. */
function allOf({ run, done, input, labels }: Reading) {
	const items = done.tasks.flatMap(({ outputs }) => outputs.flat());
	return {
		input: input.map(named),
		items: items.map((one) => [named(one), ...madeOf(one)]),
		labels: items.map((one) => [[...labels.may(one)], [...(labels.nearest(one) ?? ['?'])]]),
		failures: readFailures(run, done.tasks, () => false).map((one) => [one.step, named(one.item), one.whole]),
		leftOut: readLeftOut(run, done.tasks).map((one) => ({ ...one, items: one.items.map(named) })),
		toCome: readToCome(run, done).map((one) => ({ ...one, items: one.items?.map(named) })),
		here: [...run.steps.keys()].filter((step) => new Ways(run, () => false).leadsHere(step)),
		pinned: pinnedFrom(run, () => true).map(({ step }) => step),
	};
}

const NAMES = [
	'loop-v3-side-below',
	'loop-nested',
	'merge-waits',
	'retry-made-good',
	'pinned-and-deactivated',
	'error-of-item',
];

describe.each(N8N_LINES)('n8n %s.x: all data are read correctly, although the objects are not identical', (line) => {
	const visit = (name: string) => (/pinned|error/.test(name) ? 0 : 1);
	const before = (name: string) => allOf(new Reading(runOf(recorded(line, name, visit(name)))));

	it.each(NAMES)('after n8n has saved and loaded it: %s', (name) => {
		const snapshot = parse(stringify(recorded(line, name, visit(name)))) as Snapshot;
		expect(allOf(new Reading(runOf(snapshot)))).toEqual(before(name));
	});

	it.each(NAMES)('when each part is a separate copy: %s', (name) => {
		const snapshot = recorded(line, name, visit(name));
		const copies = Object.fromEntries(
			Object.entries(snapshot).map(([key, value]) => [key, structuredClone(value)]),
		) as unknown as Snapshot;
		expect(allOf(new Reading(runOf(copies)))).toEqual(before(name));
	});
});

describe.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('a step called %s', (name) => {
	/** As in parsed JSON: an own key, not the prototype. */
	const named2 = <T>(value: T, more: Record<string, T> = {}): Record<string, T> =>
		Object.fromEntries([...Object.entries(more), [name, value]]);

	const run = (more: Partial<MadeUp> = {}) =>
		new Reading(
			madeUp({
				nodes: [{ name, onError: 'continueRegularOutput' }],
				ways: named2([['ACK', 'Next']], { Start: [[name]] }),
				source: from(name),
				runData: named2([task([from('Start')], [[item({ error: 'x', n: 1 }, { item: 0 })]])], {
					Start: [task([], [[item({ MessageReceiptHandle: 'A', n: 1 })]])],
				}),
				nodeExecutionStack: [{ node: 'Next', data: { main: [[item({})]] }, source: { main: [from(name)] } }],
				...more,
			}),
		);

	it('is read like any other', () => {
		const { input, items, labels, failures, toCome, here } = allOf(run());
		expect(input).toEqual([`${name} 1`]);
		expect(items).toContainEqual([`${name} 1`, 'Start 1']);
		expect(labels).toEqual([
			[['A'], ['A']],
			[['A'], ['A']],
		]);
		expect(failures).toEqual([[name, `${name} 1`, false]]);
		expect(toCome).toEqual([{ items: [`${name} 1`], into: ['Next'] }]);
		expect(here).toEqual(expect.arrayContaining(['Start', name, 'ACK']));
		expect(here).not.toContain('Next');
	});

	it('may be pinned, outside a partial run, or a loop', () => {
		expect(allOf(run({ pinData: named2([item({})]) })).pinned).toEqual([name]);
		expect(allOf(run({ runNodeFilter: ['Start', 'ACK', 'Next'] })).leftOut).toHaveLength(1);
		const nodes = [{ name, type: 'n8n-nodes-base.splitInBatches', typeVersion: 3 }];
		const remembered = { items: [item({}, { item: 0 })], sourceData: from('Start'), processedItems: [] };
		const contextData = { [`node:${name}`]: remembered } as never;
		expect(allOf(run({ nodes, contextData })).toCome).toContainEqual({ items: ['Start 1'], into: [], roundsOf: name });
	});

	it('has done nothing if there is no record of it', () => {
		const { done } = new Reading(
			madeUp({ ways: { Start: [['ACK']] }, source: from('Start'), runData: { Start: [task([], [[item({})]])] } }),
		);
		expect(done.itemsOf(from(name))).toEqual([]);
	});
});

describe('circular item links', () => {
	const circle = () =>
		new Reading(
			madeUp({
				nodes: [{ name: 'Send', onError: 'continueRegularOutput' }],
				ways: { Start: [['Send']], Send: [['ACK', 'Send']] },
				source: from('Send', 0, 1),
				runData: {
					Start: [task([], [[item({ MessageReceiptHandle: 'A' })]])],
					Send: [
						task([from('Start')], [[item({ error: 'down' }, { item: 0 })]]),
						task([from('Send', 0, 2)], [[itemFrom({ n: 1 }, from('Send', 0, 2))]]),
						task([from('Send', 0, 1)], [[itemFrom({ n: 2 }, from('Send', 0, 1))]]),
					],
				},
			}),
		);

	it('terminate: each task is returned once, and each item has its parents', () => {
		const reading = circle();
		expect(reading.done.tasks).toHaveLength(4);
		expect(madeOf(reading.item('Send', { run: 1 }))).toEqual(['Send 2']);
		expect(reading.labels.nearest(reading.item('Send', { run: 1 }))).toBeUndefined();
	});

	it('terminate in the search for recovered failures', () => {
		const { run, done } = circle();
		let looks = 0;
		for (const one of done.tasks.flatMap(({ outputs }) => outputs.flat())) {
			const { parents } = one;
			Object.defineProperty(one, 'parents', {
				get: () => {
					looks += 1;
					// Without this limit a fault would hang the tests.
					if (looks > 1_000) throw new Error('It goes round for ever');
					return parents;
				},
			});
		}
		expect(readFailures(run, done.tasks, () => false)).toHaveLength(1);
	});
});
