import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import type { BinaryMode } from './protocol';
import { chain, type NotificationItem, Roche, type Step } from './roche';

const allowed = mkdtempSync(join(tmpdir(), 'roche-inbox-engine-'));
let roche: Roche;
beforeAll(async () => {
	roche = await Roche.start({}, { N8N_RESTRICT_FILE_ACCESS_TO: allowed });
}, 60_000);
afterAll(async () => {
	await roche.stop();
	rmSync(allowed, { recursive: true, force: true });
});
beforeEach(async () => await roche.reset());

let count = 0;
/** A new folder for each test. */
const newFolder = (): string => join(allowed, `inbox-${(count += 1)}`);

function inbox(folder: string, operation: string, more: Partial<Step> & { resource?: string } = {}): Step {
	const { resource = 'file', parameters, ...rest } = more;
	return { type: 'rocheInbox', name: operation, parameters: { resource, operation, folder, ...parameters }, ...rest };
}

const TOKEN: Step = { type: 'rocheGetToken' };
const FETCH: Step = { type: 'rocheS3Fetch' };
const ACK: Step = { type: 'rocheNotificationAck' };
const ANSWER: Step = { type: 'test.answer', name: 'Deliver' };
const claim = (folder: string, most = 10): Step => inbox(folder, 'claim', { parameters: { most } });

async function storeAll(folder: string, messages: number): Promise<NotificationItem[]> {
	const items = (await roche.notifications(messages)).map(({ item }) => item);
	await roche.run(items, [TOKEN, FETCH, inbox(folder, 'store')]);
	return items;
}

