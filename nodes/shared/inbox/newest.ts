import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DamagedEntry, openEntry, writeEntry } from './content';
import { isMissing, makeFolder } from './durable';
import { newClaim } from './entry-name';

/** A notification as Roche sent it, and when. */
export interface Delivery {
	notification: Record<string, unknown>;
	/** ISO time. */
	receivedAt: string;
}

/** The newest delivery of each message: only its receipt handle can be acknowledged. One file for each message, replaced as a whole. */
export class Newest {
	constructor(private readonly folder: string) {}

	async open(): Promise<void> {
		await makeFolder(this.folder);
	}

	/**
	 * Keeps a delivery, unless a newer one is known.
	 * @returns the newest delivery: this one, or one that was kept before
	 */
	async keep(key: string, delivery: Delivery): Promise<Delivery> {
		const known = await this.read(key);
		if (known && Date.parse(known.receivedAt) >= Date.parse(delivery.receivedAt)) return known;
		const tmp = join(this.folder, `tmp-${newClaim()}`);
		try {
			await writeEntry(tmp, { notification: delivery.notification, storedAt: delivery.receivedAt }, undefined);
			await rename(tmp, join(this.folder, key));
		} catch (error) {
			await rm(tmp, { force: true });
			throw error;
		}
		return delivery;
	}

	async read(key: string): Promise<Delivery | undefined> {
		try {
			const entry = await openEntry(join(this.folder, key));
			await entry.close();
			return { notification: entry.header.notification, receivedAt: entry.header.storedAt };
		} catch (error) {
			if (isMissing(error) || error instanceof DamagedEntry) return undefined;
			throw error;
		}
	}

	async forget(key: string): Promise<void> {
		await rm(join(this.folder, key), { force: true });
	}

	/** Removes files that are no longer needed: `keep` ms after they were written, unless the message is still in progress. */
	async tidy(keep: number, isUnderWay: (key: string) => Promise<boolean>): Promise<void> {
		for (const name of await readdir(this.folder)) {
			const { mtimeMs } = await stat(join(this.folder, name)).catch(() => ({ mtimeMs: Date.now() }));
			if (mtimeMs + keep < Date.now() && !(await isUnderWay(name))) await rm(join(this.folder, name), { force: true });
		}
	}
}
