import assert from 'node:assert/strict';
import { type Secret, privateKeySecrets } from '../../real-n8n/secret-forms';
import type { SandboxCredential } from '../../sandbox/types';
import type { Checks } from '../checks';
import type { EditorPage } from './editor-page';
import { areaOf, screenshot } from './screenshots';

const CREDENTIAL = 'Roche Partners Services API';

/** The text fields in the form's order. */
const FIELDS = ['orgId', 'clientId', 'clientSecret', 'clientCertificate', 'privateKey', 'caCertificates'] as const;

/** Far longer than n8n's form waits for another key, and than a button needs to show its text again, in ms. */
const SETTLED = 400;

/** Creates the credential in its form as a user does. Afterwards it is saved and right. */
export async function checkCredentialForm(
	checks: Checks,
	editor: EditorPage,
	credential: SandboxCredential,
): Promise<void> {
	await checks.check('a wrong client secret is named when the credential is saved', async () => {
		await openNewCredential(editor);
		for (const name of FIELDS) await fill(editor, name, name === 'clientSecret' ? 'wrong' : credential[name]);
		await editor.named('credential-save-button').click();
		await editor.page.getByText('More details').click();
		await editor.page.getByText('Client ID or Client Secret is wrong (401)').first().waitFor();
	});
	await checks.check('with the right one the test succeeds', async () => {
		await fill(editor, 'clientSecret', credential.clientSecret);
		await editor.named('credential-save-button').click();
		await testSucceeded(editor);
	});
	await checks.check('pressing Test on the saved credential succeeds, and the form shows no secret', async () => {
		await openSaved(editor);
		await pressTest(editor);
		await assertHidden(editor, credential);
		await takePicture(editor);
	});
}

async function openNewCredential(editor: EditorPage): Promise<void> {
	await editor.open('/home/credentials');
	const { page } = editor;
	// n8n shows one button where there are none yet, and another where there are some.
	await editor
		.named('empty-resources-list')
		.getByRole('button')
		.first()
		.or(editor.named('add-resource-credential'))
		.first()
		.click();
	await editor.named('new-credential-type-select').getByRole('combobox').fill('Roche');
	await editor.named('new-credential-type-select-option').filter({ hasText: CREDENTIAL }).click();
	await editor.named('new-credential-type-button').click();
	await page.getByText('Organization ID').waitFor();
}

async function openSaved(editor: EditorPage): Promise<void> {
	await editor.open('/home/credentials');
	await editor.named('resources-list-item').filter({ hasText: CREDENTIAL }).click();
	// n8n tests a saved credential by itself when it is opened.
	await testSucceeded(editor);
}

async function fill(editor: EditorPage, name: (typeof FIELDS)[number], value: string): Promise<void> {
	await editor.named(`parameter-input-${name}`).locator('input, textarea').fill(value);
	// n8n takes a value over a moment after it was typed.
	await settled(editor);
}

/** Waits by the page's own clock, which is as late as the page is on a busy machine. */
async function settled({ page }: EditorPage): Promise<void> {
	await page.evaluate(async (pause) => await new Promise((resolve) => setTimeout(resolve, pause)), SETTLED);
}

/** The button is called "Retry" once there is a result. The old result stays in sight until the new one is there. */
async function pressTest(editor: EditorPage): Promise<void> {
	const answered = editor.page.waitForResponse((response) => response.url().endsWith('/rest/credentials/test'));
	const button = editor.named('credentials-config-container-test-success').getByRole('button');
	await button.click();
	const { data } = (await (await answered).json()) as { data: { status: string } };
	assert.equal(data.status, 'OK');
	await testSucceeded(editor);
	await button.filter({ hasText: 'Retry' }).waitFor();
}

async function testSucceeded(editor: EditorPage): Promise<void> {
	await editor.named('credentials-config-container-test-success').waitFor();
}

/** Neither as text nor as a field's value, masked or not: what n8n sends to the browser can be read there. */
async function assertHidden({ page }: EditorPage, credential: SandboxCredential): Promise<void> {
	const secrets: Secret[] = [
		{ name: 'client secret', value: credential.clientSecret },
		...privateKeySecrets('private key', credential.privateKey),
	];
	const html = await page.content();
	const fields = await page.locator('input:not([type=file]), textarea').all();
	const values = await Promise.all(fields.map(async (field) => await field.inputValue()));
	const texts = [html, ...values];
	assert.ok(values.includes(credential.orgId), 'The fields could not be read');
	const shown = secrets.filter(({ value }) => texts.some((text) => text.includes(value)));
	assert.deepEqual(
		shown.map(({ name }) => name),
		[],
	);
}

async function takePicture(editor: EditorPage): Promise<void> {
	await editor.closeMessages();
	await editor.page.mouse.move(0, 0);
	await settled(editor);
	const dialog = await areaOf([editor.named('editCredential-modal')]);
	// Down to the client secret, which is shown as dots; what comes below it is long.
	const lowest = await areaOf([editor.named('parameter-input-clientSecret')], 16);
	await screenshot(editor.page, 'credential', { ...dialog, height: lowest.y + lowest.height - dialog.y });
}