describe('store', () => {
	it("keeps the notification of an item of n8n's Webhook node, with its operation id", async () => {
		const [made] = await roche.notifications(1);
		const body = { ...made?.item, operationId: undefined };
		const item = { headers: { 'x-operation-id': 'operation-7' }, body };
		const folder = newFolder();
		await roche.run(
			[item],
			[inbox(folder, 'keep', { resource: 'notification', parameters: { options: { lease: 1 } } })],
		);
		await new Promise((resolve) => setTimeout(resolve, 1100));
		const run = await roche.run([{}], [inbox(folder, 'claim', { resource: 'notification', parameters: { most: 1 } })]);
		expect(run.json('claim')).toMatchObject([
			{ MessageId: made?.item.MessageId, MessageReference: made?.item.MessageReference, operationId: 'operation-7' },
		]);
	});

	it.each<BinaryMode>(['filesystem', 'default'])(
		'is the hand-off of the ACK, with binary data in mode %s',
		async (binaryMode) => {
			const folder = newFolder();
			const made = await roche.notifications(2);
			const items = made.map(({ item }) => item);
			const run = await roche.run(items, [TOKEN, FETCH, inbox(folder, 'store'), ACK], { binaryMode });
			expect(run.json('store').map((json) => json.inbox)).toMatchObject(
				made.map(({ file }) => ({ state: 'stored', sha256: file.sha256, size: file.size })),
			);
			expect(run.json('rocheNotificationAck')).toMatchObject([
				{ ack: { acknowledged: true } },
				{ ack: { acknowledged: true } },
			]);
			const out = await roche.run([{}], [claim(folder)], { binaryMode });
			const bytes = await Promise.all(
				out.items('claim').map(async ({ binary }) => await roche.engine.readBinary(binary?.data)),
			);
			expect(bytes.map((one) => createHash('sha256').update(one).digest('hex')).sort()).toEqual(
				made.map(({ file }) => file.sha256).sort(),
			);
		},
	);

	it('that fails keeps the message from being acknowledged, whatever its On Error is', async () => {
		const blocked = join(allowed, 'a-file');
		writeFileSync(blocked, '');
		const [first] = await roche.notifications(1);
		for (const onError of ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const) {
			const next = onError === 'continueErrorOutput' ? [['rocheNotificationAck'], ['rocheNotificationAck']] : undefined;
			const run = await roche.run([first?.item ?? {}], [TOKEN, FETCH, inbox(blocked, 'store', { onError, next }), ACK]);
			expect(run.status).toBe('error');
		}
		expect(await roche.acknowledged()).not.toContain(first?.item.MessageId);
	});

	it('knows a redelivery, keeps its handle, and does not give the file out again once it is delivered', async () => {
		const folder = newFolder();
		const [item] = await storeAll(folder, 1);
		const { notification, operationId } = await roche.sandbox.redeliver(item?.MessageId ?? '');
		const again = { ...notification, operationId };
		const run = await roche.run([again], [TOKEN, FETCH, inbox(folder, 'store'), ACK]);
		expect(run.json('store')).toMatchObject([{ inbox: { state: 'alreadyStored' } }]);
		expect(run.json('rocheNotificationAck')).toMatchObject([{ ack: { acknowledged: true } }]);
		const out = await roche.run([{}], [claim(folder), ANSWER, inbox(folder, 'done')]);
		expect(out.json('claim')).toMatchObject([{ MessageReceiptHandle: again.MessageReceiptHandle }]);
		expect(out.json('done')).toMatchObject([{ MessageId: again.MessageId, inbox: { state: 'delivered' } }]);
		const third = await roche.run([again], [TOKEN, FETCH, inbox(folder, 'store')]);
		expect(third.json('store')).toMatchObject([{ inbox: { state: 'alreadyDelivered' } }]);
		expect((await roche.run([{}], [claim(folder)])).json('claim')).toEqual([]);
	});

	it('of an older delivery that comes late puts out the newest handle', async () => {
		const folder = newFolder();
		const [made] = await roche.notifications(1);
		const [early, late] = ['2026-01-01T10:00:00Z', '2026-01-01T10:30:00Z'];
		const newest = { ...made?.item, receivedAt: late, MessageReceiptHandle: 'the newest' };
		await roche.run([newest], [TOKEN, FETCH, inbox(folder, 'store')]);
		const run = await roche.run([{ ...made?.item, receivedAt: early }], [TOKEN, FETCH, inbox(folder, 'store')]);
		expect(run.json('store')).toMatchObject([{ MessageReceiptHandle: 'the newest' }]);
	});

	it('without a file, or without a MessageId, says what is missing', async () => {
		const folder = newFolder();
		const [made] = await roche.notifications(1);
		const noFile = await roche.run([made?.item ?? {}], [inbox(folder, 'store')]);
		expect(noFile.error?.message).toMatch(/^Input Binary Field names a field that the item does not have/);
		const noMessage = await roche.run([{ a: 1 }], [inbox(folder, 'look')]);
		expect(noMessage.error?.message).toBe('MessageId is missing in the item');
	});
});

