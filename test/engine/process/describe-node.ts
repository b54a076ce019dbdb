import { type INodeTypeDescription, NodeConnectionTypes } from 'n8n-workflow';

/** Returns the description of a stand-in node, by default with one input and one output. */
export function describe(name: string, more: Partial<INodeTypeDescription> = {}): INodeTypeDescription {
	return {
		displayName: name,
		name,
		group: ['transform'],
		version: [1, 1.1, 2, 2.1, 3, 3.1, 3.2, 3.3, 3.4],
		description: `Stand-in for ${name}`,
		defaults: { name },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
		...more,
	};
}

/** Returns a parameter that contains JSON. */
export function jsonProperty(name: string, value = '[]') {
	return { displayName: name, name, type: 'json' as const, default: value };
}
