/**
 * Stand-ins for the few nodes of n8n-nodes-base that the workflows under test use (that package has some 400 dependencies), and
 * test nodes that create, change or fail items. Names, versions and outputs are those of the originals; only the parameters
 * that the tests need exist.
 */
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { describe, jsonProperty } from './describe-node';
import { FLOW_NODES } from './flow-nodes';
import { record } from './record-node';

/** An item as a test defines it, with binary data as base64. */
interface WrittenItem {
	json: IDataObject;
	binary?: Record<string, { data: string; fileName?: string; mimeType?: string }>;
}

/** One item that `test.fail` makes fail, and how. */
interface Failure {
	index: number;
	/**
	 * `json` sets `json.error`; `bare` keeps only `error`, as n8n's own nodes do; `unpaired` does the same and removes item linking; `item` sets
	 * n8n's own item error; `throw` ends the node.
	 */
	as: 'json' | 'bare' | 'unpaired' | 'item' | 'throw';
	message: string;
}

function parseParameter(value: unknown): unknown {
	return typeof value === 'string' ? JSON.parse(value) : value;
}

const manualTrigger: INodeType = {
	description: describe('manualTrigger', { group: ['trigger'], inputs: [] }),
	async trigger() {
		return await Promise.resolve({
			manualTriggerFunction: async () => {
				this.emit([[{ json: {} }]]);
				await Promise.resolve();
			},
		});
	},
};

// Does nothing: the engine passes a webhook node its start data or its pin data.
const webhook: INodeType = {
	description: describe('webhook', {
		group: ['trigger'],
		inputs: [],
		webhooks: [{ name: 'default', httpMethod: 'POST', path: 'stand-in' }],
	}),
	webhook: async () => await Promise.resolve({}),
};

const passThrough: INodeType = {
	description: describe('noOp'),
	async execute() {
		return await Promise.resolve([this.getInputData()]);
	},
};

const stickyNote: INodeType = { description: describe('stickyNote', { inputs: [], outputs: [] }) };

/** Edit Fields in manual mode: `assignments`, and whether the other fields are kept. */
const set: INodeType = {
	description: describe('set', {
		properties: [
			{ displayName: 'Fields', name: 'assignments', type: 'assignmentCollection', default: {} },
			{ displayName: 'Keep', name: 'includeOtherFields', type: 'boolean', default: false },
		],
	}),
	async execute() {
		const items = this.getInputData().map((item, index): INodeExecutionData => {
			const json: IDataObject = this.getNodeParameter('includeOtherFields', index) ? { ...item.json } : {};
			const { assignments = [] } = this.getNodeParameter('assignments', index) as {
				assignments?: Array<{ name: string; value: IDataObject[string] }>;
			};
			for (const { name, value } of assignments) json[name] = value;
			return { json, binary: item.binary, pairedItem: { item: index } };
		});
		return await Promise.resolve([items]);
	},
};

async function written(context: IExecuteFunctions, { json, binary = {} }: WrittenItem): Promise<INodeExecutionData> {
	const item: INodeExecutionData = { json, pairedItem: { item: 0 } };
	for (const [property, { data, fileName, mimeType }] of Object.entries(binary)) {
		const bytes = Buffer.from(data, 'base64');
		item.binary = {
			...item.binary,
			[property]: await context.helpers.prepareBinaryData(bytes, fileName, mimeType),
		};
	}
	return item;
}

/** `test.items`: outputs the items of its parameter `items`. */
const items: INodeType = {
	description: describe('items', { properties: [jsonProperty('items')] }),
	async execute() {
		const list = parseParameter(this.getNodeParameter('items', 0)) as WrittenItem[];
		return [await Promise.all(list.map(async (item) => await written(this, item)))];
	},
};

/** `test.fail`: passes its items on, with the failures from its parameter `failures`. */
const fail: INodeType = {
	description: describe('fail', { properties: [jsonProperty('failures')] }),
	async execute() {
		const failures = parseParameter(this.getNodeParameter('failures', 0)) as Failure[];
		const spoiled = this.getInputData().map((item, index): INodeExecutionData => {
			const failure = failures.find((candidate) => candidate.index === index);
			const passed = { ...item, pairedItem: { item: index } };
			if (!failure) return passed;
			if (failure.as === 'json') return { ...passed, json: { ...item.json, error: failure.message } };
			if (failure.as === 'bare') return { json: { error: failure.message }, pairedItem: { item: index } };
			if (failure.as === 'unpaired') return { json: { error: failure.message }, pairedItem: { item: 999 } };
			const error = new NodeOperationError(this.getNode(), failure.message, { itemIndex: index });
			if (failure.as === 'throw') throw error;
			return { ...passed, error };
		});
		return await Promise.resolve([spoiled]);
	},
};

/** `test.reverse`: outputs its items in reverse order. */
const reverse: INodeType = {
	description: describe('reverse'),
	async execute() {
		const paired = this.getInputData().map((item, index) => ({ ...item, pairedItem: { item: index } }));
		return await Promise.resolve([paired.toReversed()]);
	},
};

/** The stand-ins by their full type name. */
export const STAND_IN_NODES: ReadonlyMap<string, INodeType> = new Map([
	['n8n-nodes-base.manualTrigger', manualTrigger],
	['n8n-nodes-base.webhook', webhook],
	['n8n-nodes-base.noOp', passThrough],
	['n8n-nodes-base.set', set],
	['n8n-nodes-base.stickyNote', stickyNote],
	['test.items', items],
	['test.fail', fail],
	['test.reverse', reverse],
	['test.record', record],
	...FLOW_NODES,
]);
