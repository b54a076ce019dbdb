import { ACK, ACK_FIRST, acknowledgedBy, ANSWER, AS_A_WHOLE, OF_MESSAGE, send } from './ack-runs';
import { Roche, type Step } from './roche';

const roche = Roche.forAllTests();

describe('a failure holds its message back', () => {
	it.each(['json', 'bare', 'item'])('when a later step replaces the fields (%s)', async (as) => {
		const { done, reasons } = await acknowledgedBy(roche, [send(as), ANSWER, ACK]);
		expect(done).toEqual([true, false, true]);
		expect(reasons).toEqual([OF_MESSAGE]);
	});

	it('when Roche S3 Fetch failed and later steps processed its output', async () => {
		const made = await roche.notifications(3);
		await roche.sandbox.deleteFile(made[1]?.file.key ?? '');
		await roche.run(
			made.map(({ item }) => item),
			[{ type: 'rocheS3Fetch', onError: 'continueRegularOutput' }, ANSWER, ACK],
		);
		const ids = await roche.acknowledged();
		expect(made.map(({ item }) => ids.includes(item.MessageId))).toEqual([true, false, true]);
	});

	it.each<[string, Step[]]>([
		['only the first one is kept', [{ type: 'n8n-nodes-base.limit' }, ACK_FIRST]],
		['one is made from all', [{ type: 'n8n-nodes-base.aggregate' }, ACK_FIRST]],
		['code makes new ones without item linking', [{ type: 'test.double' }, ACK_FIRST]],
		['failed ones are filtered out', [{ type: 'n8n-nodes-base.if', next: [[], [ACK.type]] }, ACK_FIRST]],
	])('when of the items of a message %s', async (_what, steps) => {
		const { done, reasons } = await acknowledgedBy(roche, [send('bare'), ...steps], { messages: 1, itemsEach: 3 });
		expect(done).toEqual([false]);
		expect(reasons).toContain(OF_MESSAGE);
		expect((await acknowledgedBy(roche, [send('bare', {}, 3), ...steps], { messages: 1, itemsEach: 3 })).done).toEqual([
			true,
		]);
	});

	it.each([
		['throw', AS_A_WHOLE],
		['bare', OF_MESSAGE],
	])('when it happened in a round of a loop that has ended (%s)', async (as, reason) => {
		const failsSecond = { failures: `={{ $runIndex === 1 ? [{ index: 0, as: '${as}', message: 'down' }] : [] }}` };
		const { done, reasons } = await acknowledgedBy(roche, [
			{ type: 'n8n-nodes-base.splitInBatches', name: 'Loop', next: [[ACK.type], ['Send']] },
			send(as, { parameters: failsSecond, next: [['Log']] }),
			{ ...ANSWER, name: 'Log', next: [['Loop']] },
			ACK,
		]);
		expect(done).toEqual([true, false, true]);
		expect(reasons).toEqual([reason]);
	});

	it.each(['throw', 'bare'])(
		'but does not hold back the other rounds of a loop that contains the ACK (%s)',
		async (as) => {
			const failsFirst = { failures: `={{ $runIndex === 0 ? [{ index: 0, as: '${as}', message: 'down' }] : [] }}` };
			const { done } = await acknowledgedBy(roche, [
				{ type: 'n8n-nodes-base.splitInBatches', name: 'Loop', next: [[], ['Send']] },
				send(as, { parameters: failsFirst, next: [['Log']] }),
				{ ...ANSWER, name: 'Log' },
				{ ...ACK, next: [['Loop']] },
			]);
			expect(done).toEqual([false, true, true]);
		},
	);

	it('when it happened before a loop that contains the ACK', async () => {
		const { done } = await acknowledgedBy(roche, [
			send('bare', { next: [['Loop']] }, 2),
			{ type: 'n8n-nodes-base.splitInBatches', name: 'Loop', next: [[], ['Log']] },
			{ ...ANSWER, name: 'Log' },
			{ ...ACK, next: [['Loop']] },
		]);
		expect(done).toEqual([true, true, false]);
	});

	it('whatever the name of the field with the receipt handle, and holds no other message back', async () => {
		const { done } = await acknowledgedBy(
			roche,
			[
				send('bare'),
				{ type: 'n8n-nodes-base.if', next: [[], [ACK.type]] },
				{
					...ACK,
					parameters: { source: 'define', receiptHandle: "={{ $('Start').item.json.body.receipt_handle }}" },
				},
			],
			{
				change: (item) => ({ body: { receipt_handle: (item as Record<string, string>).MessageReceiptHandle } }),
			},
		);
		expect(done).toEqual([true, false, true]);
	});

	it('but does not hold back other messages if the field has another name and other items have its value', async () => {
		const { done } = await acknowledgedBy(
			roche,
			[
				send('bare'),
				{ type: 'n8n-nodes-base.if', next: [[], [ACK.type]] },
				{ ...ACK, parameters: { source: 'define', receiptHandle: "={{ $('Start').item.json.body.ticket }}" } },
			],
			{
				messages: 2,
				itemsEach: 3,
				change: (item) => ({ body: { ticket: (item as Record<string, string>).MessageReceiptHandle } }),
			},
		);
		expect(done).toEqual([false, true]);
	});
});

it('an empty list of errors is no failure', async () => {
	const { done } = await acknowledgedBy(roche, [{ type: 'rocheNotificationAck' }], {
		change: (item) => ({ ...item, error: [] }),
	});
	expect(done).toEqual([true, true, true]);
});