describe('done', () => {
	it('marks only what was delivered: a step that continued after its failure holds its file back', async () => {
		const folder = newFolder();
		const items = await storeAll(folder, 3);
		const failures = [{ index: 1, as: 'bare', message: 'the EMR refused it' }];
		const fail: Step = { type: 'test.fail', parameters: { failures }, onError: 'continueRegularOutput' };
		const run = await roche.run([{}], [claim(folder), fail, ANSWER, inbox(folder, 'done')]);
		expect(run.error?.message).toMatch(
			/^The file was not marked as delivered: The step "test.fail" failed for an item/,
		);
		const look = await roche.run(items, [inbox(folder, 'look')]);
		expect(
			look
				.json('look')
				.map(({ inbox: found }) => (found as { state: string }).state)
				.sort(),
		).toEqual(['claimed', 'delivered', 'delivered']);
	});

	it('behind an error output is done for the others, and release gives the failed one back', async () => {
		const folder = newFolder();
		await storeAll(folder, 3);
		const fail: Step = {
			type: 'test.fail',
			parameters: { failures: [{ index: 0, as: 'bare', message: 'down' }] },
			onError: 'continueErrorOutput',
			next: [['done'], ['release']],
		};
		const run = await roche.run(
			[{}],
			[claim(folder), fail, inbox(folder, 'done', { next: [] }), inbox(folder, 'release')],
		);
		expect(run.status).toBe('success');
		expect(run.json('done')).toHaveLength(2);
		expect(run.json('release')).toMatchObject([{ inbox: { state: 'released', attempts: 1 } }]);
		// Its pause has begun.
		expect((await roche.run([{}], [claim(folder)])).json('claim')).toEqual([]);
	});

	it('waits until every part of a file is delivered', async () => {
		const folder = newFolder();
		await storeAll(folder, 1);
		const twice: Step = { type: 'test.double', next: [['Loop']] };
		const loop: Step = {
			type: 'n8n-nodes-base.splitInBatches',
			name: 'Loop',
			typeVersion: 3,
			parameters: { batchSize: 1 },
			next: [[], ['Deliver']],
		};
		const run = await roche.run(
			[{}],
			[claim(folder), twice, loop, { ...ANSWER, next: [['done']] }, inbox(folder, 'done', { next: [['Loop']] })],
		);
		const states = run.tasks('done').map(({ data }) => data?.main?.[0]?.[0]?.json.inbox);
		expect(states).toMatchObject([{ state: 'claimed', waiting: true }, { state: 'delivered' }]);
	});

	it('marks nothing where it cannot see the run', async () => {
		const { nodes } = chain([], [inbox(newFolder(), 'done')]);
		const run = await roche.engine.runWorkflow({
			workflow: { nodes: nodes.filter(({ name }) => name !== 'Start'), connections: {} },
			credentials: {},
			startNode: 'done',
		});
		expect(run.error?.message).toBe('This node cannot see what the steps before it have done, so it marks nothing');
	});

	it('of a message that the inbox does not have is an error', async () => {
		const [one, other] = [newFolder(), newFolder()];
		await storeAll(one, 1);
		const run = await roche.run([{}], [claim(one), inbox(other, 'done')]);
		expect(run.error?.message).toBe('The inbox does not contain the message of this item');
	});
});

it('what an item does not tell, or an option does not allow, is said before anything changes', async () => {
	const folder = newFolder();
	await storeAll(folder, 2);
	const unlinked: Step = {
		type: 'test.fail',
		parameters: { failures: [0, 1].map((index) => ({ index, as: 'unpaired', message: '' })) },
	};
	const run = await roche.run([{}], [claim(folder), unlinked, inbox(folder, 'release')]);
	expect(run.error?.message).toMatch(/^The message of this item is not known/);
	const options = { options: { deliverWithin: -1 } };
	const negative = await roche.run([{}], [inbox(folder, 'report', { parameters: options })]);
	expect(negative.error?.message).toBe('Deliver Within (Minutes) must be a number of at least 0');
	const long = await roche.run(
		[{}],
		[inbox(folder, 'claim', { parameters: { most: 10, options: { lease: 90_000 } } })],
	);
	expect(long.error?.message).toBe('Lease (Seconds) must be a whole number from 1 to 86400');
});

describe('notifications', () => {
	const note = (folder: string, operation: string, more: Partial<Step> = {}) =>
		inbox(folder, operation, {
			...more,
			name: `${operation} notification`,
			resource: 'notification',
			parameters: { most: 10, ...more.parameters },
		});

	it('are kept until they are acknowledged, and belong to the run that keeps them', async () => {
		const folder = newFolder();
		const [made] = await roche.notifications(1);
		await roche.sandbox.fault({ target: 's3', times: 9, fault: { kind: 'status', status: 403 } });
		const failing = await roche.run(
			[made?.item ?? {}],
			[note(folder, 'keep', { parameters: { options: { lease: 1 } } }), TOKEN, FETCH],
		);
		expect(failing.status).toBe('error');
		await roche.sandbox.clearFaults();
		const chain = [note(folder, 'claim'), TOKEN, FETCH, inbox(folder, 'store'), ACK, note(folder, 'done')];
		let run = await roche.run([{}], chain);
		for (let tries = 0; run.json('claim notification').length === 0 && tries < 50; tries += 1)
			run = await roche.run([{}], chain);
		expect(run.json('done notification')).toMatchObject([{ inbox: { state: 'acknowledged' } }]);
		expect(await roche.acknowledged()).toContain(made?.item.MessageId);
		expect((await roche.run([{}], [note(folder, 'claim')])).json('claim notification')).toEqual([]);
	});

	it('are not noted as acknowledged when they were held back', async () => {
		const folder = newFolder();
		const [made] = await roche.notifications(1);
		const fail: Step = { type: 'test.fail', parameters: { failures: [{ index: 0, as: 'json', message: 'no' }] } };
		const ack: Step = { ...ACK, parameters: { options: { heldBack: 'passThrough' } } };
		const run = await roche.run(
			[made?.item ?? {}],
			[note(folder, 'keep'), TOKEN, FETCH, fail, ack, note(folder, 'done')],
		);
		expect(run.json('done notification')).toMatchObject([{ inbox: { state: 'kept' } }]);
	});
});

