import type { IDataObject } from 'n8n-workflow';
import { Roche } from './roche';

const FETCH = 'rocheS3Fetch';
const ACK = 'rocheNotificationAck';
const roche = Roche.forAllTests();

const ack = (run: { json(node: string): IDataObject[] }) => run.json(ACK).map((json) => json.ack as IDataObject);
async function acknowledged(): Promise<string[]> {
	return (await roche.sandbox.state()).messages
		.filter((message) => message.acknowledged)
		.map(({ messageId }) => messageId);
}

describe('Roche Notification ACK', () => {
	it('acknowledges the message of the item, and says when and how', async () => {
		const [message] = await roche.notifications(1);
		const run = await roche.run([{ ...message?.item, awsCredentials: { AccessKeyId: 'x' }, mine: 1 }], [{ type: ACK }]);
		const [request] = await roche.sandbox.requests('ack');
		const { awsCredentials: _none, ...fields } = { ...message?.item, mine: 1 } as IDataObject;
		expect(run.json(ACK)).toEqual([
			{
				...fields,
				ack: {
					acknowledged: true,
					statusCode: 200,
					originRequestId: request?.headers['x-origin-request-id'],
					operationId: message?.item.operationId,
					attempts: 1,
					acknowledgedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
				},
			},
		]);
		expect(new Map(request?.rawHeaders).get('receiptHandle')).toBe(message?.item.MessageReceiptHandle);
		expect(request?.headers['x-operation-id']).toBe(message?.item.operationId);
		expect(request).toMatchObject({ method: 'POST', path: '/partners/services/api/v1/notification/ack', bodyBytes: 0 });
		expect(await acknowledged()).toContain(message?.item.MessageId);
	});

	it('takes receipt handle and operation id from its own fields when told to', async () => {
		const [message] = await roche.notifications(1);
		const parameters = { source: 'define', receiptHandle: '={{ $json.handle }}', operationId: '' };
		await roche.run([{ handle: ` ${message?.item.MessageReceiptHandle}\n` }], [{ type: ACK, parameters }]);
		const [request] = await roche.sandbox.requests('ack');
		expect(request?.headers).not.toHaveProperty('x-operation-id');
		expect(await acknowledged()).toContain(message?.item.MessageId);
	});

	it('passes binary data on and keeps the order of the input', async () => {
		const made = await roche.notifications(15);
		const run = await roche.run(
			made.map(({ item }) => item),
			[{ type: FETCH }, { type: ACK, parameters: { options: { concurrency: 4 } } }],
		);
		expect(run.json(ACK).map(({ MessageId }) => MessageId)).toEqual(made.map(({ item }) => item.MessageId));
		expect(run.items(ACK).map(({ pairedItem }) => pairedItem)).toEqual(made.map((_, item) => ({ item })));
		expect(run.items(ACK).every(({ binary }) => binary?.data !== undefined)).toBe(true);
	});

	it.each([
		['is missing', {}, /^Receipt Handle is missing/],
		['is empty', { MessageReceiptHandle: ' ' }, /^Receipt Handle is empty/],
		['holds a line break', { MessageReceiptHandle: 'AQEB\r\nx-evil: 1' }, /^Receipt Handle holds a line break/],
		[
			'holds a character that no header carries',
			{ MessageReceiptHandle: 'AQEBä' },
			/^Receipt Handle holds a character/,
		],
	])('sends nothing when the receipt handle %s', async (_name, item, message) => {
		const run = await roche.run([item], [{ type: ACK }]);
		expect(run.error).toMatchObject({ name: 'NodeOperationError', message: expect.stringMatching(message) as string });
		expect(await roche.sandbox.requests()).toEqual([]);
	});

	it('says that a handle is not valid, without repeating it', async () => {
		const run = await roche.run([{ MessageReceiptHandle: 'AQEBunknown+/=' }], [{ type: ACK }]);
		expect(run.error).toMatchObject({ message: 'The receipt handle is not valid (400)', httpCode: '400' });
		expect(run.error?.description).toContain('newest delivery');
		expect(JSON.stringify([run.error, run.log])).not.toContain('AQEBunknown');
	});

	it('acknowledges a redelivered message with the newest handle only', async () => {
		const [message] = await roche.notifications(1);
		const newest = await roche.sandbox.redeliver(message?.item.MessageId ?? '');
		const items = [message?.item ?? {}, { ...newest.notification }];
		const run = await roche.run(items, [{ type: ACK, onError: 'continueRegularOutput' }]);
		expect(ack(run)).toMatchObject([{ acknowledged: false }, { acknowledged: true }]);
	});
});

