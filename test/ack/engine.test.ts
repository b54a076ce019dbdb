import type { Step } from '../engine/roche';
import { Receiver } from './receiver';
import { lineRoche } from './support';

const roche = lineRoche();
let receiver: Receiver;

beforeAll(async () => {
	receiver = await Receiver.start();
});
afterAll(async () => await receiver.stop());

const ITEMS = [{ n: 1 }, { n: 2 }, { n: 3 }];

const code = (jsCode: string, more: Partial<Step> = {}): Step => ({
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: { jsCode, ...more.parameters },
	...more,
});

const post = (more: Partial<Step> = {}): Step => ({
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	name: 'Post',
	parameters: {
		method: 'POST',
		url: receiver.url,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '={{ JSON.stringify($json) }}',
		options: {},
	},
	...more,
});

const condition = (leftValue: string, rightValue: number) => ({
	options: { caseSensitive: true, typeValidation: 'strict', version: 2 },
	combinator: 'and',
	conditions: [{ id: '1', leftValue, rightValue, operator: { type: 'number', operation: 'gte' } }],
});

const merge = (parameters: NonNullable<Step['parameters']>): Step => ({
	type: 'n8n-nodes-base.merge',
	typeVersion: 3.1,
	name: 'Merge',
	parameters,
});

async function outputOf(name: string, steps: Step[], items: object[] = ITEMS) {
	const run = await roche.run(items, steps);
	if (run.error) throw new Error(run.error.message);
	return run.json(name);
}

describe('the Code node', () => {
	it('runs once for all items and keeps the item linking of the code', async () => {
		const kept = await roche.run(ITEMS, [
			code('return items.map(({ json }, i) => ({ json: { m: json.n * 2 }, pairedItem: { item: i } }));'),
		]);
		expect(kept.json('n8n-nodes-base.code')).toEqual([{ m: 2 }, { m: 4 }, { m: 6 }]);
		expect(kept.items('n8n-nodes-base.code')[2]?.pairedItem).toEqual({ item: 2 });
		const one = await roche.run(ITEMS, [code('return [{ json: { count: $input.all().length } }];')]);
		expect(one.json('n8n-nodes-base.code')).toEqual([{ count: 3 }]);
	});

	it('runs once for each item, and reports the error of the code', async () => {
		const mode = 'runOnceForEachItem';
		const run = await roche.run(ITEMS, [
			code('', { parameters: { mode, jsCode: 'return { json: { m: $json.n + $input.item.json.n } };' } }),
		]);
		expect(run.json('n8n-nodes-base.code')).toEqual([{ m: 2 }, { m: 4 }, { m: 6 }]);
		const failing = 'if ($json.n === 2) throw new Error("not two"); return { json: {} };';
		const failed = await roche.run(ITEMS, [
			code('', { parameters: { mode, jsCode: failing }, onError: 'continueRegularOutput' }),
		]);
		expect(failed.json('n8n-nodes-base.code')[1]?.error).toContain('not two');
		const stopped = await roche.run(ITEMS, [code('throw new Error("broken");')]);
		expect(stopped.error?.message).toContain('broken');
	});
});

describe('HTTP Request', () => {
	it('sends each item, and outputs the answer', async () => {
		const sent = await outputOf('Post', [post()]);
		expect(sent).toEqual([{ stored: true }, { stored: true }, { stored: true }]);
		expect(receiver.receipts.splice(0).map(({ body }) => body)).toEqual(ITEMS);
	});

	it('fails for the refused item', async () => {
		receiver.answer = (body) => ((body as { n: number }).n === 2 ? 500 : (body as { n: number }).n === 3 ? 'cut' : 200);
		const run = await roche.run(ITEMS, [post({ onError: 'continueErrorOutput' })]);
		expect(run.json('Post')).toEqual([{ stored: true }]);
		expect(run.json('Post', 1)).toHaveLength(2);
		const stopped = await roche.run(ITEMS, [post()]);
		expect(stopped.error?.httpCode).toBe('500');
		receiver.answer = () => 200;
	});
});

it('outputs an error with the value undefined if AWS SQS cannot be reached', async () => {
	const assignments = {
		assignments: [{ id: '1', name: 'keys', value: '={{ Object.keys($json).join() }}', type: 'string' }],
	};
	const run = await roche.run(
		ITEMS.slice(0, 1),
		[
			{
				type: 'n8n-nodes-base.awsSqs',
				name: 'SQS',
				parameters: { queue: 'https://sqs.eu-central-1.amazonaws.com/1/files', sendInputData: true, options: {} },
				onError: 'continueRegularOutput',
			},
			{ type: 'n8n-nodes-base.set', typeVersion: 3.4, name: 'Keys', parameters: { assignments, options: {} } },
		],
		{
			credentials: {
				aws: {
					region: 'eu-central-1',
					accessKeyId: 'a',
					secretAccessKey: 'b',
					customEndpoints: true,
					sqsEndpoint: 'http://127.0.0.1:9',
				},
			},
		},
	);
	expect(run.status).toBe('success');
	// The database contains neither the value nor its key.
	expect(run.json('SQS')).toEqual([{}]);
	expect(run.json('Keys')).toEqual([{ keys: 'error' }]);
});

