/**
 * Stand-ins for nodes that hide earlier steps: some replace all fields, some keep only a few items. They link their items as the
 * originals of n8n-nodes-base 2.40 do.
 */
import type { IDataObject, INodeExecutionData, INodeType, IPairedItemData, ISourceData } from 'n8n-workflow';
import { describe, jsonProperty } from './describe-node';

const numberProperty = (name: string, value: number) => ({
	displayName: name,
	name,
	type: 'number' as const,
	default: value,
});

/** What Loop Over Items keeps from one round to the next. */
interface Loop {
	items?: INodeExecutionData[];
	done: INodeExecutionData[];
	source: ISourceData;
}

/** Loop Over Items: outputs a batch in each round at its second output and, at the end, all returned items at its first. */
const splitInBatches: INodeType = {
	description: describe('splitInBatches', {
		outputs: ['main', 'main'],
		properties: [numberProperty('batchSize', 1)],
	}),
	async execute() {
		const batchSize = this.getNodeParameter('batchSize', 0) as number;
		const loop = this.getContext('node') as unknown as Loop;
		const sourceOverwrite = this.getInputSourceData();
		const input = this.getInputData().slice();
		let batch: INodeExecutionData[];
		if (loop.items === undefined) {
			batch = input.splice(0, batchSize);
			Object.assign(loop, { items: input, done: [], source: sourceOverwrite });
		} else {
			batch = loop.items.splice(0, batchSize);
			loop.done.push(...input.map((item, index) => ({ ...item, pairedItem: { item: index, sourceOverwrite } })));
			for (const item of batch) {
				item.pairedItem = { ...(item.pairedItem as IPairedItemData), sourceOverwrite: loop.source };
			}
		}
		return await Promise.resolve(batch.length === 0 ? [loop.done, []] : [[], batch]);
	},
};

/** Limit: only the first items. */
const limit: INodeType = {
	description: describe('limit', { properties: [numberProperty('maxItems', 1)] }),
	async execute() {
		return await Promise.resolve([this.getInputData().slice(0, this.getNodeParameter('maxItems', 0) as number)]);
	},
};

/** Aggregate: one item made from all. */
const aggregate: INodeType = {
	description: describe('aggregate'),
	async execute() {
		const items = this.getInputData();
		const pairedItem = items.map((_item, index) => ({ item: index }));
		return await Promise.resolve([[{ json: { data: items.map(({ json }) => json) }, pairedItem }]]);
	},
};

/** If: items with a field "error" leave by the first output, the others by the second. */
const sortOut: INodeType = {
	description: describe('if', { outputs: ['main', 'main'] }),
	async execute() {
		const items = this.getInputData().map((item, index) => ({ ...item, pairedItem: { item: index } }));
		const outputs = [items.filter(({ json }) => json.error), items.filter(({ json }) => !json.error)];
		return await Promise.resolve(outputs);
	},
};

/** `test.answer`: replaces each item by the answer of a service, as HTTP Request does. */
const answer: INodeType = {
	description: describe('answer', { properties: [jsonProperty('answer', '{"status":"stored"}')] }),
	async execute() {
		const json = JSON.parse(this.getNodeParameter('answer', 0) as string) as IDataObject;
		return await Promise.resolve([this.getInputData().map((_item, index) => ({ json, pairedItem: { item: index } }))]);
	},
};

/** `test.double`: twice as many items as the input, without item linking, as hand-written code often returns them. */
const double: INodeType = {
	description: describe('code'),
	async execute() {
		return await Promise.resolve([this.getInputData().flatMap(({ json }) => [{ json }, { json: { ...json } }])]);
	},
};

/** `test.gather`: one item made from all, without item linking and without their fields. */
const gather: INodeType = {
	description: describe('gather'),
	async execute() {
		return await Promise.resolve([[{ json: { count: this.getInputData().length } }]]);
	},
};

/** Merge: the items of both inputs. */
const merge: INodeType = {
	description: describe('merge', { inputs: ['main', 'main'] }),
	async execute() {
		const items = [0, 1].flatMap((input) =>
			this.getInputData(input).map((item, index) => ({ ...item, pairedItem: { item: index, input } })),
		);
		return await Promise.resolve([items]);
	},
};

/** Code that catches its own error. */
const caught: INodeType = {
	description: describe('code'),
	async execute() {
		const pairs = this.getInputData().map((_item, index) => ({ item: index }));
		return await Promise.resolve([pairs.map((pairedItem) => ({ json: { error: 'The EMR was down' }, pairedItem }))]);
	},
};

export const FLOW_NODES: ReadonlyArray<[name: string, node: INodeType]> = [
	['n8n-nodes-base.splitInBatches', splitInBatches],
	['n8n-nodes-base.limit', limit],
	['n8n-nodes-base.aggregate', aggregate],
	['n8n-nodes-base.if', sortOut],
	['n8n-nodes-base.merge', merge],
	['n8n-nodes-base.code', caught],
	['test.gather', gather],
	['test.answer', answer],
	['test.double', double],
];
