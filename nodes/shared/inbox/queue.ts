import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { DamagedEntry, dropContent, type Header, openEntry, type OpenEntry, writeEntry } from './content';
import { isMissing, makeFolder, move } from './durable';
import { type Entry, entry, isOver, LONGEST_MS, newClaim, parseName, type State, STATES } from './entry-name';

/** Number of searches for a message that is being changed: another run may move its entry at the same moment. */
const LOOKS = 5;

/** The `until` of a mark (an entry that is done) whose file still has its content. */
const CONTENT_LEFT = 1;
/** A process that marks a message as done removes its content within this time, unless it is killed. In ms. */
const STILL_AT_WORK_MS = 10_000;

/** The stored entry, and whether it is new. */
export interface Put {
	entry: Entry;
	isNew: boolean;
}

/**
 * Messages in a folder, one file each, like a maildir (https://cr.yp.to/proto/maildir.html): written under `tmp`, flushed to the disk,
 * renamed into `waiting`. Each later change is one rename: if several processes try it, one succeeds, and a process that is killed leaves
 * the state before or after it.
 *
 * A message that was put twice at the same moment may have two entries for a while: {@link claim} returns one of them at a time, and
 * neither after one is done.
 */
export class Queue {
	/**
	 * @param folder is created by {@link open} if it is missing
	 * @param now the clock, in ms since 1970
	 */
	constructor(
		private readonly folder: string,
		private readonly now: () => number = Date.now,
	) {}

	/** Creates the folders. Must be awaited before any other method. */
	async open(): Promise<void> {
		for (const name of ['tmp', 'damaged', ...STATES]) await makeFolder(join(this.folder, name));
	}

	/**
	 * Stores a message, unless it is known.
	 * @param isKnown whether an existing entry makes the message a known one
	 * @param lease in ms; if given, the caller claims the message at once
	 * @returns for a new message with content also its size (bytes) and SHA-256 (hex)
	 */
	async put(
		key: string,
		header: Header,
		{ content, lease, isKnown = () => true }: { content?: Readable; lease?: number; isKnown?: (one: Entry) => boolean },
	): Promise<Put & { size?: number; sha256?: string }> {
		const storedAt = this.now();
		const known = await this.find(key);
		if (known && isKnown(known)) return { entry: known, isNew: false };
		const claim = newClaim();
		const tmp = join(this.folder, 'tmp', `${process.pid}-${claim}`);
		try {
			const written = await writeEntry(tmp, header, content);
			const common = { key, storedAt, since: this.now(), attempts: 0, claim };
			const made =
				lease === undefined
					? entry({ ...common, state: 'waiting', until: storedAt })
					: entry({ ...common, state: 'claimed', until: common.since + lease, attempts: 1 });
			await move(tmp, this.path(made));
			return { entry: made, isNew: true, ...written };
		} catch (error) {
			await rm(tmp, { force: true });
			throw error;
		}
	}

	/** Returns the entry of a message; of several, the one that has come furthest. */
	async find(key: string): Promise<Entry | undefined> {
		// The first search may miss an entry that returns from "claimed" to "waiting" while the folders are read.
		return furthest(await this.all(key)) ?? furthest(await this.all(key));
	}

	/**
	 * Claims the entries that are due, the oldest first.
	 * @param most maximum number; with `together`, including those that others have claimed
	 * @param lease in ms; after that, others may claim the entry
	 */
	async claim({ most, lease, together }: { most: number; lease: number; together: boolean }): Promise<Entry[]> {
		const all = await this.all();
		const now = this.now();
		const held = all.filter((one) => one.state === 'claimed' && !isOver(one, now)).length;
		const room = together ? most - held : most;
		const claimed: Entry[] = [];
		for (const one of await this.due(all, now)) {
			if (claimed.length >= room) break;
			const mine = await this.take(one, lease);
			if (mine) claimed.push(mine);
		}
		return together && claimed.length > 0 ? await this.giveBackTooMany(claimed, most) : claimed;
	}

	/** Claims one message for the caller, unless it is done or another has claimed it. The lease is in ms. */
	async claimOne(one: Entry, lease: number): Promise<Entry | undefined> {
		const isFree = one.state === 'waiting' || (one.state === 'claimed' && isOver(one, this.now()));
		return isFree ? await this.take(one, lease) : undefined;
	}

	/** @throws DamagedEntry, after moving the file to `damaged`: it would block all others */
	async read(one: Entry): Promise<OpenEntry> {
		try {
			return await openEntry(this.path(one));
		} catch (error) {
			if (error instanceof DamagedEntry) await this.putAside(one);
			throw error;
		}
	}

	async putAside(one: Entry): Promise<void> {
		await move(this.path(one), join(this.folder, 'damaged', one.name));
	}

	/**
	 * Marks a message as done, whoever has claimed it, and removes its content.
	 * @returns false if there is no such message
	 */
	async done(key: string): Promise<boolean> {
		for (let look = 0; look < LOOKS; look += 1) {
			const all = await this.all(key);
			const open = all.filter(({ state }) => state !== 'done');
			if (open.length === 0 && all.length > 0) return true;
			for (const one of open) await this.finish(one);
		}
		return false;
	}