describe('steps that sort, join and split items', () => {
	it('If, Switch and Filter', async () => {
		const conditions = condition('={{ $json.n }}', 2);
		const run = await roche.run(ITEMS, [
			{ type: 'n8n-nodes-base.if', typeVersion: 2.2, name: 'If', parameters: { conditions, options: {} } },
			{ type: 'n8n-nodes-base.filter', typeVersion: 2.2, name: 'Filter', parameters: { conditions, options: {} } },
			{
				type: 'n8n-nodes-base.switch',
				typeVersion: 3.2,
				name: 'Switch',
				parameters: { rules: { values: [{ conditions }] }, options: { fallbackOutput: 'extra' } },
			},
		]);
		expect([run.json('If'), run.json('If', 1)]).toEqual([[{ n: 2 }, { n: 3 }], [{ n: 1 }]]);
		expect(run.json('Switch')).toEqual([{ n: 2 }, { n: 3 }]);
	});

	it.each([
		['append', { mode: 'append' }, [{ n: 1 }, { n: 2 }, { n: 3 }, { n: 1 }, { n: 2 }, { n: 3 }]],
		['by position', { mode: 'combine', combineBy: 'combineByPosition', options: {} }, ITEMS],
		['one branch', { mode: 'chooseBranch', useDataOfInput: 2 }, ITEMS],
	])('Merge: %s', async (_name, parameters, expected) => {
		const nothing = (name: string, next: string): Step => ({ type: 'n8n-nodes-base.noOp', name, next: [[next]] });
		const steps = [nothing('A', 'B'), nothing('B', 'Merge'), nothing('C', 'Merge:1'), merge(parameters)];
		const first: Step = { type: 'n8n-nodes-base.noOp', name: 'First', next: [['A', 'C']] };
		expect(await outputOf('Merge', [first, ...steps])).toEqual(expected);
	});

	it('Split Out, Aggregate, Limit, Sort, Remove Duplicates, Edit Fields and No Operation', async () => {
		const assignments = { assignments: [{ id: '1', name: 'p', value: '={{ $json.parts }}', type: 'string' }] };
		const run = await roche.run(
			[{ id: 'm', parts: [2, 1, 1, 3] }],
			[
				{ type: 'n8n-nodes-base.noOp', name: 'Nothing' },
				{
					type: 'n8n-nodes-base.splitOut',
					name: 'Split',
					parameters: { fieldToSplitOut: 'parts', include: 'allOtherFields', options: {} },
				},
				{
					type: 'n8n-nodes-base.removeDuplicates',
					typeVersion: 2,
					name: 'Unique',
					parameters: { operation: 'removeDuplicateInputItems', options: {} },
				},
				{
					type: 'n8n-nodes-base.sort',
					name: 'Sort',
					parameters: { sortFieldsUi: { sortField: [{ fieldName: 'parts' }] } },
				},
				{ type: 'n8n-nodes-base.limit', name: 'Limit', parameters: { maxItems: 2 } },
				{ type: 'n8n-nodes-base.set', typeVersion: 3.4, name: 'Set', parameters: { assignments, options: {} } },
				{
					type: 'n8n-nodes-base.aggregate',
					name: 'Aggregate',
					parameters: { aggregate: 'aggregateAllItemData', options: {} },
				},
			],
		);
		expect(run.error).toBeUndefined();
		expect(run.json('Split')).toHaveLength(4);
		expect(run.json('Unique')).toHaveLength(3);
		expect(run.json('Aggregate')).toEqual([{ data: [{ p: '1' }, { p: '2' }] }]);
	});

	it.each([1, 2, 3])('Loop Over Items, version %d', async (typeVersion) => {
		// Version 1 has no second output; connections drawn from it have no effect.
		const [loop, done] = typeVersion === 3 ? [1, 0] : [0, 1];
		const next: string[][] = [[], []];
		next[loop] = ['Post'];
		next[done] = ['Done'];
		const run = await roche.run(ITEMS, [
			{
				type: 'n8n-nodes-base.splitInBatches',
				typeVersion,
				name: 'Loop',
				parameters: { batchSize: 2, options: {} },
				next,
			},
			post({ next: [['Loop']] }),
			{ type: 'n8n-nodes-base.noOp', name: 'Done' },
		]);
		expect(run.error).toBeUndefined();
		expect(receiver.receipts.splice(0).map(({ body }) => body)).toEqual(expect.arrayContaining(ITEMS));
		expect(run.tasks('Post')).toHaveLength(2);
	});
});

describe('the start and the order of a run', () => {
	const branches = [
		{ type: 'n8n-nodes-base.noOp', name: 'First', next: [['Upper', 'Lower']] },
		{ type: 'n8n-nodes-base.noOp', name: 'Upper', position: [1, 0], next: [['After']] },
		{ type: 'n8n-nodes-base.noOp', name: 'After', position: [2, 0], next: [] },
		{ type: 'n8n-nodes-base.noOp', name: 'Lower', position: [1, 100], next: [] },
	] satisfies Step[];

	it.each([
		['v0', ['Start', 'First', 'Upper', 'Lower', 'After']],
		['v1', ['Start', 'First', 'Upper', 'After', 'Lower']],
	] as const)('runs in the order %s', async (executionOrder, expected) => {
		const run = await roche.run(ITEMS, branches, { settings: { executionOrder } });
		expect(run.executed).toEqual(expected);
	});

	it('ends after the step that the editor executes', async () => {
		const run = await roche.run(ITEMS, branches, { destinationNode: 'Upper' });
		expect(run.executed).toEqual(['Start', 'First', 'Upper']);
	});
});

it('fetches and acknowledges', async () => {
	const [made] = await roche.notifications(1);
	if (!made) throw new Error('unreachable');
	const run = await roche.run([made.item], [{ type: 'rocheS3Fetch' }, { type: 'rocheNotificationAck' }]);
	expect(run.error).toBeUndefined();
	expect(await roche.acknowledged()).toContain(made.item.MessageId);
});
