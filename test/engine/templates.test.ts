import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INode } from 'n8n-workflow';
import type { WorkflowJson } from './protocol';
import { Roche } from './roche';

const folder = join(__dirname, '..', '..', 'templates');
const templates = readdirSync(folder).filter((file) => file.endsWith('.json'));
const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as WorkflowJson & { id?: string };
const roche = Roche.forAllTests();

describe.each(templates)('the template %s', (file) => {
	const template = read(file);

	it('holds nothing of the instance that it was made in: no ids, credentials, pinned data', () => {
		expect(Object.keys(template).sort()).toEqual(['active', 'connections', 'name', 'nodes', 'settings']);
		for (const node of template.nodes) {
			expect(Object.keys(node)).not.toContain('credentials');
		}
	});

	it('gives its webhooks an id, without which n8n puts the ids of workflow and node into their address', () => {
		for (const node of template.nodes.filter(({ type }) => /\.(webhook|rocheNotificationTrigger)$/.test(type))) {
			expect(node.webhookId).toMatch(/^[0-9a-f-]{36}$/);
		}
	});

	it('saves no execution that succeeded, and explains itself on sticky notes', () => {
		expect(template.settings).toMatchObject({
			saveDataSuccessExecution: 'none',
			saveManualExecutions: false,
			saveExecutionProgress: false,
		});
		expect(template.nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote').length).toBeGreaterThan(1);
	});

	it('knows no way past a failure to the ACK', () => {
		const errorOutputs = template.nodes
			.filter(({ onError }) => onError === 'continueErrorOutput')
			.flatMap(({ name }) => template.connections[name]?.main?.[1] ?? []);
		expect(errorOutputs.map(({ node }) => node)).not.toContain('Roche Notification ACK');
		expect(template.nodes.filter(({ onError }) => onError === 'continueRegularOutput')).toEqual([]);
	});
});

describe('the template for the webhook', () => {
	const { nodes } = read('roche-notification-webhook.json');

	it('lets in nobody without a credential', () => {
		const trigger = nodes.find(({ type }) => type.endsWith('.rocheNotificationTrigger'));
		expect(trigger?.parameters.authentication).toBe('credential');
	});

	it('fails at the hand-off, which stops the run, until an analyst has replaced it', () => {
		const handOff = nodes.find(({ name }) => name === 'Hand the file to the EMR');
		// RFC 2606 keeps ".invalid" for names that never exist.
		expect(new URL(handOff?.parameters.url as string).hostname).toMatch(/\.invalid$/);
		expect(handOff?.onError).toBeUndefined();
	});
});

describe('the template for one notification', () => {
	const template = read('roche-fetch-one-notification.json');

	/** The template with a notification in place of the sample, as an analyst would paste it. */
	function withNotification(notification: object): WorkflowJson {
		const nodes = template.nodes.map((node): INode =>
			node.type === 'n8n-nodes-base.set'
				? { ...node, id: node.name, type: 'n8n-nodes-base.noOp', parameters: {} }
				: { ...node, id: node.name },
		);
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
		expect(run.json('Roche Notification ACK')).toMatchObject([{ ack: { acknowledged: true, operationId } }]);
	});

	it('does not acknowledge a file that is gone', async () => {
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