	/** Removes a message that needs no more work, without leaving a mark. */
	async drop(key: string): Promise<void> {
		for (const one of await this.all(key)) if (one.state !== 'done') await rm(this.path(one), { force: true });
	}

	/**
	 * Releases a claimed message.
	 * @param claim identifies the lease
	 * @param pause returns the time until the message is due again, in ms, given the number of attempts
	 * @returns the entry; undefined if the lease belongs to another, or the message is done
	 */
	async release(key: string, claim: string, pause: (attempts: number) => number): Promise<Entry | undefined> {
		const held = (await this.all(key)).find((one) => one.state === 'claimed' && one.claim === claim);
		if (!held) return undefined;
		const since = this.now();
		const free = entry({ ...held, state: 'waiting', since, until: since + pause(held.attempts) });
		return (await move(this.path(held), this.path(free))) ? free : undefined;
	}

	/** Returns all entries, or those of one message. Reads the folders in the order in which messages move, so that none is missed. */
	async all(key?: string): Promise<Entry[]> {
		const found: Entry[][] = [];
		for (const state of STATES) found.push(await this.in(state, key));
		return found.flat();
	}

	private async in(state: State, key = ''): Promise<Entry[]> {
		const names = (await readdir(join(this.folder, state))).filter((name) => name.includes(key)).sort();
		return names.flatMap((name) => parseName(state, name) ?? []);
	}

	/** Returns the number of entries that could not be read and were put aside. */
	async damaged(): Promise<number> {
		return (await readdir(join(this.folder, 'damaged'))).length;
	}

	/** Removes marks of finished messages after `keep` ms, and what killed processes left: half-written files, and content that was not removed. */
	async tidy(keep: number): Promise<void> {
		const now = this.now();
		for (const one of await this.in('done')) {
			if (one.since + keep < now) await rm(this.path(one), { force: true });
			else if (one.until === CONTENT_LEFT && one.since + STILL_AT_WORK_MS < now) await this.empty(one);
		}
		const tmp = join(this.folder, 'tmp');
		for (const name of await readdir(tmp)) {
			const { mtimeMs } = await stat(join(tmp, name)).catch(() => ({ mtimeMs: now }));
			// A file that is being written changes all the time.
			if (mtimeMs + LONGEST_MS < now) await rm(join(tmp, name), { force: true });
		}
	}

	/** Returns the entries that may be claimed, oldest first, one for each message. Finishes duplicates of messages that are done. */
	private async due(all: readonly Entry[], now: number): Promise<Entry[]> {
		const doneAt = new Map<string, number>();
		for (const one of all) if (one.state === 'done') doneAt.set(one.key, Math.max(one.since, doneAt.get(one.key) ?? 0));
		const open = all.filter(({ state }) => state !== 'done').toSorted((a, b) => (a.name < b.name ? -1 : 1));
		const held = new Set(open.filter((one) => one.state === 'claimed' && !isOver(one, now)).map(({ key }) => key));
		const due: Entry[] = [];
		for (const one of open) {
			if ((doneAt.get(one.key) ?? -1) >= one.storedAt) await this.finish(one);
			else if (!held.has(one.key) && isOver(one, now)) due.push(one);
			held.add(one.key);
		}
		return due;
	}

	private async take(one: Entry, lease: number): Promise<Entry | undefined> {
		const since = this.now();
		const claim = newClaim();
		const mine = entry({ ...one, state: 'claimed', since, until: since + lease, attempts: one.attempts + 1, claim });
		return (await move(this.path(one), this.path(mine))) ? mine : undefined;
	}

	/** Returns only the claims within the limit and releases the others: two runs that claim at the same moment see each other's claims only now. */
	private async giveBackTooMany(claimed: readonly Entry[], most: number): Promise<Entry[]> {
		const mine = new Set(claimed.map(({ name }) => name));
		const now = this.now();
		const others = (await this.all()).filter(
			(one) => one.state === 'claimed' && !isOver(one, now) && !mine.has(one.name),
		).length;
		const room = Math.max(0, most - others);
		for (const one of claimed.slice(room)) {
			const back = entry({ ...one, state: 'waiting', since: now, until: now, attempts: one.attempts - 1 });
			await move(this.path(one), this.path(back));
		}
		return claimed.slice(0, room);
	}

	private async finish(one: Entry): Promise<void> {
		const mark = entry({ ...one, state: 'done', since: this.now(), until: CONTENT_LEFT });
		if (await move(this.path(one), this.path(mark))) await this.empty(mark);
	}

	/** Removes the content of a finished message, and records that in the name of its mark. */
	private async empty(mark: Entry): Promise<void> {
		try {
			await dropContent(this.path(mark));
			await move(this.path(mark), this.path(entry({ ...mark, until: 0 })));
		} catch (error) {
			// Another run has done it, or the mark's header is damaged: the mark then expires as others do.
			if (!(error instanceof DamagedEntry || isMissing(error))) throw error;
		}
	}

	private path({ state, name }: { state: State; name: string }): string {
		return join(this.folder, state, name);
	}
}

function furthest(entries: readonly Entry[]): Entry | undefined {
	const last = (state: State): Entry | undefined => entries.findLast((one) => one.state === state);
	return last('done') ?? last('claimed') ?? last('waiting');
}
