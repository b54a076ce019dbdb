import {
	type INode,
	type INodeParameters,
	type INodeTypes,
	resolveWebhookDescriptionField,
	webhookDescriptionIsNativelyResolvable,
	Workflow,
} from 'n8n-workflow';
import { RocheNotificationTrigger } from '../../nodes/RocheNotificationTrigger/RocheNotificationTrigger.node';
import { webhookDescription } from '../../nodes/RocheNotificationTrigger/webhook-description';

const FIELDS = ['path', 'isFullPath', 'responseData'] as const;
const node = (parameters: INodeParameters): INode => ({
	id: '1',
	name: 'Trigger',
	type: 'rocheNotificationTrigger',
	typeVersion: 2,
	position: [0, 0],
	parameters,
});

/** Returns the result of n8n's expression engine for a field. */
function evaluated(field: (typeof FIELDS)[number], parameters: INodeParameters): unknown {
	const type = new RocheNotificationTrigger();
	const nodeTypes = { getByNameAndVersion: () => type, getByName: () => type, getKnownTypes: () => ({}) } as INodeTypes;
	const one = node(parameters);
	const workflow = new Workflow({ id: '1', nodes: [one], connections: {}, active: false, nodeTypes });
	return workflow.expression.getComplexParameterValue(one, webhookDescription()[field], 'internal', {});
}

describe('the webhook of the trigger', () => {
	it.each<[string, INodeParameters, unknown[]]>([
		['a path of its own', { options: { path: 'roche/x' } }, ['roche/x', true]],
		['an empty path', { options: { path: '' } }, ['roche-notification', false]],
		['no path', { options: {} }, ['roche-notification', false]],
	])('is the same with and without the expression engine: %s', (_name, parameters, expected) => {
		const native = FIELDS.map((field) => resolveWebhookDescriptionField(node(parameters), webhookDescription(), field));
		expect(native).toEqual([...expected, { status: 'accepted' }].map((value) => ({ resolved: true, value })));
		expect(FIELDS.map((field) => evaluated(field, parameters))).toEqual([...expected, { status: 'accepted' }]);
	});

	it('needs no expression engine for any of its fields', () => {
		const [webhook] = new RocheNotificationTrigger().description.webhooks ?? [];
		expect(webhook && webhookDescriptionIsNativelyResolvable(webhook)).toBe(true);
	});

	it('is evaluated by the engine if a parameter is an expression', () => {
		const parameters = { options: { path: '={{ "roche/" + 7 }}' } };
		expect(resolveWebhookDescriptionField(node(parameters), webhookDescription(), 'path')).toEqual({ resolved: false });
		expect(evaluated('path', parameters)).toBe('roche/7');
		expect(evaluated('isFullPath', parameters)).toBe(true);
	});

	it('is described by expressions for an n8n that supports only these', async () => {
		const { webhookDescriptionFields: _none, ...older } = jest.requireActual<object & Record<string, unknown>>(
			'n8n-workflow',
		);
		const asJson = JSON.stringify(webhookDescription());
		await jest.isolateModulesAsync(async () => {
			jest.doMock('n8n-workflow', () => older);
			const { webhookDescription: describe } = await import('../../nodes/RocheNotificationTrigger/webhook-description');
			expect(JSON.stringify(describe())).toBe(asJson);
			expect(Object.getOwnPropertySymbols(describe())).toEqual([]);
		});
		expect(Object.getOwnPropertySymbols(webhookDescription())).toHaveLength(1);
	});
});
