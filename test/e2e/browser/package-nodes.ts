import { packageNodes } from '../scene';
import type { EditorPage } from './editor-page';

/** The part of n8n's node description that is used here. */
interface NodeDescription {
	name: string;
	displayName: string;
	properties: Array<{
		displayName: string;
		type: string;
		default: unknown;
		required?: boolean;
		displayOptions?: object;
		options?: Array<{ action?: string }>;
	}>;
}

/** A node of this package as the editor should show it. */
export interface ShownNode {
	displayName: string;
	/** Labels of the parameters that are always shown. */
	labels: string[];
	/** Whether a required parameter is empty by default: n8n marks a new node until it is filled in. */
	incomplete: boolean;
	/** The first action in the node panel, if the node has several. */
	action: string | undefined;
}

/**
 * Returns every node named in package.json, as the running n8n describes it.
 *
 * @throws Error if n8n does not know one of them: its file is missing in the tarball or cannot be loaded
 */
export async function shownNodes({ page }: EditorPage): Promise<ShownNode[]> {
	const types = (await packageNodes()).map(({ type }) => type);
	// Filtered in the browser: n8n's list of all nodes has about 20 MB.
	const known = await page.evaluate(async (wanted) => {
		const all = (await (await globalThis.fetch('/types/nodes.json')).json()) as NodeDescription[];
		return all.filter(({ name }) => wanted.includes(name));
	}, types);
	return types.map((type) => {
		const node = known.find(({ name }) => name === type);
		if (node === undefined) throw new Error(`n8n does not know the node ${type}.`);
		const always = node.properties.filter(({ type: kind, displayOptions }) => {
			return displayOptions === undefined && kind !== 'notice' && kind !== 'hidden';
		});
		const incomplete = always.some(({ required, default: value }) => required === true && value === '');
		const [action] = node.properties.flatMap(({ options = [] }) => options.flatMap((option) => option.action ?? []));
		return { displayName: node.displayName, labels: always.map(({ displayName }) => displayName), incomplete, action };
	});
}
