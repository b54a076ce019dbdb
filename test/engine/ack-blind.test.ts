import { RocheGetToken } from '../../nodes/RocheGetToken/RocheGetToken.node';
import { RocheNotificationAck } from '../../nodes/RocheNotificationAck/RocheNotificationAck.node';
import { RocheS3Fetch } from '../../nodes/RocheS3Fetch/RocheS3Fetch.node';
import { RocheSandboxNotification } from '../../nodes/RocheSandboxNotification/RocheSandboxNotification.node';
import { chain, Roche } from './roche';

const roche = Roche.forAllTests();
const BLIND = 'This node cannot see what the steps before it have done, so it acknowledges nothing';

describe('if Roche Notification ACK cannot see the run, it acknowledges nothing', () => {
	it('as the first step of a run', async () => {
		const [message] = await roche.notifications(1);
		const parameters = { source: 'define', receiptHandle: message?.item.MessageReceiptHandle ?? '' };
		const { nodes } = chain([], [{ type: 'rocheNotificationAck', parameters }]);
		const run = await roche.engine.runWorkflow({
			workflow: { nodes: nodes.filter(({ name }) => name !== 'Start'), connections: {} },
			credentials: { rochePartnersServicesApi: roche.freshCredential() as never },
			startNode: 'rocheNotificationAck',
		});
		expect(run.error?.message).toBe(BLIND);
		expect(await roche.sandbox.requests('ack')).toEqual([]);
	});

	it('and states this in its items if it continues on errors', async () => {
		const { nodes } = chain([], [{ type: 'rocheNotificationAck', onError: 'continueRegularOutput' }]);
		const run = await roche.engine.runWorkflow({
			workflow: { nodes: nodes.filter(({ name }) => name !== 'Start'), connections: {} },
			credentials: { rochePartnersServicesApi: roche.freshCredential() as never },
			startNode: 'rocheNotificationAck',
		});
		expect(run.json('rocheNotificationAck')).toMatchObject([{ error: BLIND, ack: { acknowledged: false } }]);
	});
});

describe('no node can be used as the tool of an AI agent', () => {
	it.each([
		['Roche Get Token', RocheGetToken],
		['Roche S3 Fetch', RocheS3Fetch],
		['Roche Notification ACK', RocheNotificationAck],
		['Roche Sandbox Notification', RocheSandboxNotification],
	])('%s', (name, Node) => {
		const { description } = new Node();
		expect(description.displayName).toBe(name);
		expect('usableAsTool' in description).toBe(true);
		expect(description.usableAsTool).toBeUndefined();
	});
});
