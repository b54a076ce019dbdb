import type { INodeExecutionData, IRunData } from 'n8n-workflow';
import { readFailures } from '../../../nodes/shared/run-model/failed-steps';
import { spread } from '../../../nodes/shared/run-model/labels';
import { readLeftOut } from '../../../nodes/shared/run-model/left-out';
import { readToCome } from '../../../nodes/shared/run-model/to-come';
import type { Run } from '../../../nodes/shared/run-model/run';
import { Ways } from '../../../nodes/shared/run-model/ways';
import { from, item, itemFrom, madeUp, task } from './support/made-up';
import { Reading } from './support/reading';

/** Enough that the test exceeds jest's timeout if the time is quadratic. */
const MANY = 20_000;

const many = <T>(count: number, make: (index: number) => T) =>
	Array.from({ length: count }, (_none, index) => make(index));
const messages = (count: number) => many(count, (n) => item({ MessageReceiptHandle: `AQEB-${n}`, n }));

const WAYS = { Start: [['Step']], Step: [['ACK', 'Step']] };
const NODES = [{ name: 'Step', onError: 'continueRegularOutput' as const }];

const run = (runData: IRunData, more: Partial<Parameters<typeof madeUp>[0]> = {}): Run =>
	madeUp({ nodes: NODES, ways: WAYS, source: from('Step'), runData, ...more });

/** Reads all data of a run. */
function readAll(of: Run) {
	const reading = new Reading(of);
	const { done, labels } = reading;
	const failures = readFailures(of, done.tasks, () => false);
	const marked = spread(
		done.tasks,
		({ task: { step } }) => step === 'Start',
		(_item, count) => count > 0,
	);
	const leftOut = readLeftOut(of, done.tasks);
	const toCome = readToCome(of, done);
	const leads = new Ways(of, () => false).leadsHere('Start');
	return { reading, labels, failures, marked, leftOut, toCome, leads };
}

describe('a large run is read quickly', () => {
	it('20,000 items in a task, each linked', () => {
		const items = many(MANY, (n) => item({ stored: n }, { item: n }));
		const { reading, labels, marked } = readAll(
			run({ Start: [task([], [messages(MANY)])], Step: [task([from('Start')], [items])] }),
		);
		expect(marked.size).toBe(2 * MANY);
		expect([...labels.may(reading.input[MANY - 1] ?? reading.item('Step'))]).toEqual([`AQEB-${MANY - 1}`]);
	});

	it('20,000 items combined into one, and each of its parts', () => {
		const all = [
			item(
				{},
				many(MANY, (index) => ({ item: index })),
			),
		];
		const parts: INodeExecutionData[] = many(MANY, () => item({}, { item: 0 }));
		const { labels, reading } = readAll(
			run({
				Start: [task([], [messages(MANY)])],
				Step: [task([from('Start')], [all]), task([from('Step')], [parts])],
			}),
		);
		expect(labels.may(reading.items('Step', { run: 1 })[0] ?? reading.item('Step')).size).toBe(MANY);
	});

	it('20,000 items that a step made from as many without links', () => {
		const items = many(MANY + 1, (n) => item({ stored: n }));
		const { marked, reading } = readAll(
			run({ Start: [task([], [messages(MANY)])], Step: [task([from('Start')], [items])] }),
		);
		expect(reading.input.every(({ linked }) => !linked)).toBe(true);
		expect(marked.size).toBe(2 * MANY + 1);
	});

	it('20,000 failures', () => {
		const items = many(MANY, (n) => item({ error: `${n}` }, { item: n }));
		const { failures } = readAll(run({ Start: [task([], [messages(MANY)])], Step: [task([from('Start')], [items])] }));
		expect(failures).toHaveLength(MANY);
	});
});

describe('a long run is read quickly, and does not exhaust the stack', () => {
	/** Rounds of a step, each made from the one before. */
	const rounds = (count: number, json: (index: number) => INodeExecutionData['json']) =>
		many(count, (n) => task([n === 0 ? from('Start') : from('Step', 0, n - 1)], [[item(json(n), { item: 0 })]]));
	const start = [task([], [messages(1)])];

	it('20,000 tasks in a chain', () => {
		const chain = rounds(MANY, () => ({ n: 1 }));
		const { reading, labels } = readAll(run({ Start: start, Step: chain }, { source: from('Step', 0, MANY - 1) }));
		expect(reading.done.tasks).toHaveLength(MANY + 1);
		expect([...labels.may(reading.item('Step', { run: MANY - 1 }))]).toEqual(['AQEB-0']);
	});

	it('20,000 tasks, each made from the one recorded after it', () => {
		const chain = many(MANY, (n) =>
			task([n === MANY - 1 ? from('Start') : from('Step', 0, n + 1)], [[item({ n }, { item: 0 })]]),
		);
		const { reading, labels } = readAll(run({ Step: chain, Start: start }));
		const [first, second] = reading.done.tasks;
		expect([first?.step, second?.outputs[0]?.[0]?.data.json.n]).toEqual(['Start', MANY - 1]);
		expect([...labels.may(reading.item('Step'))]).toEqual(['AQEB-0']);
	});

	it('20,000 attempts, of which the first one failed', () => {
		const tasks = rounds(MANY, (n) => (n === 0 ? { error: 'down' } : { n }));
		const { failures } = readAll(run({ Start: start, Step: tasks }, { source: from('Step', 0, MANY - 1) }));
		expect(failures).toEqual([]);
	});

	it('20,000 rounds of a loop, of which the last is running', () => {
		const nodes = [{ name: 'Step', type: 'n8n-nodes-base.splitInBatches', typeVersion: 3 }];
		const tasks = many(MANY, (n) =>
			task([n === 0 ? from('Start') : from('Round', 0, n - 1)], [[], [itemFrom({ n }, from('Start'), n)]]),
		);
		const work = many(MANY, (n) => task([from('Step', 1, n)], [[item({ n }, { item: 0 })]]));
		const processedItems = many(MANY - 1, (n) => itemFrom({ n }, from('Round', 0, n)));
		const { toCome } = readAll(
			run(
				{ Start: [task([], [messages(MANY)])], Step: tasks, Round: work },
				{
					nodes,
					ways: { Start: [['Step']], Step: [['End'], ['Round']], Round: [['ACK', 'Step']] },
					source: from('Round', 0, MANY - 1),
					contextData: { 'node:Step': { items: [], sourceData: from('Start'), processedItems } },
				},
			),
		);
		expect(toCome.map(({ items }) => items?.length)).toEqual([0, MANY - 1]);
	});

	it('a path of 20,000 steps', () => {
		const steps = many(MANY, (n) => [`S${n}`, [[n === MANY - 1 ? 'ACK' : `S${n + 1}`]]]);
		const ways = { Start: [['S0', 'ACK']], ...(Object.fromEntries(steps) as Record<string, string[][]>) };
		const { leads } = readAll(run({ Start: start }, { ways, source: from('Start') }));
		expect(leads).toBe(true);
	});
});
