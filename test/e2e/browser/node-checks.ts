import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { Checks } from '../checks';
import type { EditorPage } from './editor-page';
import { shownNodes, type ShownNode } from './package-nodes';
import { areaOf, screenshot } from './screenshots';

/** Searches the node panel and opens a new node of each kind. Needs a credential. */
export async function checkNodes(checks: Checks, editor: EditorPage): Promise<void> {
	let nodes: ShownNode[] = [];
	await checks.check('searching the node panel for Roche finds every node of the package, with its icon', async () => {
		nodes = await shownNodes(editor);
		await searchPanel(editor, nodes);
	});
	await checks.check('the dark theme shows the dark icons', async () => {
		await inDarkTheme(editor, nodes);
	});
	for (const node of nodes) {
		const problem = node.incomplete ? 'marks what must be filled in' : 'no problem';
		await checks.check(`a new ${node.displayName} shows its parameters and ${problem}`, async () => {
			await openNew(editor, node);
		});
	}
}

async function searchPanel(editor: EditorPage, nodes: ShownNode[]): Promise<void> {
	await editor.openNewWorkflow();
	await editor.searchNodes('Roche');
	const found = await foundItems(editor, nodes);
	for (const item of found) await assertIcon(item.locator('img').first());
	// The pointer would highlight an item.
	await editor.page.mouse.move(0, 0);
	const { x, y, width, height } = await areaOf([editor.named('node-creator-search-bar'), ...found]);
	await screenshot(editor.page, 'node-panel', { x, y: y - 24, width, height: height + 30 });
}

async function foundItems(editor: EditorPage, nodes: ShownNode[]): Promise<Locator[]> {
	const items = nodes.map(({ displayName }) => {
		const name = editor.page.getByText(displayName, { exact: true });
		return editor.named('item-iterator-item').filter({ has: name });
	});
	for (const item of items) await item.waitFor();
	return items;
}

/** The part of HTMLImageElement that is used here. The types of the tests are those of Node, without the DOM. */
interface ImageInBrowser {
	naturalWidth: number;
	decode(): Promise<void>;
}

/** Asserts that the browser has loaded the image: otherwise it has no size. */
async function assertIcon(image: Locator): Promise<void> {
	await image.waitFor();
	const source = (await image.getAttribute('src')) ?? '';
	const width = await image.evaluate(async (element: unknown) => {
		const loaded = element as ImageInBrowser;
		// Rejects if there is no image to decode.
		await loaded.decode();
		return loaded.naturalWidth;
	});
	assert.ok(width > 0, `The icon ${source} has no size`);
	assert.match(source, /^\/icons\/n8n-nodes-roche-partners-services\//);
}

async function inDarkTheme(editor: EditorPage, nodes: ShownNode[]): Promise<void> {
	assert.ok(nodes.length > 0, 'There are no nodes to check');
	await editor.page.emulateMedia({ colorScheme: 'dark' });
	try {
		await editor.openNewWorkflow();
		await editor.searchNodes('Roche');
		for (const item of await foundItems(editor, nodes)) {
			const icon = item.locator('img').first();
			await assertIcon(icon);
			assert.match((await icon.getAttribute('src')) ?? '', /\.dark\.svg$/);
		}
	} finally {
		await editor.page.emulateMedia({ colorScheme: 'light' });
	}
}

async function openNew(editor: EditorPage, { displayName, labels, incomplete, action }: ShownNode): Promise<void> {
	await editor.openNewWorkflow();
	await editor.searchNodes(displayName);
	await editor.page.getByText(displayName, { exact: true }).first().click();
	// n8n first shows the node's actions or, as for every community node, a page about the node.
	const add = editor.page.getByText('Add to workflow');
	await (action === undefined ? add : add.or(editor.page.getByText(action, { exact: true }))).first().click();
	const panel = editor.named('node-parameters');
	await panel.waitFor();
	for (const label of labels) await editor.named('input-label', panel).filter({ hasText: label }).first().waitFor();
	assert.deepEqual(await panel.locator('.has-issues').allInnerTexts(), [], 'Parameters are marked with a problem');
	await editor.closeNode();
	// The canvas may show the mark a moment after the panel has closed.
	const onCanvas = editor.named('node-issues', editor.node(displayName));
	await onCanvas.waitFor({ state: incomplete ? 'visible' : 'hidden' });
}
