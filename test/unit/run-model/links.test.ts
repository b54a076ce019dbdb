import type { ITaskData } from 'n8n-workflow';
import { from, item, type MadeUp, madeUp, task } from './support/made-up';
import { madeOf, Reading } from './support/reading';

describe('an item is not linked', () => {
	const links = (pairedItem: Parameters<typeof item>[1], source: ITaskData['source'] = [from('Start')]) => {
		const reading = new Reading(
			madeUp({
				ways: { Start: [['Step']], Step: [['ACK']] },
				source: from('Step'),
				runData: {
					Start: [task([], [[item({ n: 1 }), item({ n: 2 })]])],
					Step: [task(source, [[item({ n: 3 }, pairedItem), item({ n: 4 }, { item: 1 })]])],
				},
			}),
		);
		return madeOf(reading.items('Step')[0] ?? reading.item('Step'));
	};
	const anything = ['? Start 1', '? Start 2'];

	it('unlike one whose link is valid, which may be just a number', () => {
		expect(links({ item: 1 })).toEqual(['Start 2']);
		expect(links(1)).toEqual(['Start 2']);
		expect(links([0, { item: 1 }] as never)).toEqual(['Start 1', 'Start 2']);
	});

	it.each([
		['is out of range', { item: 2 }],
		['is below zero', { item: -1 }],
		['is to an input that does not exist', { item: 0, input: 1 }],
		['is one of several, of which one is out of range', [{ item: 0 }, { item: 9 }]],
		['has a source that did not run', { item: 0, sourceOverwrite: from('Gone') }],
		['has a source that ran fewer times', { item: 0, sourceOverwrite: from('Start', 0, 3) }],
		['is missing', undefined],
		['is null', null as never],
		['is an empty list', []],
	])('when its link %s', (_what, pairedItem) => {
		expect(links(pairedItem)).toEqual(anything);
	});

	it('when the task before its step is missing; then nothing is known of it', () => {
		expect(links({ item: 0 }, [from('Gone')])).toEqual([]);
		const reading = new Reading(
			madeUp({
				ways: { Step: [['ACK']] },
				source: from('Step'),
				runData: { Step: [task([from('Gone')], [[item({}, { item: 0 })]])] },
			}),
		);
		expect(reading.item('Step').linked).toBe(false);
	});

	it('if the run started with its step, whatever its link', () => {
		expect(links({ item: 0 }, [])).toEqual([]);
		expect(links({ item: 0 }, [null])).toEqual([]);
	});
});

describe('one item that a step made from several', () => {
	const one = (json: object, pairedItem: object, more: Partial<MadeUp> = {}, sources = [from('Start')]) => {
		const { done } = new Reading(
			madeUp({
				ways: { Start: [['Step']], Step: [['ACK']] },
				source: from('Step'),
				runData: {
					Start: [task([], [[item({ n: 1 }), item({ n: 2 })]])],
					Step: [task(sources, [[{ json: json as never, pairedItem: pairedItem as never }]])],
				},
				...more,
			}),
		);
		return done.itemsOf(from('Step')).map(({ linked }) => linked);
	};

	it('is linked to the first one by a guess of n8n, which is ignored', () => {
		expect(one({ count: 2 }, { item: 0 })).toEqual([false]);
	});

	it.each([
		['it is the first one, unchanged', { n: 1 }, { item: 0 }, {}],
		['the link is to another', { n: 5 }, { item: 1 }, {}],
		['the links are a list, as nodes write it', { count: 2 }, [{ item: 0 }], {}],
		['the step has Execute Once', { count: 2 }, { item: 0 }, { nodes: [{ name: 'Step', executeOnce: true }] }],
	])('is linked if %s', (_what, json, pairedItem, more) => {
		expect(one(json, pairedItem, more)).toEqual([true]);
	});

	it('is linked if the step has several inputs, because n8n guesses only for one', () => {
		expect(one({ count: 2 }, { item: 0 }, {}, [from('Start'), from('Start')])).toEqual([true]);
	});
});

describe('the output of a sub-workflow', () => {
	const given = (mode: string | undefined, count: number) => {
		const { input } = new Reading(
			madeUp({
				nodes: [{ name: 'Call', type: 'n8n-nodes-base.executeWorkflow', parameters: { mode } }],
				ways: { Start: [['Call']], Call: [['ACK']] },
				source: from('Call'),
				runData: {
					Start: [task([], [Array.from({ length: count }, (_none, n) => item({ n }))])],
					Call: [task([from('Start')], [[item({ a: 1 }, { item: 0 }), item({ b: 1 }, { item: 0 })]])],
				},
			}),
		);
		return input.map(madeOf)[0];
	};

	it('is linked to items of the sub-workflow, so it may be made from any item here', () => {
		expect(given(undefined, 2)).toEqual(['? Start 0', '? Start 1']);
		expect(given('once', 2)).toEqual(['? Start 0', '? Start 1']);
	});

	it('was made from the only item, or from the one for which it was called', () => {
		expect(given('once', 1)).toEqual(['Start 0']);
		expect(given('each', 2)).toEqual(['Start 0']);
	});
});
