import { acknowledgements, Roche, type Step } from './roche';

const FETCH = 'rocheS3Fetch';
const ACK = 'rocheNotificationAck';
/** Continues with items that state their outcome. */
const LOOKED_AT: Step = { type: ACK, onError: 'continueRegularOutput' };
const roche = Roche.forAllTests();

describe('a message that failed before the ACK is not acknowledged:', () => {
	const failures = (as: string) => ({ failures: [{ index: 1, as, message: 'The EMR was down' }] });

	it.each(['json', 'item'])('an item with an error (%s), while the others are', async (as) => {
		const made = await roche.notifications(3);
		const fail = { type: 'test.fail' as const, parameters: failures(as), onError: 'continueRegularOutput' as const };
		const run = await roche.run(
			made.map(({ item }) => item),
			[fail, LOOKED_AT],
		);
		expect(acknowledgements(run).map((result) => result.acknowledged)).toEqual([true, false, true]);
		expect(acknowledgements(run)[1]?.reason).toBe('The step "test.fail" failed for an item of this message');
		expect(await roche.sandbox.requests('ack')).toHaveLength(2);
		expect(await roche.acknowledged()).not.toContain(made[1]?.item.MessageId);
	});

	it('a file that was deleted, with "continue" on Roche S3 Fetch', async () => {
		const made = await roche.notifications(3);
		await roche.sandbox.deleteFile(made[1]?.file.key ?? '');
		const steps = [
			{ type: 'rocheGetToken' as const },
			{ type: FETCH as 'rocheS3Fetch', onError: 'continueRegularOutput' as const },
			LOOKED_AT,
		];
		const run = await roche.run(
			made.map(({ item }) => item),
			steps,
		);
		expect(run.json(FETCH)[1]).toMatchObject({
			MessageId: made[1]?.item.MessageId,
			error: 'There is no file with this object key',
		});
		expect(acknowledgements(run).map((result) => result.acknowledged)).toEqual([true, false, true]);
		const done = await roche.acknowledged();
		expect(made.map(({ item }) => done.includes(item.MessageId))).toEqual([true, false, true]);
	});

	it('all messages after a step that failed as a whole and continued', async () => {
		const made = await roche.notifications(2);
		const fail = {
			type: 'test.fail' as const,
			name: 'Send to EMR',
			parameters: failures('throw'),
			onError: 'continueRegularOutput' as const,
		};
		const run = await roche.run(
			made.map(({ item }) => item),
			[fail, { type: 'n8n-nodes-base.noOp' }, LOOKED_AT],
		);
		expect(acknowledgements(run)).toEqual([
			{ acknowledged: false, reason: expect.stringContaining('"Send to EMR" failed') as string },
			{ acknowledged: false, reason: expect.stringContaining('"Send to EMR" failed') as string },
		]);
		expect(await roche.sandbox.requests('ack')).toEqual([]);
	});

	it('all items of a message of which one item failed', async () => {
		const [message] = await roche.notifications(1);
		const items = [1, 2, 3].map((n) => ({ ...message?.item, observation: n }));
		const fail = {
			type: 'test.fail' as const,
			parameters: failures('json'),
			onError: 'continueRegularOutput' as const,
		};
		const define = { source: 'define', receiptHandle: message?.item.MessageReceiptHandle ?? '', operationId: '' };
		const run = await roche.run(items, [fail, { ...LOOKED_AT, parameters: define }]);
		expect(acknowledgements(run).map((result) => result.acknowledged)).toEqual([false, false, false]);
		expect(await roche.sandbox.requests('ack')).toEqual([]);
	});

	it.each(['bare', 'item'])('a message of which one item lost all its fields when it failed (%s)', async (as) => {
		const made = await roche.notifications(2);
		const [failed, other] = made.map(({ item }) => item);
		const fail = { type: 'test.fail' as const, parameters: failures(as), onError: 'continueRegularOutput' as const };
		const run = await roche.run(
			[failed, failed, failed, other].map((item) => ({ ...item })),
			[{ type: 'n8n-nodes-base.noOp' }, fail, { type: 'n8n-nodes-base.noOp', name: 'Afterwards' }, LOOKED_AT],
		);
		expect(acknowledgements(run).map((result) => result.acknowledged)).toEqual([false, false, false, true]);
		const done = await roche.acknowledged();
		expect([failed, other].map((item) => done.includes(item?.MessageId ?? ''))).toEqual([false, true]);
	});

	it.each(['bare', 'item'])('a message of which one item left by the error output of a step (%s)', async (as) => {
		const made = await roche.notifications(2);
		const [failed, other] = made.map(({ item }) => item);
		const fail = { type: 'test.fail' as const, parameters: failures(as), onError: 'continueErrorOutput' as const };
		const run = await roche.run(
			[failed, failed, other].map((item) => ({ ...item })),
			[fail, LOOKED_AT],
		);
		expect(acknowledgements(run).map((result) => result.acknowledged)).toEqual([false, true]);
		const done = await roche.acknowledged();
		expect([failed, other].map((item) => done.includes(item?.MessageId ?? ''))).toEqual([false, true]);
	});

	it('all messages when a failed item does not show which one it belongs to', async () => {
		const made = await roche.notifications(3);
		const fail = {
			type: 'test.fail' as const,
			parameters: failures('unpaired'),
			onError: 'continueRegularOutput' as const,
		};
		const run = await roche.run(
			made.map(({ item }) => item),
			[fail, LOOKED_AT],
		);
		const reason = 'The step "test.fail" failed for an item of this message';
		// The item that may belong to any message is output once for each.
		expect(acknowledgements(run).map((result) => [result.acknowledged, result.reason])).toEqual(
			Array(5).fill([false, reason]),
		);
		expect(await roche.sandbox.requests('ack')).toEqual([]);
	});

	it('the items pass through with the reason if the user chooses this', async () => {
		const made = await roche.notifications(2);
		const fail = {
			type: 'test.fail' as const,
			parameters: failures('bare'),
			onError: 'continueRegularOutput' as const,
		};
		const run = await roche.run(
			made.map(({ item }) => item),
			[fail, { type: ACK, parameters: { options: { heldBack: 'passThrough' } } }],
		);
		expect(run.status).toBe('success');
		const reason = 'The step "test.fail" failed for an item of this message';
		expect(run.json(ACK)).toMatchObject([{ ack: { acknowledged: true } }, { ack: { acknowledged: false, reason } }]);
		expect(run.hints(ACK)).toEqual([
			{ message: `A message was not acknowledged: ${reason}.`, type: 'warning', location: 'outputPane' },
		]);
	});
});

