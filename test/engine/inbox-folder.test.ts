import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACK, ANSWER, claim, FETCH, inbox, InboxRig, TOKEN } from './inbox-runs';
import type { Step } from './roche';

const rig = InboxRig.forAllTests();

describe('notifications', () => {
	const note = (folder: string, operation: string, more: Partial<Step> = {}) =>
		inbox(folder, operation, {
			...more,
			name: `${operation} notification`,
			resource: 'notification',
			parameters: { most: 10, ...more.parameters },
		});

	it('are stored until they are acknowledged, and belong to the run that stored them', async () => {
		const folder = rig.newFolder();
		const [made] = await rig.roche.notifications(1);
		await rig.roche.sandbox.fault({ target: 's3', times: 9, fault: { kind: 'status', status: 403 } });
		const failing = await rig.roche.run(
			[made?.item ?? {}],
			[note(folder, 'keep', { parameters: { options: { lease: 1 } } }), TOKEN, FETCH],
		);
		expect(failing.status).toBe('error');
		await rig.roche.sandbox.clearFaults();
		const chain = [note(folder, 'claim'), TOKEN, FETCH, inbox(folder, 'store'), ACK, note(folder, 'done')];
		let run = await rig.roche.run([{}], chain);
		// A second at least, however many runs a fast machine makes in it.
		const end = Date.now() + 10_000;
		while (run.json('claim notification').length === 0 && Date.now() < end) run = await rig.roche.run([{}], chain);
		expect(run.json('done notification')).toMatchObject([{ inbox: { state: 'acknowledged' } }]);
		expect(await rig.roche.acknowledged()).toContain(made?.item.MessageId);
		expect((await rig.roche.run([{}], [note(folder, 'claim')])).json('claim notification')).toEqual([]);
	});

	it('are not marked as acknowledged if they were held back', async () => {
		const folder = rig.newFolder();
		const [made] = await rig.roche.notifications(1);
		const fail: Step = { type: 'test.fail', parameters: { failures: [{ index: 0, as: 'json', message: 'no' }] } };
		const ack: Step = { ...ACK, parameters: { options: { heldBack: 'passThrough' } } };
		const run = await rig.roche.run(
			[made?.item ?? {}],
			[note(folder, 'keep'), TOKEN, FETCH, fail, ack, note(folder, 'done')],
		);
		expect(run.json('done notification')).toMatchObject([{ inbox: { state: 'kept' } }]);
	});
});

describe('the folder', () => {
	it('is refused if n8n does not allow it, also behind a link; the message names the variable to set', async () => {
		const outside = mkdtempSync(join(tmpdir(), 'roche-inbox-outside-'));
		const link = join(rig.allowed, 'link');
		symlinkSync(outside, link);
		for (const folder of [join(outside, 'inbox'), join(link, 'inbox'), `${rig.allowed}/../elsewhere`]) {
			const run = await rig.roche.run([{}], [inbox(folder, 'claim')]);
			expect(run.error?.message).toBe('n8n does not allow access to Folder');
			expect(run.error?.description).toContain('N8N_RESTRICT_FILE_ACCESS_TO');
		}
		expect(readdirSync(outside)).toEqual([]);
		rmSync(outside, { recursive: true });
	});

	it('must be an absolute path; if empty, it is the one of n8n for this node', async () => {
		const relative = await rig.roche.run([{}], [inbox('inbox', 'claim')]);
		expect(relative.error?.message).toBe('Folder is not an absolute path');
		const own = await rig.roche.run([{}], [inbox('', 'report')]);
		expect(own.json('report')).toMatchObject([{ isAlarm: expect.any(Boolean) as boolean }]);
	});
});

it('the report contains counts, but no patient and no secret', async () => {
	const folder = rig.newFolder();
	const items = await rig.storeAll(folder, 2);
	const run = await rig.roche.run(
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

it('a damaged file is moved aside, counted, and not claimed', async () => {
	const folder = rig.newFolder();
	await rig.storeAll(folder, 2);
	const waiting = join(folder, 'files', 'waiting');
	const [name = ''] = readdirSync(waiting).sort();
	const bytes = readFileSync(join(waiting, name));
	bytes[bytes.length - 10] = (bytes.at(-10) ?? 0) ^ 1;
	writeFileSync(join(waiting, name), bytes);
	const run = await rig.roche.run([{}], [claim(folder), inbox(folder, 'report')]);
	expect(run.json('claim')).toHaveLength(1);
	expect(run.json('report')).toMatchObject([{ report: { damaged: 1, files: { waiting: 0, claimed: 1 } } }]);
});

it('contains no AWS secret, and no content of delivered files', async () => {
	const folder = rig.newFolder();
	await rig.storeAll(folder, 1);
	const everything = (): string =>
		readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((one) => one.isFile())
			.map((one) => readFileSync(join(one.parentPath, one.name), 'utf8'))
			.join('\n');
	expect(everything()).toContain('SandboxPat');
	expect(everything()).not.toMatch(/SecretAccessKey|SessionToken/);
	await rig.roche.run([{}], [claim(folder), ANSWER, inbox(folder, 'done')]);
	expect(everything()).not.toContain('SandboxPat');
});
