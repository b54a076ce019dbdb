import assert from 'node:assert/strict';
import type { Checks } from '../checks';
import type { EditorPage } from './editor-page';
import { areaOf, screenshot } from './screenshots';

const TRIGGER = 'Roche Notification Trigger';

/** Opens a new trigger and checks its options and the URL for Roche. Needs a webhook credential. */
export async function checkTriggerPanel(checks: Checks, editor: EditorPage): Promise<void> {
	await checks.check('the trigger shows the URL for Roche and offers its two options', async () => {
		await openTrigger(editor);
		const panel = editor.named('node-parameters');
		// n8n collapses the webhook URLs of community nodes.
		await panel.getByText('Webhook URLs').click();
		await panel.getByText('Production URL', { exact: true }).first().click();
		await panel.getByText('/webhook/').first().waitFor();
		await takePicture(editor);
		await editor.named('collection-parameter-add', panel).click();
		const offered = editor.named('collection-parameter-option').or(editor.page.getByRole('option'));
		await offered.first().waitFor();
		assert.deepEqual(await offered.allInnerTexts(), ['Organization IDs', 'Path']);
	});
}

async function openTrigger(editor: EditorPage): Promise<void> {
	await editor.openNewWorkflow();
	await editor.searchNodes(TRIGGER);
	await editor.page.getByText(TRIGGER, { exact: true }).first().click();
	await editor.page.getByText('Add to workflow').click();
	await editor.named('node-parameters').waitFor();
}

async function takePicture(editor: EditorPage): Promise<void> {
	await editor.closeMessages();
	await editor.page.mouse.move(0, 0);
	const panel = await areaOf([editor.named('node-parameters')]);
	// Below the options the panel is empty.
	const lowest = await areaOf([editor.named('collection-parameter-add')], 16);
	const height = lowest.y + lowest.height - panel.y;
	await screenshot(editor.page, 'notification-trigger', { ...panel, width: panel.width - 2, height });
}