describe('an answer that was lost', () => {
	it('counts as acknowledged when the repeated handle is refused', async () => {
		const [message] = await roche.notifications(1);
		await roche.sandbox.fault({ target: 'ack', fault: { kind: 'process-then-drop' } });
		const run = await roche.run([message?.item ?? {}], [{ type: ACK }]);
		expect(ack(run)).toMatchObject([{ acknowledged: true, alreadyAcknowledged: true, statusCode: 400, attempts: 2 }]);
	});

	it('is not assumed after an answer of 500: a handle that is refused then is an error', async () => {
		await roche.sandbox.fault({ target: 'ack', fault: { kind: 'status', status: 500 } });
		const run = await roche.run([{ MessageReceiptHandle: 'AQEBunknown' }], [{ type: ACK }]);
		expect(run.error?.message).toBe('The receipt handle is not valid (400)');
	});
});

describe('what failed before is never acknowledged', () => {
	const failures = (as: string) => ({ failures: [{ index: 1, as, message: 'The EMR was down' }] });

	it.each(['json', 'item'])('neither an item with an error (%s), while the others are', async (as) => {
		const made = await roche.notifications(3);
		const fail = { type: 'test.fail' as const, parameters: failures(as), onError: 'continueRegularOutput' as const };
		const run = await roche.run(
			made.map(({ item }) => item),
			[fail, { type: ACK }],
		);
		expect(ack(run).map((result) => result.acknowledged)).toEqual([true, false, true]);
		expect(ack(run)[1]?.reason).toMatch(/earlier step/);
		expect(await roche.sandbox.requests('ack')).toHaveLength(2);
		expect(await acknowledged()).not.toContain(made[1]?.item.MessageId);
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
		expect(ack(run).map((result) => result.acknowledged)).toEqual([true, false, true]);
		const done = await acknowledged();
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
		expect(ack(run)).toEqual([
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
		expect(ack(run).map((result) => result.acknowledged)).toEqual([false, false, false]);
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
		expect(ack(run).map((result) => result.acknowledged)).toEqual([true, true, true]);
		expect(await roche.sandbox.requests('ack')).toHaveLength(1);
	});

	it('when n8n runs the node again because its first item failed', async () => {
		const made = await roche.notifications(2);
		const items = [{ MessageReceiptHandle: 'AQEBunknown' }, made[0]?.item ?? {}, made[1]?.item ?? {}];
		const run = await roche.run(items, [{ type: ACK, onError: 'continueRegularOutput', retryOnFail: true }]);
		expect(ack(run).map((result) => result.acknowledged)).toEqual([false, true, true]);
		const handles = (await roche.sandbox.requests('ack')).map(({ headers }) => headers.receipthandle);
		expect(handles.filter((handle) => handle === made[0]?.item.MessageReceiptHandle)).toHaveLength(1);
		expect(handles.length).toBeGreaterThan(3);
	});
});

describe('when the node fails', () => {
	it('continues with an item that says so, on the regular output', async () => {
		const [message] = await roche.notifications(1);
		const items = [{ MessageReceiptHandle: 'AQEBunknown', MessageId: 'm' }, message?.item ?? {}];
		const run = await roche.run(items, [{ type: ACK, onError: 'continueRegularOutput' }]);
		expect(run.json(ACK)).toMatchObject([
			{
				MessageId: 'm',
				error: 'The receipt handle is not valid (400)',
				details: { httpCode: '400', description: expect.stringContaining('x-origin-request-id: ') as string },
				ack: { acknowledged: false },
			},
			{ ack: { acknowledged: true } },
		]);
	});

	it('continues with items that say so when an option that counts for all of them cannot be used', async () => {
		const made = await roche.notifications(2);
		const parameters = { options: { concurrency: 0 } };
		const items = made.map(({ item }) => item);
		const run = await roche.run(items, [{ type: ACK, parameters, onError: 'continueRegularOutput' }]);
		const failed = { error: 'Concurrency must be a whole number from 1', ack: { acknowledged: false } };
		expect(run.json(ACK)).toMatchObject(items.map(({ MessageId }) => ({ MessageId, ...failed })));
		expect(run.nodeError(ACK)).toBeUndefined();
		expect(await roche.sandbox.requests('ack')).toEqual([]);
	});

	it('sends the failed item to the error output with the fields of its input', async () => {
		const [message] = await roche.notifications(1);
		const items = [{ MessageReceiptHandle: 'AQEBunknown', MessageId: 'm' }, message?.item ?? {}];
		const run = await roche.run(items, [{ type: ACK, onError: 'continueErrorOutput' }]);
		expect(run.json(ACK)).toMatchObject([{ ack: { acknowledged: true } }]);
		expect(run.items(ACK, 1).map(({ json }) => json)).toMatchObject([
			{ MessageId: 'm', error: 'The receipt handle is not valid (400)' },
		]);
	});

	it('ends at once when the run is cancelled', async () => {
		const [message] = await roche.notifications(1);
		await roche.sandbox.fault({ target: 'ack', times: 4, fault: { kind: 'stall', when: 'headers' } });
		const run = await roche.run([message?.item ?? {}], [{ type: ACK }], { signal: AbortSignal.timeout(1000) });
		expect(run.status).toBe('canceled');
		expect(run.cancelTook).toBeLessThan(2000);
	});
});
