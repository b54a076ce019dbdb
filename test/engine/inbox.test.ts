import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { ACK, ANSWER, claim, FETCH, inbox, InboxRig, TOKEN } from './inbox-runs';
import type { BinaryMode } from './protocol';
import { chain, type NotificationItem, type Step } from './roche';

const rig = InboxRig.forAllTests();

describe('store', () => {
	describe("the item of n8n's Webhook node", () => {
		const webhookItem = (item: NotificationItem, handle: string, operationId: string) => ({
			headers: { 'x-operation-id': operationId },
			body: { ...item, operationId: undefined, MessageReceiptHandle: handle },
		});
		const notification = async (): Promise<NotificationItem> => {
			const [made] = await rig.roche.notifications(1);
			if (made === undefined) throw new Error('No notification was made');
			return made.item;
		};
		const keep = async (folder: string, item: IDataObject) =>
			(await rig.roche.run([item], [inbox(folder, 'keep', { resource: 'notification' })])).json('keep')[0] ?? {};

		it('is stored with its operation id', async () => {
			const kept = await keep(rig.newFolder(), webhookItem(await notification(), 'handle-1', 'operation-7'));
			expect(kept).toMatchObject({ MessageReceiptHandle: 'handle-1', operationId: 'operation-7' });
		});

		it('of an older delivery does not replace the handle of a newer one', async () => {
			const item = await notification();
			const folder = rig.newFolder();
			const older = await keep(folder, webhookItem(item, 'handle-1', 'operation-1'));
			await keep(folder, webhookItem(item, 'handle-2', 'operation-2'));
			const run = await rig.roche.run([older], [TOKEN, FETCH, inbox(folder, 'store')]);
			expect(run.json('store')).toMatchObject([{ MessageReceiptHandle: 'handle-2', operationId: 'operation-2' }]);
		});

		it('is not mixed with the fields beside its body', async () => {
			const item = await notification();
			const kept = await keep(rig.newFolder(), { ...webhookItem(item, 'handle-1', ''), MessageId: 'of-another' });
			expect(kept).toMatchObject({ MessageId: item.MessageId, MessageReceiptHandle: 'handle-1' });
		});
	});

	it.each<BinaryMode>(['filesystem', 'default'])(
		'is followed by the ACK, with binary data in mode %s',
		async (binaryMode) => {
			const folder = rig.newFolder();
			const made = await rig.roche.notifications(2);
			const items = made.map(({ item }) => item);
			const run = await rig.roche.run(items, [TOKEN, FETCH, inbox(folder, 'store'), ACK], { binaryMode });
			expect(run.json('store').map((json) => json.inbox)).toMatchObject(
				made.map(({ file }) => ({ state: 'stored', sha256: file.sha256, size: file.size })),
			);
			expect(run.json('rocheNotificationAck')).toMatchObject([
				{ ack: { acknowledged: true } },
				{ ack: { acknowledged: true } },
			]);
			const out = await rig.roche.run([{}], [claim(folder)], { binaryMode });
			const bytes = await Promise.all(
				out.items('claim').map(async ({ binary }) => await rig.roche.engine.readBinary(binary?.data)),
			);
			expect(bytes.map((one) => createHash('sha256').update(one).digest('hex')).sort()).toEqual(
				made.map(({ file }) => file.sha256).sort(),
			);
		},
	);

	it('that fails keeps the message from being acknowledged, whatever its On Error is', async () => {
		const blocked = join(rig.allowed, 'a-file');
		writeFileSync(blocked, '');
		const [first] = await rig.roche.notifications(1);
		for (const onError of ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const) {
			const next = onError === 'continueErrorOutput' ? [['rocheNotificationAck'], ['rocheNotificationAck']] : undefined;
			const run = await rig.roche.run(
				[first?.item ?? {}],
				[TOKEN, FETCH, inbox(blocked, 'store', { onError, next }), ACK],
			);
			expect(run.status).toBe('error');
		}
		expect(await rig.roche.acknowledged()).not.toContain(first?.item.MessageId);
	});

	it('recognizes a redelivery, stores its handle, and does not claim the file again once it is delivered', async () => {
		const folder = rig.newFolder();
		const [item] = await rig.storeAll(folder, 1);
		const { notification, operationId } = await rig.roche.sandbox.redeliver(item?.MessageId ?? '');
		const again = { ...notification, operationId };
		const run = await rig.roche.run([again], [TOKEN, FETCH, inbox(folder, 'store'), ACK]);
		expect(run.json('store')).toMatchObject([{ inbox: { state: 'alreadyStored' } }]);
		expect(run.json('rocheNotificationAck')).toMatchObject([{ ack: { acknowledged: true } }]);
		const out = await rig.roche.run([{}], [claim(folder), ANSWER, inbox(folder, 'done')]);
		expect(out.json('claim')).toMatchObject([{ MessageReceiptHandle: again.MessageReceiptHandle }]);
		expect(out.json('done')).toMatchObject([{ MessageId: again.MessageId, inbox: { state: 'delivered' } }]);
		const third = await rig.roche.run([again], [TOKEN, FETCH, inbox(folder, 'store')]);
		expect(third.json('store')).toMatchObject([{ inbox: { state: 'alreadyDelivered' } }]);
		expect((await rig.roche.run([{}], [claim(folder)])).json('claim')).toEqual([]);
	});

	it('of an older delivery that arrives late outputs the newest handle', async () => {
		const folder = rig.newFolder();
		const [made] = await rig.roche.notifications(1);
		const [early, late] = ['2026-01-01T10:00:00Z', '2026-01-01T10:30:00Z'];
		const newest = { ...made?.item, receivedAt: late, MessageReceiptHandle: 'the newest' };
		await rig.roche.run([newest], [TOKEN, FETCH, inbox(folder, 'store')]);
		const run = await rig.roche.run([{ ...made?.item, receivedAt: early }], [TOKEN, FETCH, inbox(folder, 'store')]);
		expect(run.json('store')).toMatchObject([{ MessageReceiptHandle: 'the newest' }]);
	});

	it('without a file, or without a MessageId, states what is missing', async () => {
		const folder = rig.newFolder();
		const [made] = await rig.roche.notifications(1);
		const noFile = await rig.roche.run([made?.item ?? {}], [inbox(folder, 'store')]);
		expect(noFile.error?.message).toMatch(/^Input Binary Field names a field that the item does not have/);
		const noMessage = await rig.roche.run([{ a: 1 }], [inbox(folder, 'look')]);
		expect(noMessage.error?.message).toBe('MessageId is missing in the item');
	});
});

