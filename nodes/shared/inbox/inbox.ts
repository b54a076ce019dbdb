import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { DamagedEntry, type FileAbout, type OpenEntry } from './content';
import { isMissing } from './durable';
import { type Entry, keyOf } from './entry-name';
import { type Delivery, Newest } from './newest';
import { Queue } from './queue';

/** Where a message's file is, as given in the node's output. */
export type FileState = 'unknown' | 'stored' | 'claimed' | 'delivered';

/** A claimed message, and what is known about it. */
export interface Claimed {
	entry: Entry;
	/** The newest delivery of its notification. */
	notification: Record<string, unknown>;
	opened: OpenEntry;
}

/** A file that S3 does not deliver is not retried after this time, in ms. Until then the report lists it each day. */
const GIVEN_UP_MS = 30 * 86_400_000;

const STATES: Readonly<Record<Entry['state'], FileState>> = {
	waiting: 'stored',
	claimed: 'claimed',
	done: 'delivered',
};

export function fileState(entry: Entry | undefined): FileState {
	return entry ? STATES[entry.state] : 'unknown';
}

/**
 * The hospital's inbox: files that wait for its system, and notifications that wait for their acknowledgement, each a queue in a folder.
 * Errors other than its own come from the file system: see `folderFailure`.
 */
export class Inbox {
	readonly files: Queue;
	readonly notifications: Queue;
	readonly newest: Newest;

	private constructor(
		readonly folder: string,
		readonly now: () => number,
	) {
		this.files = new Queue(join(folder, 'files'), now);
		this.notifications = new Queue(join(folder, 'notifications'), now);
		this.newest = new Newest(join(folder, 'newest'));
	}

	/** @param folder an absolute path; created if it is missing */
	static async open(folder: string, now: () => number = Date.now): Promise<Inbox> {
		const inbox = new Inbox(folder, now);
		await inbox.files.open();
		await inbox.notifications.open();
		await inbox.newest.open();
		return inbox;
	}

	/**
	 * Stores a message's file. When the promise resolves, the file is on the disk.
	 * @param content is called only if the message is not known yet
	 * @returns the entry, the newest delivery of the notification and, for a new file, its size (bytes) and SHA-256 (hex)
	 */
	async store(
		messageId: string,
		delivery: Delivery,
		file: FileAbout,
		content: () => Promise<Readable>,
	): Promise<{ entry: Entry; isNew: boolean; delivery: Delivery; size?: number; sha256?: string }> {
		const key = keyOf(messageId);
		const known = await this.files.find(key);
		if (known?.state === 'done') return { entry: known, isNew: false, delivery };
		const newest = await this.newest.keep(key, delivery);
		if (known) return { entry: known, isNew: false, delivery: newest };
		const header = { notification: delivery.notification, storedAt: new Date(this.now()).toISOString(), file };
		return { ...(await this.files.put(key, header, { content: await content() })), delivery: newest };
	}

	/**
	 * Keeps a notification until it is acknowledged. The caller claims it at once, so that no other run works on it meanwhile, unless one
	 * already does.
	 * @param lease in ms
	 */
	async keep(
		messageId: string,
		delivery: Delivery,
		lease: number,
	): Promise<{ entry: Entry; isNew: boolean; isClaimed: boolean; delivery: Delivery }> {
		const key = keyOf(messageId);
		const newest = await this.newest.keep(key, delivery);
		const header = { notification: delivery.notification, storedAt: delivery.receivedAt };
		// Roche redelivers an acknowledged message if it did not receive the acknowledgement.
		const isKnown = ({ state }: Entry): boolean => state !== 'done';
		const { entry, isNew } = await this.notifications.put(key, header, { lease, isKnown });
		const mine = isNew ? entry : await this.notifications.claimOne(entry, lease);
		return { entry: mine ?? entry, isNew, isClaimed: mine !== undefined, delivery: newest };
	}

	/**
	 * Claims the entries that are due, oldest first, and opens them. The caller must read or close each of them.
	 * @param how as for {@link Queue.claim}; `keep`: how long marks of finished messages are kept, in ms
	 */
	async claim(queue: Queue, how: { most: number; lease: number; together: boolean; keep: number }): Promise<Claimed[]> {
		await this.tidy(how.keep);
		const claimed: Claimed[] = [];
		const failures: unknown[] = [];
		for (const entry of await queue.claim(how)) {
			try {
				const newest = await this.newest.read(entry.key);
				const opened = await queue.read(entry);
				claimed.push({ entry, opened, notification: newest?.notification ?? opened.header.notification });
			} catch (error) {
				// One that cannot be read must not stop the others. A damaged entry has been put aside, and the report counts it; any other is
				// due again when its lease ends.
				if (!(error instanceof DamagedEntry || isMissing(error))) failures.push(error);
			}
		}
		if (claimed.length === 0 && failures.length > 0) throw failures[0];
		return claimed;
	}

	/**
	 * Drops notifications that need no more work: the file is stored and Roche no longer waits for an acknowledgement, or the file could not
	 * be fetched for 30 days.
	 * @param window in ms, from the newest delivery on
	 */
	async dropEnded(window: number): Promise<void> {
		const stored = new Set((await this.files.all()).map(({ key }) => key));
		for (const { state, key, storedAt } of await this.notifications.all()) {
			if (state === 'done') continue;
			const newest = stored.has(key) ? await this.newest.read(key) : undefined;
			const isOver = newest ? Date.parse(newest.receivedAt) + window < this.now() : storedAt + GIVEN_UP_MS < this.now();
			if (isOver) await this.notifications.drop(key);
		}
	}

	private async tidy(keep: number): Promise<void> {
		await this.files.tidy(keep);
		await this.notifications.tidy(keep);
		await this.newest.tidy(keep, async (key) => {
			const entries = [await this.files.find(key), await this.notifications.find(key)];
			return entries.some((entry) => entry !== undefined && entry.state !== 'done');
		});
	}
}
