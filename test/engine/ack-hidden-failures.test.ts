import { Roche, type Step } from './roche';

const roche = Roche.forAllTests();

/** Acknowledges the message of the notification that an item came from, whatever became of its fields. */
const ACK: Step = {
	type: 'rocheNotificationAck',
	parameters: { source: 'define', receiptHandle: "={{ $('Start').item.json.MessageReceiptHandle }}" },
	onError: 'continueRegularOutput',
};
/** The first message, for runs that are about one. */
const ACK_FIRST: Step = {
	...ACK,
	parameters: { source: 'define', receiptHandle: "={{ $('Start').first().json.MessageReceiptHandle }}" },
};
const RECOVERED: Step = { ...ACK, parameters: { ...ACK.parameters, options: { acceptRecovered: true } } };
const ANSWER: Step = { type: 'test.answer', name: 'Write to the log' };

/** The step that hands items on; the one with the index fails. */
function send(as: string, more: Partial<Step> = {}, index = 1): Step {
	const parameters = { failures: [{ index, as, message: 'The EMR was down' }] };
	return { type: 'test.fail', name: 'Send', parameters, onError: 'continueRegularOutput', ...more };
}

/** Of some messages, one item or several each: which were acknowledged. */
async function acknowledged(
	steps: Step[],
	{ messages = 3, itemsEach = 1, change = (item: object) => item } = {},
): Promise<{ done: boolean[]; reasons: string[] }> {
	const made = await roche.notifications(messages);
	const items = made.flatMap(({ item }) => Array.from({ length: itemsEach }, () => change({ ...item })));
	const run = await roche.run(items, steps);
	const ids = await roche.acknowledged();
	const acks = run.tasks('rocheNotificationAck').flatMap(({ data }) => data?.main?.[0] ?? []);
	return {
		done: made.map(({ item }) => ids.includes(item.MessageId)),
		reasons: acks.flatMap(({ json }) => (json.ack as { reason?: string }).reason ?? []),
	};
}

const OF_MESSAGE = 'The step "Send" failed for an item of this message';
const AS_A_WHOLE = 'The step "Send" failed, and n8n went on as its setting "On Error" says';

