import { readDone } from '../../../nodes/shared/run-model/items';
import { N8N_LINES } from '../../real-n8n/install';
import { from, item, itemFrom, madeUp, task } from './support/made-up';
import { madeOf, readRecorded } from './support/reading';

describe.each(N8N_LINES)('n8n %s.x: an item is known to be made of', (line) => {
	const made = (name: string, step: string, at: { visit?: number; run?: number; output?: number } = {}) =>
		readRecorded(line, name, at.visit).items(step, at).map(madeOf);

	it('the one in its place, where a step keeps the number of items and links none', () => {
		expect(made('code-n-to-n', 'Code')).toEqual([['Start 1'], ['Start 2']]);
	});

	it('the first one, where Limit kept that', () => {
		expect(made('limit', 'Limit')).toEqual([['Start 1']]);
	});

	it('the first one, where the step has Execute Once', () => {
		expect(made('execute-once', 'Once')).toEqual([['Start 1']]);
	});

	it('all items, where Aggregate or "Always Output Data" made it', () => {
		expect(made('aggregate', 'Aggregate')).toEqual([['Start 1', 'Start 2']]);
		expect(made('always-output-data', 'Filter')).toEqual([['Start 1', 'Start 2']]);
	});

	it('the same item as its siblings, after Split Out', () => {
		expect(made('split-out', 'Split Out')).toEqual([['Start 1'], ['Start 1'], ['Start 2'], ['Start 2']]);
	});

	it('one item of each input, where Merge combines by position', () => {
		const [first] = made('merge-by-position', 'Merge');
		expect(new Set(first)).toEqual(new Set(['Upper 1', 'Lower 1']));
	});

	it('an item of the input that Merge says', () => {
		const expected = [['Upper 1'], ['Upper 2'], ['Lower 1'], ['Lower 2']];
		expect(made('merge-waits', 'Merge', { visit: 1 })).toEqual(expected);
	});

	it('the failed one, by the error output', () => {
		expect(made('error-output-to-ack', 'Send')).toEqual([['Start 1']]);
		expect(made('error-output-to-ack', 'Send', { output: 1 })).toEqual([['Start 2']]);
	});

	it('the item that a pinned or deactivated step got in its place', () => {
		expect(made('pinned-and-deactivated', 'Pinned')).toEqual([['Start 1'], ['Start 2']]);
		expect(made('pinned-and-deactivated', 'Off')).toEqual([['Pinned #0'], ['Pinned #1']]);
	});

	it.each([1, 2, 3])('the one that went into the loop, in every round of Loop Over Items v%d', (version) => {
		const output = version === 3 ? 1 : 0;
		const reading = readRecorded(line, `loop-v${version}-inline`, 1);
		expect(madeOf(reading.item('Loop', { run: 0, output }))).toEqual(['Start 1']);
		// By its own source: what came in was the way back.
		expect(madeOf(reading.item('Loop', { run: 1, output }))).toEqual(['Start 2']);
		expect(madeOf(reading.item('Work', { run: 1 }))).toEqual(['Loop 2']);
	});

	it('what came back from its round, where it leaves the loop', () => {
		const done = readRecorded(line, 'loop-v3-done').items('Loop', { run: 2 });
		expect(done.map(madeOf)).toEqual([['Work 1'], ['Work 2']]);
		expect(done.map(({ parents }) => parents[0]?.task.inputs.flat()[0]?.data.json.n)).toEqual([1, 2]);
	});

	it('no item that the step did not get, where the run began with it', () => {
		for (const start of readRecorded(line, 'limit').items('Start')) {
			expect(start).toMatchObject({ linked: true, parents: [] });
		}
	});
});

describe.each(N8N_LINES)('n8n %s.x: linking tells nothing', (line) => {
	it('where code makes one item of several, although n8n 2.x links it with the first', () => {
		const reading = readRecorded(line, 'code-one-of-several');
		expect(reading.item('Code').data.pairedItem).toEqual(line === '2' ? { item: 0 } : undefined);
		expect(madeOf(reading.item('Code'))).toEqual(['? Start 1', '? Start 2']);
	});

	it('where code makes another number of items', () => {
		const items = readRecorded(line, 'code-n-to-m').items('Code');
		expect(items.map(madeOf)).toEqual(Array.from({ length: 3 }, () => ['? Start 1', '? Start 2']));
	});
});

it('what was done comes behind what an item was made of by a source of its own, though that did not feed the step', () => {
	const run = madeUp({
		ways: { Start: [['ACK']] },
		source: from('Start'),
		runData: {
			Step: [task([from('Start')], [[itemFrom({ n: 2 }, from('Later'))]])],
			Later: [task([from('Start')], [[item({ n: 1 }, { item: 0 })]])],
			Start: [task([], [[item({})]])],
		},
	});
	expect(readDone(run).tasks.map(({ step }) => step)).toEqual(['Start', 'Later', 'Step']);
});

describe.each(N8N_LINES)('n8n %s.x: what was done', (line) => {
	it.each([
		['loop-v3-inline', 1],
		['loop-nested-reset', 1],
		['merge-waits', 1],
		['retry-made-good', 1],
	])('comes behind what fed it: %s', (name, visit) => {
		const { tasks } = readRecorded(line, name, visit).done;
		const place = new Map(tasks.map((task, index) => [task, index]));
		for (const [index, task] of tasks.entries()) {
			const before = [task.inputs, task.outputs.flat().map(({ parents }) => parents)].flat(2);
			for (const item of before) expect(place.get(item.task)).toBeLessThan(index);
		}
		expect(place.size).toBe(tasks.length);
	});

	it('says of a step that failed as a whole that it did, and what came in by each input', () => {
		const { done } = readRecorded(line, 'failed-merge');
		const merged = done.tasks.find(({ step }) => step === 'Merge');
		expect(merged?.failed).toBe(true);
		expect(merged?.inputs.map((items) => items.length)).toEqual([2, 2]);
		expect(done.tasks.filter(({ failed }) => failed).map(({ step }) => step)).toEqual(['Merge']);
	});

	it('has nothing at a source that there is not', () => {
		const { done } = readRecorded(line, 'limit');
		expect(done.itemsOf(null)).toEqual([]);
		expect(done.itemsOf({ previousNode: 'Nowhere' })).toEqual([]);
		expect(done.itemsOf({ previousNode: 'Limit', previousNodeRun: 7 })).toEqual([]);
		expect(done.itemsOf({ previousNode: 'Limit', previousNodeOutput: 7 })).toEqual([]);
	});

	it('is found without numbers of output and run, as n8n may leave them out', () => {
		const { done } = readRecorded(line, 'limit');
		expect(done.itemsOf({ previousNode: 'Limit' })).toHaveLength(1);
	});
});
