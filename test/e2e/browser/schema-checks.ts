import type { Workbench } from '../../real-n8n/workbench';
import type { WorkflowNode } from '../../real-n8n/workflow';
import type { Checks } from '../checks';
import type { EditorPage } from './editor-page';

const FETCH = 'Roche S3 Fetch';

/** A following node of this package, and one of n8n's own. */
const FOLLOWING = [
	{ name: 'Roche Notification ACK', type: 'n8n-nodes-roche-partners-services.rocheNotificationAck', typeVersion: 1 },
	{ name: 'Edit Fields', type: 'n8n-nodes-base.set', typeVersion: 3.4 },
];

/** Checks that the input panel of the following node shows the output fields of a node that has never run; users drag them into parameters. */
export async function checkSchemas(checks: Checks, editor: EditorPage, { rest }: Workbench): Promise<void> {
	for (const { name, type, typeVersion } of FOLLOWING) {
		await checks.check(`${name} shows the output fields of a ${FETCH} that has never run`, async () => {
			const following: WorkflowNode = { name, type, typeVersion, position: [200, 0], parameters: {} };
			const fetch = { ...following, name: FETCH, type: 'n8n-nodes-roche-partners-services.rocheS3Fetch' };
			const { id } = await rest.createWorkflow({
				name: `Fields in ${name}`,
				nodes: [{ ...fetch, typeVersion: 1, position: [0, 0] }, following],
				connections: { [FETCH]: { main: [[{ node: name, type: 'main', index: 0 }]] } },
				settings: {},
			});
			await editor.open(`/workflow/${id}`);
			await editor.openNode(name);
			for (const field of ['MessageId', 'file', 'key', 'size', 'sha256'])
				await editor.named('run-data-schema-node-name').getByText(field, { exact: true }).first().waitFor();
		});
	}
}
