import type { Workbench } from '../../real-n8n/workbench';
import type { WorkflowNode } from '../../real-n8n/workflow';
import type { Checks } from '../checks';
import { CREDENTIAL_TYPE } from '../scene';
import type { EditorPage } from './editor-page';

const PACKAGE = 'n8n-nodes-roche-partners-services';

/** A node with parameters, and part of the hint that the editor shows for them before any run. */
const HINTS = [
	{ type: 'rocheGetToken', good: { secretOutput: 'sealed' }, bad: { secretOutput: 'plain' }, hint: 'in plain text' },
	{ type: 'rocheS3Fetch', good: { output: 'binary' }, bad: { output: 'json' }, hint: 'which is health data' },
	{ type: 'rocheNotificationAck', good: {}, bad: { options: { dryRun: true } }, hint: 'Dry Run is on' },
	{
		type: 'rocheNotificationTrigger',
		good: { authentication: 'credential' },
		bad: { authentication: 'none' },
		hint: 'Anyone who knows the URL',
		typeVersion: 2,
	},
];

/** What the editor shows of parameters before anything has run. Creates credentials: nodes no longer find theirs by themselves. */
export async function checkParameters(checks: Checks, editor: EditorPage, bench: Workbench): Promise<void> {
	await checks.check('an access point is chosen from the list of those that the token grants', async () => {
		await chooseAccessPoint(editor, bench);
	});
	await openWorkflow(
		editor,
		bench,
		HINTS.flatMap(({ type, good, bad, typeVersion = 1 }) => [
			{ name: `${type} without a reason`, type, typeVersion, parameters: good },
			{ name: `${type} with a reason`, type, typeVersion, parameters: bad },
		]),
	);
	for (const { type, hint } of HINTS) {
		await checks.check(`${type} warns before a run: ${hint}`, async () => {
			const shown = editor.page.getByText(hint).filter({ visible: true });
			await editor.openNode(`${type} without a reason`);
			if ((await shown.count()) > 0) throw new Error('The hint is shown without a reason.');
			await editor.closeNode();
			await editor.openNode(`${type} with a reason`);
			await shown.first().waitFor();
			await editor.closeNode();
		});
	}
}

async function chooseAccessPoint(editor: EditorPage, bench: Workbench): Promise<void> {
	const { credential, accessPoint } = bench.sandbox.info;
	const { id, name } = await bench.rest.createCredential('Roche for the list', CREDENTIAL_TYPE, credential);
	const parameters = { source: 'object', accessPoint: { __rl: true, mode: 'list', value: '' }, objectKey: 'a.json' };
	const credentials = { [CREDENTIAL_TYPE]: { id, name } };
	const fetch = { name: 'Fetch', type: 'rocheS3Fetch', typeVersion: 1, parameters, credentials };
	const workflow = await openWorkflow(editor, bench, [fetch]);
	await editor.openNode(fetch.name);
	await editor.named('rlc-input').first().click();
	const [, short = ''] = accessPoint.split('/');
	await editor.named('rlc-item').filter({ hasText: short }).first().click();
	await editor.closeNode();
	await editor.page.keyboard.press('Control+s');
	await bench.rest.until(30_000, 'the access point to be saved', async () => {
		const [node] = (await bench.rest.workflow(workflow)).nodes;
		const { value } = node?.parameters.accessPoint as { value: string };
		return value === accessPoint ? true : undefined;
	});
}

/** Opens a new workflow with unconnected nodes of the package; returns its id. */
async function openWorkflow(
	editor: EditorPage,
	{ rest }: Workbench,
	nodes: Array<Pick<WorkflowNode, 'name' | 'type' | 'typeVersion' | 'parameters' | 'credentials'>>,
): Promise<string> {
	const placed = nodes.map((node, i): WorkflowNode => {
		return { ...node, type: `${PACKAGE}.${node.type}`, position: [(i % 2) * 400, Math.floor(i / 2) * 200] };
	});
	const { id } = await rest.createWorkflow({ name: 'Parameters', nodes: placed, connections: {}, settings: {} });
	await editor.open(`/workflow/${id}`);
	return id;
}