describe('done', () => {
	it('marks only delivered files: a step that failed and continued holds its file back', async () => {
		const folder = rig.newFolder();
		const items = await rig.storeAll(folder, 3);
		const failures = [{ index: 1, as: 'bare', message: 'the EMR refused it' }];
		const fail: Step = { type: 'test.fail', parameters: { failures }, onError: 'continueRegularOutput' };
		const run = await rig.roche.run([{}], [claim(folder), fail, ANSWER, inbox(folder, 'done')]);
		expect(run.error?.message).toMatch(
			/^The file was not marked as delivered: The step "test.fail" failed for an item/,
		);
		const look = await rig.roche.run(items, [inbox(folder, 'look')]);
		expect(
			look
				.json('look')
				.map(({ inbox: found }) => (found as { state: string }).state)
				.sort(),
		).toEqual(['claimed', 'delivered', 'delivered']);
	});

	it('after an error output marks the others, and release returns the failed one to the inbox', async () => {
		const folder = rig.newFolder();
		await rig.storeAll(folder, 3);
		const fail: Step = {
			type: 'test.fail',
			parameters: { failures: [{ index: 0, as: 'bare', message: 'down' }] },
			onError: 'continueErrorOutput',
			next: [['done'], ['release']],
		};
		const run = await rig.roche.run(
			[{}],
			[claim(folder), fail, inbox(folder, 'done', { next: [] }), inbox(folder, 'release')],
		);
		expect(run.status).toBe('success');
		expect(run.json('done')).toHaveLength(2);
		expect(run.json('release')).toMatchObject([{ inbox: { state: 'released', attempts: 1 } }]);
		// The pause before the next attempt has begun.
		expect((await rig.roche.run([{}], [claim(folder)])).json('claim')).toEqual([]);
	});

	it('waits until every part of a file is delivered', async () => {
		const folder = rig.newFolder();
		await rig.storeAll(folder, 1);
		const twice: Step = { type: 'test.double', next: [['Loop']] };
		const loop: Step = {
			type: 'n8n-nodes-base.splitInBatches',
			name: 'Loop',
			typeVersion: 3,
			parameters: { batchSize: 1 },
			next: [[], ['Deliver']],
		};
		const run = await rig.roche.run(
			[{}],
			[claim(folder), twice, loop, { ...ANSWER, next: [['done']] }, inbox(folder, 'done', { next: [['Loop']] })],
		);
		const states = run.tasks('done').map(({ data }) => data?.main?.[0]?.[0]?.json.inbox);
		expect(states).toMatchObject([{ state: 'claimed', waiting: true }, { state: 'delivered' }]);
	});

	it('marks nothing if it cannot see the run', async () => {
		const { nodes } = chain([], [inbox(rig.newFolder(), 'done')]);
		const run = await rig.roche.engine.runWorkflow({
			workflow: { nodes: nodes.filter(({ name }) => name !== 'Start'), connections: {} },
			credentials: {},
			startNode: 'done',
		});
		expect(run.error?.message).toBe('This node cannot see what the steps before it have done, so it marks nothing');
	});

	it('of a message that is not in the inbox is an error', async () => {
		const [one, other] = [rig.newFolder(), rig.newFolder()];
		await rig.storeAll(one, 1);
		const run = await rig.roche.run([{}], [claim(one), inbox(other, 'done')]);
		expect(run.error?.message).toBe('The inbox does not contain the message of this item');
	});
});

it('missing fields and invalid options are reported before anything changes', async () => {
	const folder = rig.newFolder();
	await rig.storeAll(folder, 2);
	const unlinked: Step = {
		type: 'test.fail',
		parameters: { failures: [0, 1].map((index) => ({ index, as: 'unpaired', message: '' })) },
	};
	const run = await rig.roche.run([{}], [claim(folder), unlinked, inbox(folder, 'release')]);
	expect(run.error?.message).toMatch(/^The message of this item is not known/);
	const options = { options: { deliverWithin: -1 } };
	const negative = await rig.roche.run([{}], [inbox(folder, 'report', { parameters: options })]);
	expect(negative.error?.message).toBe('Deliver Within (Minutes) must be a number of at least 0');
	const long = await rig.roche.run(
		[{}],
		[inbox(folder, 'claim', { parameters: { most: 10, options: { lease: 90_000 } } })],
	);
	expect(long.error?.message).toBe('Lease (Seconds) must be a whole number from 1 to 86400');
});