describe('a failure is not forgotten', () => {
	it.each(['json', 'bare', 'item'])('when a later step answers with fields of its own (%s)', async (as) => {
		const { done, reasons } = await acknowledged([send(as), ANSWER, ACK]);
		expect(done).toEqual([true, false, true]);
		expect(reasons).toEqual([OF_MESSAGE]);
	});

	it('when it was Roche S3 Fetch, and later steps worked with what it put out', async () => {
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
		['the first one alone is kept', [{ type: 'n8n-nodes-base.limit' }, ACK_FIRST]],
		['one is made of all', [{ type: 'n8n-nodes-base.aggregate' }, ACK_FIRST]],
		['code makes new ones that name none that they came from', [{ type: 'test.double' }, ACK_FIRST]],
		['the ACK is executed once', [{ ...ACK_FIRST, executeOnce: true }]],
		['failed ones are sorted out', [{ type: 'n8n-nodes-base.if', next: [[], [ACK.type]] }, ACK_FIRST]],
	])('when of several items of a message %s', async (_what, steps) => {
		const { done, reasons } = await acknowledged([send('bare'), ...steps], { messages: 1, itemsEach: 3 });
		expect(done).toEqual([false]);
		expect(reasons).toContain(OF_MESSAGE);
		expect((await acknowledged([send('bare', {}, 3), ...steps], { messages: 1, itemsEach: 3 })).done).toEqual([true]);
	});

	it.each([
		['throw', AS_A_WHOLE],
		['bare', OF_MESSAGE],
	])('when it was in a round of a loop that has ended (%s)', async (as, reason) => {
		const failsSecond = { failures: `={{ $runIndex === 1 ? [{ index: 0, as: '${as}', message: 'down' }] : [] }}` };
		const { done, reasons } = await acknowledged([
			{ type: 'n8n-nodes-base.splitInBatches', name: 'Loop', next: [[ACK.type], ['Send']] },
			send(as, { parameters: failsSecond, next: [['Log']] }),
			{ ...ANSWER, name: 'Log', next: [['Loop']] },
			ACK,
		]);
		expect(done).toEqual([true, false, true]);
		expect(reasons).toEqual([reason]);
	});

	it.each(['throw', 'bare'])('nor held against the other rounds of a loop with the ACK in it (%s)', async (as) => {
		const failsFirst = { failures: `={{ $runIndex === 0 ? [{ index: 0, as: '${as}', message: 'down' }] : [] }}` };
		const { done } = await acknowledged([
			{ type: 'n8n-nodes-base.splitInBatches', name: 'Loop', next: [[], ['Send']] },
			send(as, { parameters: failsFirst, next: [['Log']] }),
			{ ...ANSWER, name: 'Log' },
			{ ...ACK, next: [['Loop']] },
		]);
		expect(done).toEqual([false, true, true]);
	});

	it('when it was before a loop with the ACK in it', async () => {
		const { done } = await acknowledged([
			send('bare', { next: [['Loop']] }, 2),
			{ type: 'n8n-nodes-base.splitInBatches', name: 'Loop', next: [[], ['Log']] },
			{ ...ANSWER, name: 'Log' },
			{ ...ACK, next: [['Loop']] },
		]);
		expect(done).toEqual([true, true, false]);
	});

	it('whatever the field with the receipt handle is called, and holds no other message back', async () => {
		const { done } = await acknowledged(
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

	it('nor held against other messages when the field has another name, and other items have its value', async () => {
		const { done } = await acknowledged(
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

describe('a failure may have been made good, and nobody says so:', () => {
	it('items that left by the error output came another way', async () => {
		const { done } = await acknowledged([
			send('bare', { onError: 'continueErrorOutput', next: [[ACK.type], ['Log']] }),
			{ ...ANSWER, name: 'Log' },
			ACK,
		]);
		expect(done).toEqual([true, false, true]);
	});

	it('the step ran again, for the next part of the message', async () => {
		const failsAtFirst = { failures: `={{ $runIndex === 0 ? [{ index: 0, as: 'bare', message: 'down' }] : [] }}` };
		const { done } = await acknowledged(
			[
				{ ...ANSWER, name: 'Next part' },
				send('bare', { parameters: failsAtFirst }),
				{ type: 'n8n-nodes-base.if', next: [['Next part'], [ACK.type]] },
				ACK_FIRST,
			],
			{ messages: 1 },
		);
		expect(done).toEqual([false]);
	});
});

describe('what did not come here is missed', () => {
	it.each(['throw', 'bare'])('from a branch that ended in a failure before Merge (%s)', async (as) => {
		const { done } = await acknowledged(
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
		const { done, reasons } = await acknowledged(twoBranches(true), { messages: 1 });
		expect(done).toEqual([false]);
		expect(reasons).toEqual(['The step "Send", which leads here as well, has not worked on this message yet']);
		expect((await acknowledged(twoBranches(false), { messages: 1 })).done).toEqual([true]);
	});

	it('from one item that was made of many, when n8n pairs it with the first of them', async () => {
		const { done } = await acknowledged([
			{ type: 'test.gather' },
			send('bare', {}, 0),
			ANSWER,
			{ type: 'test.double' },
			{
				...ACK,
				parameters: {
					source: 'define',
					receiptHandle: "={{ $('Start').all()[$itemIndex].json.MessageReceiptHandle }}",
				},
			},
		]);
		expect(done).toEqual([false, false, false]);
	});

	it('from code that caught its failure', async () => {
		const { done, reasons } = await acknowledged([{ type: 'n8n-nodes-base.code', name: 'Send' }, ANSWER, ACK]);
		expect(done).toEqual([false, false, false]);
		expect(new Set(reasons)).toEqual(new Set([OF_MESSAGE]));
	});

	it('from a step whose output is pinned in the editor', async () => {
		const { done, reasons } = await acknowledged([
			{ type: 'rocheS3Fetch' },
			{ ...ANSWER, name: 'Send', pinned: [{ status: 'stored' }] },
			ACK_FIRST,
		]);
		expect(done).toEqual([false, false, false]);
		expect(reasons).toEqual(['The output of the step "Send" is pinned, so that it did not run']);
	});

	it('though the receipt handle was changed on the way', async () => {
		const handle = "$('Start').item.json.MessageReceiptHandle";
		const short = { assignments: [{ name: 'receiptHandle', value: `={{ ${handle}.slice(0, 8) }}` }] };
		const { done } = await acknowledged([
			{ type: 'n8n-nodes-base.set', parameters: { assignments: short, includeOtherFields: false } },
			send('bare'),
			ANSWER,
			ACK,
		]);
		expect(done).toEqual([true, false, true]);
	});
});

it('an empty list of errors is no failure', async () => {
	const { done } = await acknowledged([{ type: 'rocheNotificationAck' }], {
		change: (item) => ({ ...item, error: [] }),
	});
	expect(done).toEqual([true, true, true]);
});

describe('a failure was made good, and the analyst says so', () => {
	it('when the items that left by the error output came another way', async () => {
		const { done } = await acknowledged([
			send('bare', { onError: 'continueErrorOutput', next: [[ACK.type], ['Other way']] }),
			{ ...ANSWER, name: 'Other way' },
			RECOVERED,
		]);
		expect(done).toEqual([true, true, true]);
	});

	it('when they did so in a round of a loop that has ended', async () => {
		const failsSecond = { failures: `={{ $runIndex === 1 ? [{ index: 0, as: 'bare', message: 'down' }] : [] }}` };
		const { done } = await acknowledged([
			{ type: 'n8n-nodes-base.splitInBatches', name: 'Loop', next: [[ACK.type], ['Send']] },
			send('bare', { parameters: failsSecond, onError: 'continueErrorOutput', next: [['Loop'], ['Other way']] }),
			{ ...ANSWER, name: 'Other way', next: [['Loop']] },
			RECOVERED,
		]);
		expect(done).toEqual([true, true, true]);
	});

	it('when the step did the item again', async () => {
		const failsAtFirst = { failures: `={{ $runIndex === 0 ? [{ index: 1, as: 'bare', message: 'down' }] : [] }}` };
		const { done } = await acknowledged([
			send('bare', { parameters: failsAtFirst }),
			{ type: 'n8n-nodes-base.if', next: [['Again'], ['Log']] },
			{ ...ANSWER, name: 'Again', next: [['Send']] },
			{ ...ANSWER, name: 'Log' },
			RECOVERED,
		]);
		expect(done).toEqual([true, true, true]);
	});

	it('when it was none: a step that stops at failures has answered with a field "error"', async () => {
		const { done } = await acknowledged([
			send('bare', { onError: 'stopWorkflow' }),
			{ type: 'n8n-nodes-base.if', next: [['Make a patient'], [ACK.type]] },
			{ ...ANSWER, name: 'Make a patient' },
			ACK,
		]);
		expect(done).toEqual([true, true, true]);
	});
});
