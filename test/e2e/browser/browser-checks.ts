import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CleanUp } from '../../real-n8n/clean-up';
import { CALLER_CREDENTIAL } from '../../real-n8n/demo/workflows';
import { OWNER } from '../../real-n8n/rest-client';
import type { Workbench } from '../../real-n8n/workbench';
import type { Checks } from '../checks';
import { WEBHOOK_CREDENTIAL_TYPE } from '../scene';
import { startChromium } from './chromium';
import { checkCredentialForm } from './credential-checks';
import { EditorPage } from './editor-page';
import { checkNodes } from './node-checks';
import { checkParameters } from './parameter-checks';
import { checkSchemas } from './schema-checks';
import { checkTemplateRun } from './template-checks';
import { checkTriggerPanel } from './trigger-checks';

/** Timeout for elements of the editor to appear, in ms. It takes a few seconds; loading the editor beside other work has taken half a minute. */
const TIMEOUT = 90_000;

/** Sharp when shown at half the width, and still a small file. */
const SCALE = 1.5;

/**
 * Does what a user does in the editor, from signing in to a template's output. Writes the README's screenshots.
 *
 * @param bench - an n8n without a credential of this package: the credential is created in its form
 * @param program - Chromium or Chrome
 */
export async function checkBrowser(checks: Checks, cleanUp: CleanUp, bench: Workbench, program: string): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), 'roche-browser-'));
	cleanUp.add(async () => await rm(folder, { recursive: true, force: true }));
	const browser = await startChromium(program);
	cleanUp.add(async () => await browser.close());
	const viewport = { width: 1440, height: 900 };
	const page = await browser.newPage({ viewport, deviceScaleFactor: SCALE, colorScheme: 'light' });
	page.setDefaultTimeout(TIMEOUT);
	const editor = new EditorPage(page, bench.n8n.url);
	await checks.check('signing in opens the editor', async () => await signIn(editor));
	await checkCredentialForm(checks, editor, bench.sandbox.info.credential);
	// The editor selects the only existing credential of a type for a new node.
	await bench.rest.createCredential('Roche may call', WEBHOOK_CREDENTIAL_TYPE, CALLER_CREDENTIAL);
	await checkNodes(checks, editor);
	await checkSchemas(checks, editor, bench);
	await checkTriggerPanel(checks, editor);
	await checkTemplateRun(checks, editor, bench, folder);
	await checkParameters(checks, editor, bench);
}

async function signIn(editor: EditorPage): Promise<void> {
	await editor.open('/signin');
	await editor.named('emailOrLdapLoginId').locator('input').fill(OWNER.email);
	await editor.named('password').locator('input').fill(OWNER.password);
	await editor.named('form-submit-button').click();
	await editor.page.waitForURL((url) => !url.pathname.startsWith('/signin'));
	await editor.openNewWorkflow();
}