describe('the folder', () => {
	it('that n8n does not allow is refused, also behind a link, with the variable to set', async () => {
		const outside = mkdtempSync(join(tmpdir(), 'roche-inbox-outside-'));
		const link = join(allowed, 'link');
		symlinkSync(outside, link);
		for (const folder of [join(outside, 'inbox'), join(link, 'inbox'), `${allowed}/../elsewhere`]) {
			const run = await roche.run([{}], [inbox(folder, 'claim')]);
			expect(run.error?.message).toBe('n8n does not allow access to Folder');
			expect(run.error?.description).toContain('N8N_RESTRICT_FILE_ACCESS_TO');
		}
		expect(readdirSync(outside)).toEqual([]);
		rmSync(outside, { recursive: true });
	});

	it('must be an absolute path, and is n8n’s own for this node when it is empty', async () => {
		const relative = await roche.run([{}], [inbox('inbox', 'claim')]);
		expect(relative.error?.message).toBe('Folder is not an absolute path');
		const own = await roche.run([{}], [inbox('', 'report')]);
		expect(own.json('report')).toMatchObject([{ isAlarm: expect.any(Boolean) as boolean }]);
	});
});

it('the report counts, names no patient and no secret', async () => {
	const folder = newFolder();
	const items = await storeAll(folder, 2);
	const run = await roche.run(
		[{}],
		[inbox(folder, 'report', { parameters: { options: { deliverWithin: 0, freeMegabytes: 0 } } })],
	);
	const [json] = run.json('report');
	expect(json).toMatchObject({
		isAlarm: true,
		alarms: [expect.stringMatching(/^The hospital's system has not taken 2 files/) as string],
		report: { files: { waiting: 2 }, organizations: [{ orgId: items[0]?.EmrOid, waiting: 2 }] },
	});
	expect(json?.html).toEqual(expect.stringContaining('<h2'));
	for (const { MessageReceiptHandle } of items) expect(run.persisted).not.toContain(MessageReceiptHandle.slice(0, 60));
	expect(run.persisted).not.toMatch(/SandboxPat|Synthetic/);
});

it('a file that is damaged is put aside, counted, and not given out', async () => {
	const folder = newFolder();
	await storeAll(folder, 2);
	const waiting = join(folder, 'files', 'waiting');
	const [name = ''] = readdirSync(waiting).sort();
	const bytes = readFileSync(join(waiting, name));
	bytes[bytes.length - 10] = (bytes.at(-10) ?? 0) ^ 1;
	writeFileSync(join(waiting, name), bytes);
	const run = await roche.run([{}], [claim(folder), inbox(folder, 'report')]);
	expect(run.json('claim')).toHaveLength(1);
	expect(run.json('report')).toMatchObject([{ report: { damaged: 1, files: { waiting: 0, claimed: 1 } } }]);
});

it('holds no secret of AWS, and what is delivered leaves no content behind', async () => {
	const folder = newFolder();
	await storeAll(folder, 1);
	const everything = (): string =>
		readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((one) => one.isFile())
			.map((one) => readFileSync(join(one.parentPath, one.name), 'utf8'))
			.join('\n');
	expect(everything()).toContain('SandboxPat');
	expect(everything()).not.toMatch(/SecretAccessKey|SessionToken/);
	await roche.run([{}], [claim(folder), ANSWER, inbox(folder, 'done')]);
	expect(everything()).not.toContain('SandboxPat');
});
