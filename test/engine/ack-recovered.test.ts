import { ACK, acknowledgedBy, ANSWER, send } from './ack-runs';
import { Roche } from './roche';

const roche = Roche.forAllTests();
const OPTIONAL = { ...ACK, parameters: { options: { optionalSteps: 'Send' } } };
const failsAtFirst = (index: number) => ({
	failures: `={{ $runIndex === 0 ? [{ index: ${index}, as: 'bare', message: 'down' }] : [] }}`,
});

describe('a failure is recovered', () => {
	it('when the same step later succeeds for the item', async () => {
		const { done } = await acknowledgedBy(roche, [
			send('bare', { parameters: failsAtFirst(1) }),
			{ type: 'n8n-nodes-base.if', next: [['Again'], ['Log']] },
			{ ...ANSWER, name: 'Again', next: [['Send']] },
			{ ...ANSWER, name: 'Log' },
			ACK,
		]);
		expect(done).toEqual([true, true, true]);
	});

	it('but not when it succeeds for an item that was also made from others', async () => {
		const { done } = await acknowledgedBy(roche, [
			send('bare', { parameters: failsAtFirst(1), next: [['Together']] }),
			{ type: 'n8n-nodes-base.aggregate', name: 'Together', next: [['Once?']] },
			{ type: 'n8n-nodes-base.if', name: 'Once?', next: [[], ['Send again']] },
			{ ...ANSWER, name: 'Send again', next: [[ACK.type]] },
			ACK,
		]);
		expect(done).toEqual([true, false, true]);
	});

	it('nor when the item went another way from the error output, which need not deliver it', async () => {
		const anotherWay = send('bare', { onError: 'continueErrorOutput', next: [[ACK.type], ['Other way']] });
		const steps = [anotherWay, { ...ANSWER, name: 'Other way' }];
		expect((await acknowledgedBy(roche, [...steps, ACK])).done).toEqual([true, false, true]);
	});

	it('when the acknowledgement itself failed and is repeated', async () => {
		await roche.sandbox.fault({ target: 'ack', fault: { kind: 'status', status: 401 } });
		const { done } = await acknowledgedBy(
			roche,
			[
				{ ...ACK, next: [['Failed?']] },
				{ type: 'n8n-nodes-base.if', name: 'Failed?', next: [['Again'], []] },
				{ ...ANSWER, name: 'Again', next: [[ACK.type]] },
			],
			{ messages: 1 },
		);
		expect(done).toEqual([true]);
		expect(await roche.sandbox.requests('ack')).toHaveLength(2);
	});
});

describe('steps listed in Optional Steps do not count', () => {
	it('when they failed', async () => {
		const anotherWay = send('bare', { onError: 'continueErrorOutput', next: [[ACK.type], ['Other way']] });
		const { done } = await acknowledgedBy(roche, [anotherWay, { ...ANSWER, name: 'Other way' }, OPTIONAL]);
		expect(done).toEqual([true, true, true]);
	});

	it('when they have work left, before the ACK or in another branch', async () => {
		const steps = [
			{ type: 'n8n-nodes-base.noOp' as const, next: [[ACK.type, 'Send']] },
			{ ...OPTIONAL, next: [[]] },
			send('bare', { next: [[]] }, 99),
		];
		expect((await acknowledgedBy(roche, steps)).done).toEqual([true, true, true]);
		const back = steps.map((step) => (step.name === 'Send' ? { ...step, next: [[ACK.type]] } : step));
		expect((await acknowledgedBy(roche, back)).done).toEqual([true, true, true]);
	});

	it('but the steps after them do', async () => {
		const { done, reasons } = await acknowledgedBy(roche, [
			{ type: 'n8n-nodes-base.noOp', next: [[ACK.type, 'Send']] },
			{ ...OPTIONAL, next: [[]] },
			send('bare', { next: [['Log']] }, 99),
			{ ...ANSWER, name: 'Log', next: [[]] },
		]);
		expect(done).toEqual([false, false, false]);
		expect(reasons[0]).toMatch(/^The step "Log" has not worked on this message yet, and does not lead to this node/);
	});

	it('a name that no step has is an error before any request', async () => {
		const run = await roche.run(
			[{ MessageReceiptHandle: 'AQEB' }],
			[{ type: 'rocheNotificationAck', parameters: { options: { optionalSteps: 'Start, Sned' } } }],
		);
		expect(run.error?.message).toBe('Optional Steps names "Sned", but no step of the workflow has this name');
		expect(await roche.sandbox.requests('ack')).toEqual([]);
	});
});
