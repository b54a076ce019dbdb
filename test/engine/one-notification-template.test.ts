import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INode } from 'n8n-workflow';
import type { WorkflowJson } from './protocol';
import { Roche } from './roche';

const FILE = join(__dirname, '..', '..', 'templates', 'roche-fetch-one-notification.json');

describe('the template for one notification', () => {
	const roche = Roche.forAllTests();
	const template = JSON.parse(readFileSync(FILE, 'utf8')) as WorkflowJson;

	/** Returns the template with a notification pasted over the sample, and a receiver that answers with its own field. */
	function withNotification(notification: object): WorkflowJson {
		const standIns: Record<string, string> = {
			'n8n-nodes-base.set': 'n8n-nodes-base.noOp',
			'n8n-nodes-base.httpRequest': 'test.answer',
		};
		const nodes = template.nodes.map((node): INode => {
			const type = standIns[node.type];
			return { ...node, id: node.name, ...(type && { type, typeVersion: 1, parameters: {} }) };
		});
		const trigger = nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger')?.name ?? '';
		return { ...template, nodes, pinData: { [trigger]: [{ json: { ...notification } }] } };
	}

	it('fetches and acknowledges', async () => {
		const file = await roche.sandbox.addFile({ kind: 'cda' });
		const { notification, operationId } = await roche.sandbox.notify({ objectKey: file.key });
		const run = await roche.engine.runWorkflow({
			workflow: withNotification({ ...notification, operationId }),
			credentials: { rochePartnersServicesApi: { ...roche.sandbox.info.credential } },
		});
		expect(run.json('Roche S3 Fetch')).toMatchObject([{ file: { sha256: file.sha256 } }]);
		expect(run.json('Hand the file to the EMR')).toEqual([{ status: 'stored' }]);
		expect(run.json('Roche Notification ACK')).toMatchObject([{ ack: { acknowledged: true, operationId } }]);
	});

	it('does not acknowledge a file that does not exist', async () => {
		const file = await roche.sandbox.addFile({ kind: 'cda', key: 'gone.xml' });
		const { notification } = await roche.sandbox.notify({ objectKey: file.key });
		await roche.sandbox.deleteFile(file.key);
		await roche.sandbox.clearRequests();
		const run = await roche.engine.runWorkflow({
			workflow: withNotification(notification),
			credentials: { rochePartnersServicesApi: { ...roche.sandbox.info.credential } },
		});
		expect(run.status).toBe('error');
		expect(run.executed).not.toContain('Roche Notification ACK');
		expect(await roche.sandbox.requests('ack')).toEqual([]);
	});
});
