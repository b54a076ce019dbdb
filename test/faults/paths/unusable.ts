import type { IDataObject } from 'n8n-workflow';
import type { RocheNode } from '../../engine/roche';
import type { Path, Scene } from './path';

/** An expression without a result. n8n itself refuses an empty required parameter that is not an expression. */
export const NOTHING = '={{ $json.nothing }}';

/** Returns a path with an unusable item, parameter or option of a node. */
export function of(
	node: RocheNode | readonly RocheNode[],
	what: string,
	prepare: Path['prepare'],
	expected: Path['expected'],
): Path {
	return { what, nodes: [node].flat(), prepare, expected };
}

export const option = (name: string, value: string | number | boolean) => (scene: Scene) =>
	void (scene.options[name] = value);
export const parameters = (values: Scene['parameters']) => (scene: Scene) =>
	void Object.assign(scene.parameters, values);
export const item = (values: IDataObject) => (scene: Scene) => void Object.assign(scene.item, values);

export const without = (field: string) => (scene: Scene) => {
	const { [field]: _left, ...rest } = scene.item;
	scene.item = rest;
};
