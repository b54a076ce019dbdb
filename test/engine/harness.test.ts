import type { IConnections, INode } from 'n8n-workflow';
import { join } from 'node:path';
import { Engine } from './harness';
import type { WorkflowJson } from './protocol';

const packageDirectory = join(__dirname, 'fixture-package');
const toAfter = [{ node: 'After', type: 'main' as const, index: 0 }];
let engine: Engine;

beforeAll(async () => {
	engine = await Engine.start({ packageDirectory });
});
afterAll(async () => await engine.stop());

/** Manual trigger (pinned to the items) -> Probe -> After, and Failed behind the error output. */
function workflow(
	parameters: INode['parameters'],
	more: Partial<INode> = {},
	items: object[] = [{ n: 1 }],
): WorkflowJson {
	const node = (name: string, type: string, rest: Partial<INode> = {}): INode => ({
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		...rest,
	});
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	const connections: IConnections = { Start: { main: [to('Probe')] }, Probe: { main: [to('After'), to('Failed')] } };
	return {
		nodes: [
			node('Start', 'n8n-nodes-base.manualTrigger'),
			node('Probe', 'n8n-nodes-fixture.probe', { parameters, ...more }),
			node('After', 'n8n-nodes-base.noOp'),
			node('Failed', 'n8n-nodes-base.noOp'),
		],
		connections,
		pinData: { Start: items.map((json) => ({ json: { ...json } })) },
	};
}

