import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { handedToEmr, withNotification } from '../../real-n8n/demo/workflows';
import type { Workbench } from '../../real-n8n/workbench';
import { readTemplate } from '../../real-n8n/workflow';
import type { Checks } from '../checks';
import { announce, type Announcement, messageAtRoche } from '../scene';
import type { EditorPage } from './editor-page';
import { areaOf, screenshot } from './screenshots';

/** Height of a node's name, which is below its box and not part of it. In CSS pixels. */
const NAME_HEIGHT = 30;

const TEMPLATE = 'roche-fetch-one-notification.json';

const FETCH = 'Roche S3 Fetch';

/** Imports a template from its file, runs it and checks its output. Needs one credential. */
export async function checkTemplateRun(
	checks: Checks,
	editor: EditorPage,
	bench: Workbench,
	folder: string,
): Promise<void> {
	const key = 'delivery/clinical-data/bundle.json';
	const announced = await announce(bench, { kind: 'bundle', observations: 500, key });
	const nodes = (await readTemplate(TEMPLATE)).nodes.filter(({ type }) => !type.endsWith('.stickyNote'));
	const names = nodes.map(({ name }) => name);
	await checks.check('an imported template shows all its nodes, none with a problem', async () => {
		await importFile(editor, await filledInTemplate(folder, bench, announced));
		for (const name of names) await editor.node(name).waitFor();
		assert.equal(await editor.named('node-issues').count(), 0, 'Nodes are marked with problems');
	});
	await checks.check('it runs without further settings, and Roche receives the acknowledgement', async () => {
		await editor.closeMessages();
		await editor.named('execute-workflow-button').click();
		for (const name of names) await editor.named('canvas-node-status-success', editor.node(name)).waitFor();
		assert.equal((await messageAtRoche(bench, announced)).acknowledged, true);
		await pictureOfWorkflow(editor, names);
	});
	await checks.check('the output is the file, byte for byte', async () => {
		await editor.openNode(FETCH);
		const output = editor.named('output-panel');
		await output.getByText('bundle.json').first().waitFor();
		await pictureOfNode(editor);
		const sha256 = createHash('sha256')
			.update(await download(editor))
			.digest('hex');
		assert.equal(sha256, announced.file.sha256);
		await editor.closeNode();
	});
}

/** Writes the template's file with Roche's notification and the EMR's address filled in. @returns its path */
async function filledInTemplate(
	folder: string,
	{ sandbox }: Workbench,
	{ notification, operationId }: Announcement,
): Promise<string> {
	const file = join(folder, TEMPLATE);
	const template = handedToEmr(await readTemplate(TEMPLATE), sandbox);
	await writeFile(file, JSON.stringify(withNotification(template, { ...notification, operationId })));
	return file;
}

async function importFile(editor: EditorPage, file: string): Promise<void> {
	await editor.openNewWorkflow();
	await editor.named('workflow-menu').click();
	await editor.named('workflow-menu-item-import').click();
	const chooser = editor.page.waitForEvent('filechooser');
	await editor.named('workflow-menu-item-import-from-file').click();
	await (await chooser).setFiles(file);
}

async function download(editor: EditorPage): Promise<Buffer> {
	const started = editor.page.waitForEvent('download');
	await editor.named('output-panel').getByRole('button', { name: 'Download' }).click();
	return await readFile(await (await started).path());
}

async function pictureOfWorkflow(editor: EditorPage, names: string[]): Promise<void> {
	await editor.closeMessages();
	await editor.named('zoom-to-fit').click();
	// An imported workflow is selected, with a frame around each node. A click beside the nodes deselects it.
	await editor.named('canvas').click({ position: { x: 300, y: 60 } });
	await editor.page.mouse.move(0, 0);
	// The canvas moves with an animation.
	await editor.page.waitForTimeout(1_000);
	const shown = [...names.map((name) => editor.node(name)), ...(await editor.named('sticky').all())];
	const area = await areaOf(shown, 12);
	await screenshot(editor.page, 'workflow', { ...area, height: area.height + NAME_HEIGHT });
}

/** Takes a picture of parameters and output, without the input, which is the encrypted token. */
async function pictureOfNode(editor: EditorPage): Promise<void> {
	await editor.page.mouse.move(0, 0);
	const panel = await areaOf([editor.named('ndv')]);
	const parameters = await areaOf([editor.named('node-parameters')]);
	const output = await areaOf([editor.named('output-panel')]);
	const right = Math.min(panel.x + panel.width, output.x + output.width);
	// Only as high as the parameters: both panels are empty below them.
	const lowest = await areaOf([editor.named('collection-parameter-add')], 16);
	const bottom = lowest.y + lowest.height;
	const { x } = parameters;
	await screenshot(editor.page, 's3-fetch', { x, y: output.y, width: right - x - 2, height: bottom - output.y });
}
