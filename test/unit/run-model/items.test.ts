import { readDone } from '../../../nodes/shared/run-model/items';
import { N8N_LINES } from '../../real-n8n/install';
import { from, item, itemFrom, madeUp, task } from './support/made-up';
import { madeOf, readRecorded } from './support/reading';

describe.each(N8N_LINES)('n8n %s.x: an item is linked to', (line) => {
	const made = (name: string, step: string, at: { visit?: number; run?: number; output?: number } = {}) =>
		readRecorded(line, name, at.visit).items(step, at).map(madeOf);

	it('the item at the same index, if a step keeps the number of items and sets no links', () => {
		expect(made('code-n-to-n', 'Code')).toEqual([['Start 1'], ['Start 2']]);
	});

	it('the first one, if Limit kept it', () => {
		expect(made('limit', 'Limit')).toEqual([['Start 1']]);
	});

	it('the first one, if the step has Execute Once', () => {
		expect(made('execute-once', 'Once')).toEqual([['Start 1']]);
	});

	it('all items, if Aggregate or "Always Output Data" created it', () => {
		expect(made('aggregate', 'Aggregate')).toEqual([['Start 1', 'Start 2']]);
		expect(made('always-output-data', 'Filter')).toEqual([['Start 1', 'Start 2']]);
	});

	it('the same item as its siblings, after Split Out', () => {
		expect(made('split-out', 'Split Out')).toEqual([['Start 1'], ['Start 1'], ['Start 2'], ['Start 2']]);
	});

	it('one item of each input, if Merge combines by position', () => {
		const [first] = made('merge-by-position', 'Merge');
		expect(new Set(first)).toEqual(new Set(['Upper 1', 'Lower 1']));
	});

	it('the item of the input that Merge states', () => {
		const expected = [['Upper 1'], ['Upper 2'], ['Lower 1'], ['Lower 2']];
		expect(made('merge-waits', 'Merge', { visit: 1 })).toEqual(expected);
	});

	it('the failed one, at the error output', () => {
		expect(made('error-output-to-ack', 'Send')).toEqual([['Start 1']]);
		expect(made('error-output-to-ack', 'Send', { output: 1 })).toEqual([['Start 2']]);
	});

	it('the item that a pinned or deactivated step received at the same index', () => {
		expect(made('pinned-and-deactivated', 'Pinned')).toEqual([['Start 1'], ['Start 2']]);
		expect(made('pinned-and-deactivated', 'Off')).toEqual([['Pinned #0'], ['Pinned #1']]);
	});

	it.each([1, 2, 3])('the one that entered the loop, in every round of Loop Over Items v%d', (version) => {
		const output = version === 3 ? 1 : 0;
		const reading = readRecorded(line, `loop-v${version}-inline`, 1);
		expect(madeOf(reading.item('Loop', { run: 0, output }))).toEqual(['Start 1']);
		// By its own source: the input was the connection back to the loop.
		expect(madeOf(reading.item('Loop', { run: 1, output }))).toEqual(['Start 2']);
		expect(madeOf(reading.item('Work', { run: 1 }))).toEqual(['Loop 2']);
	});

	it('the item returned from its round, when it leaves the loop', () => {
		const done = readRecorded(line, 'loop-v3-done').items('Loop', { run: 2 });
		expect(done.map(madeOf)).toEqual([['Work 1'], ['Work 2']]);
		expect(done.map(({ parents }) => parents[0]?.task.inputs.flat()[0]?.data.json.n)).toEqual([1, 2]);
	});

	it('no item if the run started with the step', () => {
		for (const start of readRecorded(line, 'limit').items('Start')) {
			expect(start).toMatchObject({ linked: true, parents: [] });
		}
	});
});

describe.each(N8N_LINES)('n8n %s.x: item linking is unknown', (line) => {
	it('if code makes one item from several, although n8n 2.x links it to the first', () => {
		const reading = readRecorded(line, 'code-one-of-several');
		expect(reading.item('Code').data.pairedItem).toEqual(line === '2' ? { item: 0 } : undefined);
		expect(madeOf(reading.item('Code'))).toEqual(['? Start 1', '? Start 2']);
	});

	it('if code returns another number of items', () => {
		const items = readRecorded(line, 'code-n-to-m').items('Code');
		expect(items.map(madeOf)).toEqual(Array.from({ length: 3 }, () => ['? Start 1', '? Start 2']));
	});
});

it('work comes after the source of an item, even if that source was not the input of the step', () => {
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

describe.each(N8N_LINES)('n8n %s.x: a task', (line) => {
	it.each([
		['loop-v3-inline', 1],
		['loop-nested-reset', 1],
		['merge-waits', 1],
		['retry-made-good', 1],
	])('comes after its input: %s', (name, visit) => {
		const { tasks } = readRecorded(line, name, visit).done;
		const place = new Map(tasks.map((task, index) => [task, index]));
		for (const [index, task] of tasks.entries()) {
			const before = [task.inputs, task.outputs.flat().map(({ parents }) => parents)].flat(2);
			for (const item of before) expect(place.get(item.task)).toBeLessThan(index);
		}
		expect(place.size).toBe(tasks.length);
	});

	it('of a step that failed as a whole is marked as failed, with the items of each input', () => {
		const { done } = readRecorded(line, 'failed-merge');
		const merged = done.tasks.find(({ step }) => step === 'Merge');
		expect(merged?.failed).toBe(true);
		expect(merged?.inputs.map((items) => items.length)).toEqual([2, 2]);
		expect(done.tasks.filter(({ failed }) => failed).map(({ step }) => step)).toEqual(['Merge']);
	});

	it('has no items if its source does not exist', () => {
		const { done } = readRecorded(line, 'limit');
		expect(done.itemsOf(null)).toEqual([]);
		expect(done.itemsOf({ previousNode: 'Nowhere' })).toEqual([]);
		expect(done.itemsOf({ previousNode: 'Limit', previousNodeRun: 7 })).toEqual([]);
		expect(done.itemsOf({ previousNode: 'Limit', previousNodeOutput: 7 })).toEqual([]);
	});

	it('is found without numbers of output and run, which n8n may omit', () => {
		const { done } = readRecorded(line, 'limit');
		expect(done.itemsOf({ previousNode: 'Limit' })).toHaveLength(1);
	});
});
