import { acknowledgements, Roche } from './roche';

const FETCH = 'rocheS3Fetch';
const ACK = 'rocheNotificationAck';
const roche = Roche.forAllTests();

describe('what failed before is never acknowledged', () => {
	const failures = (as: string) => ({ failures: [{ index: 1, as, message: 'The EMR was down' }] });

	it.each(['json', 'item'])('neither an item with an error (%s), while the others are', async (as) => {
		const made = await roche.notifications(3);
		const fail = { type: 'test.fail' as const, parameters: failures(as), onError: 'continueRegularOutput' as const };
		const run = await roche.run(
			made.map(({ item }) => item),
			[fail, { type: ACK }],
		);
		expect(acknowledgements(run).map((result) => result.acknowledged)).toEqual([true, false, true]);
		expect(acknowledgements(run)[1]?.reason).toMatch(/earlier step/);
		expect(await roche.sandbox.requests('ack')).toHaveLength(2);
		expect(await roche.acknowledged()).not.toContain(made[1]?.item.MessageId);
	});

	it('nor a file that was deleted, with "continue" on Roche S3 Fetch', async () => {
		const made = await roche.notifications(3);
		await roche.sandbox.deleteFile(made[1]?.file.key ?? '');
		const steps = [
			{ type: 'rocheGetToken' as const },
			{ type: FETCH as 'rocheS3Fetch', onError: 'continueRegularOutput' as const },
			{ type: ACK as 'rocheNotificationAck' },
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

	it('nor anything after a step that failed as a whole and let the run go on', async () => {
		const made = await roche.notifications(2);
		const fail = {
			type: 'test.fail' as const,
			name: 'Send to EMR',
			parameters: failures('throw'),
			onError: 'continueRegularOutput' as const,
		};
		const run = await roche.run(
			made.map(({ item }) => item),
			[fail, { type: 'n8n-nodes-base.noOp' }, { type: ACK }],
		);
		expect(acknowledgements(run)).toEqual([
			{ acknowledged: false, reason: expect.stringContaining('"Send to EMR" failed') as string },
			{ acknowledged: false, reason: expect.stringContaining('"Send to EMR" failed') as string },
		]);
		expect(await roche.sandbox.requests('ack')).toEqual([]);
	});

	it('nor any item of a message of which one item failed', async () => {
		const [message] = await roche.notifications(1);
		const items = [1, 2, 3].map((n) => ({ ...message?.item, observation: n }));
		const fail = {
			type: 'test.fail' as const,
			parameters: failures('json'),
			onError: 'continueRegularOutput' as const,
		};
		const define = { source: 'define', receiptHandle: message?.item.MessageReceiptHandle ?? '', operationId: '' };
		const run = await roche.run(items, [fail, { type: ACK, parameters: define }]);
		expect(acknowledgements(run).map((result) => result.acknowledged)).toEqual([false, false, false]);
		expect(await roche.sandbox.requests('ack')).toEqual([]);
	});

	it.each(['bare', 'item'])('nor one of which one item lost all its fields when it failed (%s)', async (as) => {
		const made = await roche.notifications(2);
		const [failed, other] = made.map(({ item }) => item);
		const fail = { type: 'test.fail' as const, parameters: failures(as), onError: 'continueRegularOutput' as const };
		const run = await roche.run(
			[failed, failed, failed, other].map((item) => ({ ...item })),
			[{ type: 'n8n-nodes-base.noOp' }, fail, { type: 'n8n-nodes-base.noOp', name: 'Afterwards' }, { type: ACK }],
		);
		expect(acknowledgements(run).map((result) => result.acknowledged)).toEqual([false, false, false, true]);
		const done = await roche.acknowledged();
		expect([failed, other].map((item) => done.includes(item?.MessageId ?? ''))).toEqual([false, true]);
	});

	it.each(['bare', 'item'])('nor one of which one item left by the error output of a step (%s)', async (as) => {
		const made = await roche.notifications(2);
		const [failed, other] = made.map(({ item }) => item);
		const fail = { type: 'test.fail' as const, parameters: failures(as), onError: 'continueErrorOutput' as const };
		const run = await roche.run(
			[failed, failed, other].map((item) => ({ ...item })),
			[fail, { type: ACK }],
		);
		expect(acknowledgements(run).map((result) => result.acknowledged)).toEqual([false, true]);
		const done = await roche.acknowledged();
		expect([failed, other].map((item) => done.includes(item?.MessageId ?? ''))).toEqual([false, true]);
	});

	it('nor any message when an item that failed does not tell which one it belongs to', async () => {
		const made = await roche.notifications(3);
		const fail = {
			type: 'test.fail' as const,
			parameters: failures('unpaired'),
			onError: 'continueRegularOutput' as const,
		};
		const run = await roche.run(
			made.map(({ item }) => item),
			[fail, { type: ACK }],
		);
		expect(acknowledgements(run).map(({ acknowledged, reason }) => [acknowledged, reason])).toEqual([
			[false, 'Another item failed, and it does not tell which message it belongs to'],
			[false, 'The item carries the failure of an earlier step in its field "error"'],
			[false, 'Another item failed, and it does not tell which message it belongs to'],
		]);
		expect(await roche.sandbox.requests('ack')).toEqual([]);
	});

	it('and is an error of the node when it must not pass through', async () => {
		const [message] = await roche.notifications(1);
		const run = await roche.run(
			[{ ...message?.item, error: 'down' }],
			[{ type: ACK, parameters: { options: { skipFailedItems: false } } }],
		);
		expect(run.error?.message).toMatch(/^The message was not acknowledged/);
		expect(await roche.sandbox.requests('ack')).toEqual([]);
	});
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
