import { ACK, ACK_FIRST, acknowledgedBy, ANSWER, OF_MESSAGE, send } from './ack-runs';
import { Roche, type Step } from './roche';

const roche = Roche.forAllTests();

describe('an item that has not arrived holds its message back', () => {
	it.each(['throw', 'bare'])('from a branch that ended in a failure before Merge (%s)', async (as) => {
		const { done } = await acknowledgedBy(
			roche,
			[
				{ type: 'n8n-nodes-base.noOp', next: [['Log', 'Send']] },
				{ ...ANSWER, name: 'Log', next: [['Merge:0']] },
				send(as, { onError: 'continueErrorOutput', next: [['Merge:1']] }, 0),
				{ type: 'n8n-nodes-base.merge', name: 'Merge' },
				ACK_FIRST,
			],
			{ messages: 1 },
		);
		expect(done).toEqual([false]);
	});

	const twoBranches = (fails: boolean): Step[] => [
		{ type: 'n8n-nodes-base.noOp', next: [['Log', 'Send']] },
		{ ...ANSWER, name: 'Log', next: [[ACK.type]] },
		send('throw', { onError: 'stopWorkflow' }, fails ? 0 : 99),
		ACK_FIRST,
	];

	it('from a branch that has not run yet', async () => {
		const { done, reasons } = await acknowledgedBy(roche, twoBranches(true), { messages: 1 });
		expect(done).toEqual([false]);
		expect(reasons).toEqual([expect.stringMatching(/^The step "Send", which also leads to this node, has not worked/)]);
		expect((await acknowledgedBy(roche, twoBranches(false), { messages: 1 })).done).toEqual([true]);
	});

	it('from one item made of many that n8n pairs with the first of them', async () => {
		const { done } = await acknowledgedBy(roche, [
			{ type: 'n8n-nodes-base.noOp', next: [['Merge:0', 'Together']] },
			{ type: 'test.gather', name: 'Together' },
			send('bare', {}, 0),
			{ ...ANSWER, name: 'Log', next: [['Merge:1']] },
			{ type: 'n8n-nodes-base.merge', name: 'Merge' },
			ACK,
		]);
		expect(done).toEqual([false, false, false]);
	});

	it('from code that caught an error', async () => {
		const { done, reasons } = await acknowledgedBy(roche, [{ type: 'n8n-nodes-base.code', name: 'Send' }, ANSWER, ACK]);
		expect(done).toEqual([false, false, false]);
		expect(new Set(reasons)).toEqual(new Set([OF_MESSAGE]));
	});

	it('from a step whose output is pinned in the editor', async () => {
		const { done, reasons } = await acknowledgedBy(roche, [
			{ type: 'rocheS3Fetch' },
			{ ...ANSWER, name: 'Send', pinned: [{ status: 'stored' }] },
			ACK_FIRST,
		]);
		expect(done).toEqual([false, false, false]);
		expect(reasons).toEqual(['The step "Send" did not run, because its output is pinned']);
	});

	it('although the receipt handle was changed on the way', async () => {
		const handle = "$('Start').item.json.MessageReceiptHandle";
		const short = { assignments: [{ name: 'receiptHandle', value: `={{ ${handle}.slice(0, 8) }}` }] };
		const { done } = await acknowledgedBy(roche, [
			{ type: 'n8n-nodes-base.set', parameters: { assignments: short, includeOtherFields: false } },
			send('bare'),
			ANSWER,
			ACK,
		]);
		expect(done).toEqual([true, false, true]);
	});
});
