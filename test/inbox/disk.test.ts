import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { keyOf, LONGEST_MS } from '../../nodes/shared/inbox/entry-name';
import { folderFailure } from '../../nodes/shared/failures/inbox';
import { Inbox } from '../../nodes/shared/inbox/inbox';
import { buildChild, Child } from './children';
import { CLAIM, deliveryOf, drain, store, take } from './messages';

let folder: string;
let path: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'roche-inbox-'));
	path = join(folder, 'inbox');
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

const filesBelow = async (at: string): Promise<string[]> =>
	(await readdir(at, { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).map(({ name }) => name);

describe('a full disk', () => {
	it('store fails with an error and leaves nothing behind; with free space it works', async () => {
		const program = await buildChild(folder);
		await Inbox.open(path);
		// In blocks of 512 bytes: less than the size of the file.
		const { code, errors } = await Child.start(program, ['step', path, 'store', '0'], { ulimit: '-f 100' }).end();
		expect(code).toBe(1);
		expect(errors).toMatch(/EFBIG|ENOSPC/);
		expect(await readdir(join(path, 'files', 'tmp'))).toEqual([]);
		expect(await readdir(join(path, 'files', 'waiting'))).toEqual([]);
		await store(await Inbox.open(path), 'M');
		expect(await drain(path)).toMatchObject([{ messageId: 'M', isIntact: true }]);
	});

	it('a stream that ends early leaves nothing behind', async () => {
		const inbox = await Inbox.open(path);
		const broken = async (): Promise<Readable> =>
			Readable.from(
				(function* () {
					yield Buffer.from('half of');
					throw new Error('S3 went away');
				})(),
			);
		const file = { name: 'a.json', contentType: 'application/json' };
		await expect(inbox.store('M', deliveryOf('M'), file, broken)).rejects.toThrow('S3 went away');
		expect(await inbox.files.all()).toEqual([]);
		expect(await readdir(join(path, 'files', 'tmp'))).toEqual([]);
	});
});

describe('the folder', () => {
	it('and every file in it are readable by their owner only', async () => {
		const inbox = await Inbox.open(path);
		await store(inbox, 'M');
		await inbox.keep('M', deliveryOf('M'), 1000);
		for (const { name, parentPath } of await readdir(path, { recursive: true, withFileTypes: true })) {
			expect((await stat(join(parentPath, name))).mode & 0o077).toBe(0);
		}
		expect((await stat(path)).mode & 0o777).toBe(0o700);
	});

	it('of another user is refused', async () => {
		const program = await buildChild(folder);
		await chmod(folder, 0o755);
		await Inbox.open(path);
		// Root may write everywhere, so the child runs as another user. Other users may not write into the root folder.
		const isRoot = process.getuid?.() === 0;
		const args = ['step', isRoot ? path : '/roche-inbox', 'store', '0'];
		const { errors } = await Child.start(program, args, isRoot ? { uid: 65534 } : {}).end();
		expect(errors).toMatch(/EACCES|EPERM/);
	});

	it('that is a file is refused', async () => {
		await writeFile(path, 'not a folder');
		await expect(Inbox.open(path)).rejects.toMatchObject({ code: expect.stringMatching(/ENOTDIR|EEXIST/) as unknown });
	});

	it('contains the file of any MessageId', async () => {
		const inbox = await Inbox.open(path);
		const ids = ['../../outside', '/etc/passwd', 'a\0b', 'x'.repeat(5000), '..', 'ü/ñ', 'con'];
		for (const id of ids) {
			const file = { name: id, contentType: 'application/json' };
			await inbox.store(id, deliveryOf(id), file, async () => Readable.from([Buffer.from(id)]));
		}
		expect((await readdir(folder)).sort()).toEqual(['inbox']);
		const names = await filesBelow(path);
		expect(names).toHaveLength(2 * ids.length);
		for (const name of names) expect(name).toMatch(/^[0-9a-f-]+$/);
	});
});

describe('the errors of the operating system', () => {
	it.each([
		['ENOSPC', /^The disk of the inbox is full \(ENOSPC\)$/],
		['EDQUOT', /is full/],
		['EACCES', /not allowed to write to Folder/],
		['EROFS', /read-only/],
		['EIO', /does not work as it should/],
		['ESTALE', /does not work as it should/],
		['EMFILE', /too many files open/],
		['ENOTDIR', /not a usable folder/],
	])('%s is reported in words, without a path', (code, words) => {
		const error = Object.assign(new Error(`${code}: something, open '/data/secret/path'`), { code, syscall: 'open' });
		expect(folderFailure(error)).toMatchObject({ message: expect.stringMatching(words) as unknown });
		expect((folderFailure(error) as Error).message).not.toContain('/data');
	});

	it('an error of the network is not reported as one of the disk', () => {
		const error = Object.assign(new Error('connect EACCES'), { code: 'EACCES', syscall: 'connect' });
		expect(folderFailure(error)).toBe(error);
	});
});

describe('a clock that jumps', () => {
	const at = async (ms: number): Promise<Inbox> => await Inbox.open(path, () => Date.now() + ms);

	it('forward: leases end early, the file can be claimed again', async () => {
		await store(await at(0), 'M');
		await take(await at(0));
		expect(await take(await at(1000))).toEqual([]);
		expect(await take(await at(3_600_000))).toHaveLength(1);
	});

	it.each([600_000, 10 * 365 * LONGEST_MS])(
		'back by %d ms: files stored, claimed or released before are not stuck',
		async (ms) => {
			const before = await at(ms);
			await store(before, 'M');
			expect(await take(await at(0))).toHaveLength(1);
			await take(before, { lease: LONGEST_MS });
			const [again] = await take(await at(0));
			expect(again?.messageId).toBe('M');
			await (await at(ms)).files.release(keyOf('M'), again?.claim ?? '', () => LONGEST_MS);
			expect(await take(await at(0))).toHaveLength(1);
		},
	);

	it('by the difference between two servers: neither claims a file of the other', async () => {
		await store(await at(0), 'M');
		await take(await at(30_000));
		expect(await take(await at(0))).toEqual([]);
	});
});

describe('the order and number of claimed files', () => {
	it('oldest first, and in all runs together at most as many as requested', async () => {
		let clock = Date.now();
		const inbox = await Inbox.open(path, () => (clock += 10));
		for (const id of ['c', 'a', 'b', 'd']) await store(inbox, id);
		const first = await take(inbox, { most: 3, together: true });
		expect(first.map(({ messageId }) => messageId)).toEqual(['c', 'a', 'b']);
		expect(await take(inbox, { most: 3, together: true })).toEqual([]);
		await inbox.files.done(keyOf('a'));
		expect((await take(inbox, { most: 3, together: true })).map(({ messageId }) => messageId)).toEqual(['d']);
	});

	it('concurrent claims return each message once, and not too many', async () => {
		const inbox = await Inbox.open(path);
		for (let i = 0; i < 30; i += 1) await store(inbox, `m${i}`);
		const claims = await Promise.all(
			Array.from({ length: 8 }, async () => {
				const own = await Inbox.open(path);
				return await own.files.claim({ ...CLAIM, most: 10, together: true });
			}),
		);
		const keys = claims.flat().map(({ key }) => key);
		expect(new Set(keys).size).toBe(keys.length);
		expect(keys.length).toBeLessThanOrEqual(10);
	});

	it('a message stored many times at the same moment is claimed once', async () => {
		const inbox = await Inbox.open(path);
		await Promise.all(Array.from({ length: 8 }, async () => await store(await Inbox.open(path), 'M')));
		const taken = await take(inbox, { most: 10 });
		expect(taken).toMatchObject([{ messageId: 'M', isIntact: true }]);
		await inbox.files.done(keyOf('M'));
		expect(await drain(path)).toEqual([]);
		expect((await inbox.files.all()).every(({ state }) => state === 'done')).toBe(true);
	});
});

it('a damaged file is moved aside and does not block others', async () => {
	let clock = Date.now();
	const inbox = await Inbox.open(path, () => (clock += 10));
	await store(inbox, 'broken');
	await store(inbox, 'whole');
	const [name = ''] = (await readdir(join(path, 'files', 'waiting'))).sort();
	await writeFile(join(path, 'files', 'waiting', name), 'overwritten by somebody');
	expect(await take(inbox)).toMatchObject([{ messageId: 'whole', isIntact: true }]);
	expect(await inbox.files.damaged()).toBe(1);
});

it('a file that cannot be read does not block others; if none can be read, the claim fails', async () => {
	let clock = Date.now();
	const inbox = await Inbox.open(path, () => (clock += 10));
	await store(inbox, 'unreadable');
	await store(inbox, 'whole');
	const [name = ''] = (await readdir(join(path, 'files', 'waiting'))).sort();
	await rm(join(path, 'files', 'waiting', name));
	await mkdir(join(path, 'files', 'waiting', name));
	expect(await take(inbox)).toMatchObject([{ messageId: 'whole', isIntact: true }]);
	clock += LONGEST_MS;
	await inbox.files.done(keyOf('whole'));
	await expect(take(inbox)).rejects.toMatchObject({ code: 'EISDIR' });
});

it('marks are deleted after their time, notifications without an end after a month; waiting files stay', async () => {
	const days = async (count: number): Promise<Inbox> => await Inbox.open(path, () => Date.now() + count * LONGEST_MS);
	const inbox = await days(0);
	await store(inbox, 'delivered');
	await take(inbox);
	await inbox.files.done(keyOf('delivered'));
	await store(inbox, 'waiting');
	await inbox.keep('unfetched', deliveryOf('unfetched'), 1000);
	await take(await days(6));
	expect((await inbox.files.find(keyOf('delivered')))?.state).toBe('done');
	const later = await days(8);
	expect(await take(later)).toMatchObject([{ messageId: 'waiting', isIntact: true }]);
	expect(await inbox.files.find(keyOf('delivered'))).toBeUndefined();
	await later.dropEnded(0);
	expect(await inbox.notifications.all()).toHaveLength(1);
	await (await days(31)).dropEnded(0);
	expect(await inbox.notifications.all()).toEqual([]);
});
