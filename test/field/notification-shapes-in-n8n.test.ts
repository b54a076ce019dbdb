import { acknowledgements, type NotificationItem, Roche } from '../engine/roche';

describe('a notification in n8n', () => {
	const roche = Roche.forAllTests();
	const STEPS = [{ type: 'rocheS3Fetch' }, { type: 'rocheNotificationAck' }] as const;

	/** The item before Roche S3 Fetch. */
	const SHAPES: Array<[string, (item: NotificationItem, url: string) => object]> = [
		['JSON in a string', (item) => ({ ...item, MessageReference: JSON.stringify(item.MessageReference) })],
		['the URL as a string', (item, url) => ({ ...item, MessageReference: url })],
		[
			"an item of n8n's Webhook node",
			({ operationId, ...body }) => ({ headers: { 'x-operation-id': operationId }, body }),
		],
		[
			'its body as a string',
			({ operationId, ...body }) => ({ headers: { 'x-operation-id': operationId }, body: JSON.stringify(body) }),
		],
	];

	it.each(SHAPES)('is fetched and acknowledged: %s', async (_name, shape) => {
		const [message] = await roche.notifications(1);
		if (!message) throw new Error('No message');
		const url = await roche.sandbox.presign({ objectKey: message.file.key, expiresSeconds: 600 });
		const run = await roche.run([shape(message.item, url)], [...STEPS]);
		expect(run.error?.message).toBeUndefined();
		expect(run.json('rocheS3Fetch')[0]?.file).toMatchObject({ sha256: message.file.sha256 });
		expect(acknowledgements(run)).toEqual([
			expect.objectContaining({ acknowledged: true, operationId: message.item.operationId }),
		]);
		expect(await roche.acknowledged()).toContain(message.item.MessageId);
		for (const step of STEPS) expect(JSON.stringify(run.json(step.type))).not.toMatch(/Signature/);
	});

	it('several files in one notification are an error before any request, so none of them is lost', async () => {
		const [message, more] = await roche.notifications(2);
		const MessageReference = [message?.item.MessageReference, more?.item.MessageReference];
		const run = await roche.run([{ ...message?.item, MessageReference }], [...STEPS]);
		expect(run.error?.message).toContain('MessageReference names several files');
		expect(await roche.sandbox.requests()).toEqual([]);
	});
});
