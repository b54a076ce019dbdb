import assert from 'node:assert/strict';
import { type Secret, privateKeySecrets } from '../../real-n8n/secret-forms';
import type { SandboxCredential } from '../../sandbox/types';
import type { Checks } from '../checks';
import type { EditorPage } from './editor-page';
import { areaOf, screenshot } from './screenshots';

const CREDENTIAL = 'Roche Partners Services API';

/** The text fields in the order of the form. */
const FIELDS = ['orgId', 'clientId', 'clientSecret', 'clientCertificate', 'privateKey', 'caCertificates'] as const;

/** Much longer than the delay of n8n's form after a key and than a button's animation, in ms. */
const SETTLED = 400;

/** Creates the credential in its form, as a user does. Afterwards a correct credential is saved. */
export async function checkCredentialForm(
	checks: Checks,
	editor: EditorPage,
	credential: SandboxCredential,
): Promise<void> {
	await checks.check('saving a credential with a wrong client secret shows the cause', async () => {
		await openNewCredential(editor);
		for (const name of FIELDS) await fill(editor, name, name === 'clientSecret' ? 'wrong' : credential[name]);
		await editor.named('credential-save-button').click();
		await editor.page.getByText('More details').click();
		await editor.page.getByText('Client ID or Client Secret is wrong (401)').first().waitFor();
	});
	await checks.check('with the correct client secret the test succeeds', async () => {
		await fill(editor, 'clientSecret', credential.clientSecret);
		await editor.named('credential-save-button').click();
		await testSucceeded(editor);
	});
	await checks.check('Test on the saved credential succeeds, and the form shows no secret', async () => {
		await openSaved(editor);
		await pressTest(editor);
		await assertHidden(editor, credential);
		await takePicture(editor);
	});
}

async function openNewCredential(editor: EditorPage): Promise<void> {
	await editor.open('/home/credentials');
	const { page } = editor;
	// n8n shows a different button as long as there are no credentials.
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
	// n8n tests a saved credential automatically when it is opened.
	await testSucceeded(editor);
}

async function fill(editor: EditorPage, name: (typeof FIELDS)[number], value: string): Promise<void> {
	await editor.named(`parameter-input-${name}`).locator('input, textarea').fill(value);
	// n8n applies a value shortly after it has been typed.
	await settled(editor);
}

/** Waits with a timer of the page, which is delayed like the page itself on a busy machine. */
async function settled({ page }: EditorPage): Promise<void> {
	await page.evaluate(async (pause) => await new Promise((resolve) => setTimeout(resolve, pause)), SETTLED);
}

/** Presses Test again. With a result the button is called "Retry". The old result stays visible until the new one arrives. */
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

/** Asserts that no secret is in the page's HTML or in a field's value, not even masked: whatever the browser has can be read there. */
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
	// Only down to the client secret, which is shown as dots; the fields below it are long.
	const lowest = await areaOf([editor.named('parameter-input-clientSecret')], 16);
	await screenshot(editor.page, 'credential', { ...dialog, height: lowest.y + lowest.height - dialog.y });
}
