import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import type { Workflow } from '../real-n8n/workflow';

const ROOT = join(__dirname, '..', '..');
const read = (...path: string[]): unknown => JSON.parse(readFileSync(join(ROOT, ...path), 'utf8'));
const TYPES = new Map(
	(read('dist', 'types', 'nodes.json') as INodeTypeDescription[]).map((type) => [type.name.split('.').at(-1), type]),
);

/** Returns the names of a node's parameters; those in its collections as `collection.name`. */
function namesOf(properties: INodeProperties[]): string[] {
	return properties.flatMap(({ name, type, options = [] }) => [
		name,
		...(type === 'collection' ? options.map((option) => `${name}.${option.name}`) : []),
	]);
}

function usedNames(parameters: Record<string, unknown>, collections: string[]): string[] {
	return Object.entries(parameters).flatMap(([name, value]) => [
		name,
		...(collections.includes(name) ? Object.keys(value as object).map((option) => `${name}.${option}`) : []),
	]);
}

it.each(readdirSync(join(ROOT, 'templates')))('%s sets only parameters that our nodes have', (file) => {
	const unknown = (read('templates', file) as Workflow).nodes.flatMap(({ name, type, parameters }) => {
		const properties = TYPES.get(type.replace('n8n-nodes-roche-partners-services.', ''))?.properties;
		if (properties === undefined) return [];
		const known = namesOf(properties);
		const collections = properties
			.filter((property) => property.type === 'collection')
			.map((property) => property.name);
		return usedNames(parameters, collections)
			.filter((parameter) => !known.includes(parameter))
			.map((parameter) => `${name}: ${parameter}`);
	});
	expect(unknown).toEqual([]);
});
