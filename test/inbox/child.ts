import { appendFileSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { keyOf } from '../../nodes/shared/inbox/entry-name';
import { Inbox } from '../../nodes/shared/inbox/inbox';
import { killBefore } from './kill-point';
import { deliveryOf, store, take } from './messages';

/** One operation on the message M. */
const OPERATIONS: Record<string, (inbox: Inbox) => Promise<unknown>> = {
	store: async (inbox) => await store(inbox, 'M'),
	storeAgain: async (inbox) =>
		await store(inbox, 'M', deliveryOf('M', new Date(Date.now() + 1000).toISOString(), 'second')),
	claim: async (inbox) => await take(inbox),
	done: async (inbox) => await inbox.files.done(keyOf('M')),
	release: async (inbox) => {
		const claimed = await inbox.files.find(keyOf('M'));
		await inbox.files.release(keyOf('M'), claimed?.claim ?? '', () => 1);
	},
	keep: async (inbox) => await inbox.keep('M', deliveryOf('M'), 10_000),
	acknowledged: async (inbox) => await inbox.notifications.done(keyOf('M')),
};

/** Runs the one operation in which the test kills the process. */
async function step(folder: string, operation: string, n: number): Promise<void> {
	// Creates the folders before the counting starts, except if the test kills the process while it creates them.
	if (operation !== 'open') await Inbox.open(folder);
	await killBefore(n);
	const inbox = await Inbox.open(folder);
	await OPERATIONS[operation]?.(inbox);
}

/** Stores, redelivers, delivers and releases in an endless loop, and logs each operation before and after it. */
async function work(folder: string, log: string, name: string): Promise<void> {
	const inbox = await Inbox.open(folder);
	const note = (what: string, messageId: string): void => appendFileSync(log, `${what} ${messageId} ${name}\n`);
	console.log('begun');
	for (let count = 1; ; count += 1) {
		// Both processes receive some messages at the same moment, as in a redelivery.
		const isShared = randomInt(4) === 0;
		const messageId = isShared ? `shared-${Math.floor(Date.now() / 200)}` : `${name}-${count}`;
		await store(inbox, messageId);
		note('stored', messageId);
		for (const taken of await take(inbox)) {
			if (!taken.isIntact) note('damaged', taken.messageId);
			if (randomInt(5) === 0) {
				await inbox.files.release(keyOf(taken.messageId), taken.claim, () => 5);
				continue;
			}
			note('delivered', taken.messageId);
			await inbox.files.done(keyOf(taken.messageId));
			note('done', taken.messageId);
		}
	}
}

const [mode, folder = '', first = '', second = ''] = process.argv.slice(2);
const running = mode === 'step' ? step(folder, first, Number(second)) : work(folder, first, second);
running.catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
