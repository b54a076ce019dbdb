import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../real-n8n/paths';
import type { Workbench } from '../real-n8n/workbench';
import { readTemplate, type Workflow } from '../real-n8n/workflow';
import { assertContains, type Checks } from './checks';

/** The templates that other checks run. */
const RUN_ELSEWHERE = [
	'roche-backlog.json',
	'roche-cda-to-folder.json',
	'roche-certificate-alarm.json',
	'roche-deliver-then-acknowledge.json',
	'roche-deliver.json',
	'roche-failure-alarm.json',
	'roche-fetch-one-notification.json',
	'roche-fhir-observations.json',
	'roche-fhir-server.json',
	'roche-handle-once.json',
	'roche-inbox-forward.json',
	'roche-inbox-receive.json',
	'roche-inbox-watch.json',
	'roche-notification-webhook.json',
	'roche-report-to-sftp.json',
	'roche-sandbox-notification.json',
];

/** Checks that n8n imports every file of `templates/` unchanged, through the editor's API and the command line. */
export async function checkTemplates(checks: Checks, bench: Workbench): Promise<void> {
	const files = await readdir(join(ROOT, 'templates'));
	const templates = await Promise.all(
		files.map(async (file, i) => ({ file, id: `templateByCli${i}`, template: await readTemplate(file) })),
	);
	await checks.check('every template is covered by a check that runs it', () => {
		assert.deepEqual(files.toSorted(), RUN_ELSEWHERE);
	});
	for (const { file, template } of templates) {
		await checks.check(`${file}: the editor's import stores it unchanged, and n8n knows all its nodes`, async () => {
			const { id } = await bench.rest.createWorkflow(template);
			await assertStored(bench, id, template);
		});
	}
	await checks.check('n8n import:workflow imports all templates unchanged', async () => {
		await bench.cli.importWorkflows(templates.map(({ id, template }) => ({ ...template, id })));
		for (const { id, template } of templates) await assertStored(bench, id, template);
	});
}

async function assertStored({ rest }: Workbench, id: string, template: Workflow): Promise<void> {
	const stored = await rest.workflow(id);
	assert.equal(stored.name, template.name);
	assert.deepEqual(stored.connections, template.connections);
	// n8n adds settings and the ids of the nodes.
	assertContains(stored.settings, template.settings);
	assert.equal(stored.nodes.length, template.nodes.length);
	for (const [i, node] of template.nodes.entries()) assertContains(stored.nodes[i], node);
	const known = new Set((await rest.types('nodes')).map(({ name }) => name));
	for (const { type } of template.nodes) assert.ok(known.has(type), `n8n does not know ${type}`);
}
