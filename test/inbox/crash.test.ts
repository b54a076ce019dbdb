import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyOf } from '../../nodes/shared/inbox/entry-name';
import { Inbox } from '../../nodes/shared/inbox/inbox';
import { killAtRandom } from './campaign';
import { buildChild, Child } from './children';
import { deliveryOf, drain, store, take } from './messages';

let folder: string;
let program: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'roche-inbox-'));
	program = await buildChild(folder);
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

/** Far more steps than any operation has. */
const MOST_STEPS = 100;

/**
 * Kills one operation at each of its steps, each time on a new inbox.
 * @returns number of kills
 */
async function atEachStep(
	operation: string,
	before: (inbox: Inbox) => Promise<unknown>,
	after: (inbox: Inbox, path: string) => Promise<void>,
): Promise<number> {
	for (let n = 1; n < MOST_STEPS; n += 1) {
		const path = join(folder, `${operation}-${n}`);
		if (operation !== 'open') await before(await Inbox.open(path));
		const { signal, code, errors } = await Child.start(program, ['step', path, operation, String(n)]).end();
		if (signal !== 'SIGKILL') expect({ code, errors }).toEqual({ code: 0, errors: '' });
		await after(await Inbox.open(path), path);
		if (signal === null) return n - 1;
	}
	throw new Error(`${operation} has no end`);
}

const stored = async (inbox: Inbox): Promise<unknown> => await store(inbox, 'M');
const claimed = async (inbox: Inbox): Promise<void> => {
	await stored(inbox);
	await take(inbox);
};
/** Asserts that the stored file is delivered once, unchanged. */
const isDeliveredOnce = async (path: string): Promise<void> => {
	expect(await drain(path)).toMatchObject([{ messageId: 'M', isIntact: true }]);
};

describe('SIGKILL at each step', () => {
	it('of creating the folders: the next process creates the rest', async () => {
		const kills = await atEachStep('open', stored, async (inbox, path) => {
			await stored(inbox);
			await isDeliveredOnce(path);
		});
		expect(kills).toBeGreaterThan(10);
	});

	it('of store: the complete file is there, or nothing, and it can be stored again', async () => {
		const states = new Set<string | undefined>();
		const kills = await atEachStep(
			'store',
			async () => undefined,
			async (inbox, path) => {
				states.add((await inbox.files.find(keyOf('M')))?.state);
				await stored(inbox);
				await isDeliveredOnce(path);
			},
		);
		expect(kills).toBeGreaterThan(10);
		expect(states).toEqual(new Set([undefined, 'waiting']));
	});

	it('of store for a redelivery: the handle is the older or the newer one, and the file is there', async () => {
		const handles = new Set<unknown>();
		await atEachStep('storeAgain', stored, async (_inbox, path) => {
			const [one, ...more] = await drain(path);
			expect([one?.messageId, one?.isIntact, more]).toEqual(['M', true, []]);
			handles.add(one?.handle);
		});
		expect(handles).toEqual(new Set(['M/first', 'M/second']));
	});

	it('of claim: the file can be claimed again when the lease has ended', async () => {
		const kills = await atEachStep('claim', stored, async (_inbox, path) => await isDeliveredOnce(path));
		expect(kills).toBeGreaterThan(2);
	});

	it('of done: the file is marked as delivered, or still claimed; no content is left at the end', async () => {
		await atEachStep('done', claimed, async (inbox, path) => {
			if ((await inbox.files.find(keyOf('M')))?.state === 'claimed') await isDeliveredOnce(path);
			expect(await drain(path)).toEqual([]);
			const [mark] = await inbox.files.all(keyOf('M'));
			expect(mark?.until).toBe(0);
		});
	});

	it('of release: the file is waiting, or still claimed', async () => {
		await atEachStep('release', claimed, async (_inbox, path) => await isDeliveredOnce(path));
	});

	it('of keep, and of marking an acknowledgement: the notification is stored until then', async () => {
		const kept = async (inbox: Inbox): Promise<unknown> => await inbox.keep('M', deliveryOf('M'), 1);
		await atEachStep(
			'keep',
			async () => undefined,
			async (inbox) => {
				expect((await inbox.keep('M', deliveryOf('M'), 1)).entry.state).toBe('claimed');
				expect(await inbox.notifications.all()).toHaveLength(1);
			},
		);
		await atEachStep('acknowledged', kept, async (inbox) => {
			expect(await inbox.notifications.done(keyOf('M'))).toBe(true);
			expect((await inbox.notifications.all()).map(({ state }) => state)).toEqual(['done']);
		});
	});
});

/** They take some tens of seconds. `npm run test:inbox` kills thousands of times. */
const KILLS = 120;

it('two processes on one inbox, killed at random: nothing is lost, and only files in flight are delivered twice', async () => {
	const { kills, stored: count, lost, twice, damaged, errors } = await killAtRandom(KILLS);
	expect({ lost, twice, damaged, errors }).toEqual({ lost: [], twice: [], damaged: 0, errors: [] });
	expect(kills).toBeGreaterThanOrEqual(KILLS);
	expect(count).toBeGreaterThan(KILLS / 4);
}, 300_000);