describe('a message that is held back fails the run', () => {
	it('after the others were acknowledged, and the error states how many were held back and by which steps', async () => {
		const made = await roche.notifications(3);
		const failures = [0, 2].map((index) => ({ index, as: 'bare', message: 'The EMR was down' }));
		const run = await roche.run(
			made.map(({ item }) => item),
			[{ type: 'test.fail', name: 'Send', parameters: { failures }, onError: 'continueRegularOutput' }, { type: ACK }],
		);
		expect(run.status).toBe('error');
		expect(run.error).toMatchObject({
			name: 'NodeOperationError',
			message: '2 messages were held back: The step "Send" failed for an item of this message',
			context: { heldBack: { messages: 2, steps: ['Send'] } },
		});
		expect(await roche.acknowledged()).toContain(made[1]?.item.MessageId);
		expect(await roche.sandbox.requests('ack')).toHaveLength(1);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'except with "%s", which outputs an item that states it',
		async (onError) => {
			const made = await roche.notifications(2);
			const failures = [{ index: 0, as: 'bare', message: 'The EMR was down' }];
			const run = await roche.run(
				made.map(({ item }) => item),
				[
					{ type: 'test.fail', name: 'Send', parameters: { failures }, onError: 'continueRegularOutput' },
					{ type: ACK, onError },
				],
			);
			expect(run.status).toBe('success');
			const error = 'A message was held back: The step "Send" failed for an item of this message';
			const failed = run.json(ACK, onError === 'continueErrorOutput' ? 1 : 0)[0];
			expect(failed).toMatchObject({ error });
			expect(run.json(ACK).at(-1)).toMatchObject({ ack: { acknowledged: true } });
		},
	);
});

describe('each receipt handle is sent once in a run', () => {
	it('when several items come from one message', async () => {
		const [message] = await roche.notifications(1);
		const run = await roche.run(
			[1, 2, 3].map((n) => ({ ...message?.item, n })),
			[{ type: ACK }],
		);
		expect(acknowledgements(run).map((result) => result.acknowledged)).toEqual([true, true, true]);
		expect(await roche.sandbox.requests('ack')).toHaveLength(1);
	});

	it('when n8n runs the node again because its first item failed', async () => {
		const made = await roche.notifications(2);
		const items = [{ MessageReceiptHandle: 'AQEBunknown' }, made[0]?.item ?? {}, made[1]?.item ?? {}];
		const run = await roche.run(items, [{ type: ACK, onError: 'continueRegularOutput', retryOnFail: true }]);
		expect(acknowledgements(run).map((result) => result.acknowledged)).toEqual([false, true, true]);
		const handles = (await roche.sandbox.requests('ack')).map(({ headers }) => headers.receipthandle);
		expect(handles.filter((handle) => handle === made[0]?.item.MessageReceiptHandle)).toHaveLength(1);
		expect(handles.length).toBeGreaterThan(3);
	});
});