describe('what a node sees', () => {
	it('evaluates expressions for each item and pairs the items', async () => {
		const run = await engine.runWorkflow({
			workflow: workflow({ text: '={{ $json.n * 2 }} by {{ $("Start").item.json.n }}' }, {}, [{ n: 1 }, { n: 2 }]),
			credentials: { fixtureApi: { secret: 's' } },
		});
		expect(run.status).toBe('success');
		expect(run.json('Probe').map(({ text }) => text)).toEqual(['2 by 1', '4 by 2']);
		expect(run.items('After').map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
	});

	it('adds the defaults to a credential and drops hidden fields, as n8n does', async () => {
		const run = await engine.runWorkflow({
			workflow: workflow({}),
			credentials: { fixtureApi: { secret: 's', baseUrl: 'https://hidden' } },
		});
		expect(run.json('Probe')[0]).toMatchObject({ credential: ['environment', 'secret'] });
	});

	it('tests a credential as the Test button does', async () => {
		const good = await engine.testCredential('fixtureApi', { secret: 'right' });
		expect(good).toMatchObject({ status: 'OK', message: 'Connected to demo' });
		expect(good.log).toContain('testing');
		expect(await engine.testCredential('fixtureApi', { secret: 'x' })).toMatchObject({ message: 'Wrong secret' });
	});
});

describe('binary data', () => {
	it.each(['filesystem', 'default'] as const)('can be read back in mode %s', async (binaryMode) => {
		const run = await engine.runWorkflow({ workflow: workflow({ action: 'store' }), binaryMode });
		const file = run.items('Probe')[0]?.binary?.data;
		expect((await engine.readBinary(file)).toString()).toBe('one two');
		expect(file?.id === undefined).toBe(binaryMode === 'default');
		const kept = (await engine.storedFiles()).filter(({ path }) => file?.id?.endsWith(path));
		expect(kept.map(({ size }) => size)).toEqual(binaryMode === 'default' ? [] : [7]);
	});

	it('leaves no file behind when a stream breaks', async () => {
		const before = await engine.storedFiles();
		const run = await engine.runWorkflow({ workflow: workflow({ action: 'store', text: 'broken' }) });
		expect(run.error?.message).toBe('cut in the middle');
		expect(await engine.storedFiles()).toEqual(before);
	});

	it('refuses two modes at the same time', async () => {
		const slow = new AbortController();
		const first = engine.runWorkflow({ workflow: workflow({ action: 'wait' }), signal: slow.signal });
		const second = engine.runWorkflow({ workflow: workflow({ action: 'store' }), binaryMode: 'default' });
		await expect(second).rejects.toThrow('still running');
		slow.abort();
		await first;
	});
});

describe('failures', () => {
	it('reports an API error as n8n saves it', async () => {
		const run = await engine.runWorkflow({ workflow: workflow({ action: 'apiError', text: 'refused' }) });
		expect(run.status).toBe('error');
		expect(run.error).toMatchObject({
			name: 'NodeApiError',
			message: 'refused',
			description: 'what to do',
			httpCode: '403',
		});
		expect(run.nodeError('Probe')).toMatchObject({ context: { itemIndex: 0 } });
		expect(run.executed).toEqual(['Start', 'Probe']);
		expect(run.persisted).not.toContain('in-a-field-of-the-cause');
		expect(run.log).toContain('refused');
	});

	it("recognizes Node's own errors, so their fields are not saved as an API's answer", async () => {
		const run = await engine.runWorkflow({ workflow: workflow({ action: 'nativeError' }) });
		expect(run.error).toMatchObject({ message: 'no such thing', httpCode: '404' });
		expect(run.error).not.toHaveProperty('errorResponse');
	});

	it('sends failed items to the error output, with their input', async () => {
		const failing = workflow({ action: 'jsonError', text: 'bad' }, { onError: 'continueErrorOutput' });
		const run = await engine.runWorkflow({ workflow: failing });
		expect(run.json('Probe', 1)).toEqual([{ n: 1, error: 'bad' }]);
		expect(run.executed).toEqual(['Start', 'Probe', 'Failed']);
	});

	it('treats an item with other fields beside "error" as a success', async () => {
		const failing = workflow({ action: 'jsonErrorWithMore', text: 'bad' }, { onError: 'continueErrorOutput' });
		const run = await engine.runWorkflow({ workflow: failing });
		expect(run.json('Probe', 0)).toEqual([{ error: 'bad', requestId: 'r1' }]);
		expect(run.items('Probe', 1)).toEqual([]);
	});

	it("keeps only the message in the JSON of an item with n8n's item error", async () => {
		const failing = workflow({ action: 'itemError', text: 'bad' }, { onError: 'continueErrorOutput' });
		const run = await engine.runWorkflow({ workflow: failing });
		expect(run.items('Probe', 1)).toMatchObject([{ json: { error: 'bad' }, error: { message: 'bad' } }]);
		expect(run.json('Probe', 1)).toEqual([{ error: 'bad' }]);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'shows that n8n passes the input on as a success when a node throws under %s',
		async (onError) => {
			const run = await engine.runWorkflow({ workflow: workflow({ action: 'apiError', text: 'x' }, { onError }) });
			expect(run.status).toBe('success');
			expect(run.json('After')).toEqual([{ n: 1 }]);
			expect(run.executed).not.toContain('Failed');
		},
	);

	it('rejects a workflow that n8n would not start', async () => {
		const unknown = workflow({}, { type: 'n8n-nodes-fixture.absent' });
		await expect(engine.runWorkflow({ workflow: unknown })).rejects.toThrow('absent');
	});
});

it('creates items, and makes them fail, with the stand-in nodes', async () => {
	const [start, probe, after] = workflow({}).nodes;
	if (!start || !probe || !after) throw new Error('unreachable');
	const binary = { file: { data: Buffer.from('bytes').toString('base64'), fileName: 'a.txt' } };
	const items = JSON.stringify([{ json: { a: 1 }, binary }, { json: { a: 2 } }, { json: { a: 3 } }]);
	const failures = JSON.stringify([
		{ index: 0, as: 'json', message: 'one' },
		{ index: 1, as: 'item', message: 'two' },
	]);
	const assignments = { assignments: [{ name: 'b', value: '={{ $json.a }}' }] };
	const run = await engine.runWorkflow({
		workflow: {
			...workflow({}),
			nodes: [
				{ ...start, type: 'test.items', parameters: { items } },
				{ ...probe, type: 'test.fail', parameters: { failures } },
				{ ...after, type: 'n8n-nodes-base.set', parameters: { assignments, includeOtherFields: true } },
			],
			connections: { Start: workflow({}).connections.Start ?? {}, Probe: { main: [toAfter] } },
			pinData: {},
		},
	});
	expect(run.json('Probe')).toEqual([{ a: 1, error: 'one' }, { error: 'two' }, { a: 3 }]);
	expect(run.items('Probe')[1]?.error).toMatchObject({ message: 'two' });
	expect(run.json('After')[2]).toEqual({ a: 3, b: 3 });
	expect((await engine.readBinary(run.items('After')[0]?.binary?.file)).toString()).toBe('bytes');
});

describe('the editor and the operator', () => {
	it('reports hints and log lines', async () => {
		const run = await engine.runWorkflow({ workflow: workflow({ action: 'hint' }) });
		expect(run.log).toContain('a line of the node');
		expect(run.hints('Probe')).toEqual([{ message: 'look here', type: 'warning' }]);
	});

	it('ends the wait of a node when the execution is cancelled', async () => {
		const run = await engine.runWorkflow({ workflow: workflow({ action: 'wait' }), signal: AbortSignal.timeout(200) });
		expect(run.status).toBe('canceled');
		expect(run.executed).not.toContain('After');
	});
});

it('reports why a package does not load', async () => {
	await expect(Engine.start({ packageDirectory: __dirname })).rejects.toThrow('package.json');
});
