import type { IDataObject } from 'n8n-workflow';
import { acknowledgements, Roche } from './roche';

const FETCH = 'rocheS3Fetch';
const ACK = 'rocheNotificationAck';
const roche = Roche.forAllTests();

describe('Roche Notification ACK', () => {
	it('acknowledges the message of the item, and outputs when and how', async () => {
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
		expect(await roche.acknowledged()).toContain(message?.item.MessageId);
	});

	it('takes receipt handle and operation id from its own fields if they are set', async () => {
		const [message] = await roche.notifications(1);
		const parameters = { source: 'define', receiptHandle: '={{ $json.handle }}', operationId: '' };
		await roche.run([{ handle: ` ${message?.item.MessageReceiptHandle}\n` }], [{ type: ACK, parameters }]);
		const [request] = await roche.sandbox.requests('ack');
		expect(request?.headers).not.toHaveProperty('x-operation-id');
		expect(await roche.acknowledged()).toContain(message?.item.MessageId);
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
		['is empty', { MessageReceiptHandle: ' ' }, /^Receipt Handle is missing/],
		['contains a line break', { MessageReceiptHandle: 'AQEB\r\nx-evil: 1' }, /^Receipt Handle contains a line break/],
		[
			'contains a character that no header can contain',
			{ MessageReceiptHandle: 'AQEBä' },
			/^Receipt Handle contains a character/,
		],
	])('sends nothing if the receipt handle %s', async (_name, item, message) => {
		const run = await roche.run([item], [{ type: ACK }]);
		expect(run.error).toMatchObject({ name: 'NodeOperationError', message: expect.stringMatching(message) as string });
		expect(await roche.sandbox.requests()).toEqual([]);
	});

	it('reports a missing handle if an expression does not find it', async () => {
		const parameters = { source: 'define', receiptHandle: '={{ $json.nothing }}' };
		const run = await roche.run([{ MessageId: 'm' }], [{ type: ACK, parameters }]);
		expect(run.error?.message).toBe('Receipt Handle is missing');
		expect(await roche.sandbox.requests()).toEqual([]);
	});

	it('reports that a handle is not valid, without repeating it', async () => {
		const run = await roche.run([{ MessageReceiptHandle: 'AQEBunknown+/=' }], [{ type: ACK }]);
		expect(run.error).toMatchObject({ message: 'The receipt handle is not valid (400)', httpCode: '400' });
		expect(run.error?.description).toContain('newest notification');
		expect(JSON.stringify([run.error, run.log])).not.toContain('AQEBunknown');
	});

	it('acknowledges a redelivered message with the newest handle only', async () => {
		const [message] = await roche.notifications(1);
		const newest = await roche.sandbox.redeliver(message?.item.MessageId ?? '');
		const items = [message?.item ?? {}, { ...newest.notification }];
		const run = await roche.run(items, [{ type: ACK, onError: 'continueRegularOutput' }]);
		expect(acknowledgements(run)).toMatchObject([{ acknowledged: false }, { acknowledged: true }]);
	});
});

describe('an answer of Roche that is lost', () => {
	it('counts as an acknowledgement if the repeated handle is refused', async () => {
		const [message] = await roche.notifications(1);
		await roche.sandbox.fault({ target: 'ack', fault: { kind: 'process-then-drop' } });
		const run = await roche.run([message?.item ?? {}], [{ type: ACK }]);
		expect(acknowledgements(run)).toMatchObject([
			{ acknowledged: true, alreadyAcknowledged: true, statusCode: 400, attempts: 2 },
		]);
	});

	it('is not assumed after a 500: a handle refused after that is an error', async () => {
		await roche.sandbox.fault({ target: 'ack', fault: { kind: 'status', status: 500 } });
		const run = await roche.run([{ MessageReceiptHandle: 'AQEBunknown' }], [{ type: ACK }]);
		expect(run.error?.message).toBe('The receipt handle is not valid (400)');
	});
});

describe('when the node fails', () => {
	it('continues with an item that contains the error, on the regular output', async () => {
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

	it('continues with items that contain the error if an option that applies to all items is not valid', async () => {
		const made = await roche.notifications(2);
		const parameters = { options: { concurrency: 0 } };
		const items = made.map(({ item }) => item);
		const run = await roche.run(items, [{ type: ACK, parameters, onError: 'continueRegularOutput' }]);
		const failed = { error: 'Concurrency must be a whole number of at least 1', ack: { acknowledged: false } };
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

	it.each(['stopWorkflow', 'continueRegularOutput'] as const)(
		'ends at once when the run is cancelled (%s)',
		async (onError) => {
			const [message] = await roche.notifications(1);
			await roche.sandbox.fault({ target: 'ack', times: 4, fault: { kind: 'stall', when: 'headers' } });
			const run = await roche.run([message?.item ?? {}], [{ type: ACK, onError }], {
				signal: AbortSignal.timeout(1000),
			});
			expect(run.status).toBe('canceled');
		},
	);
});
