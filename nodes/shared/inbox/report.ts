import { randomBytes } from 'node:crypto';
import { rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFlushed } from './durable';
import type { Entry } from './entry-name';
import type { Inbox } from './inbox';
import type { Queue } from './queue';

/** The state of the inbox, without health data: counts, ages in minutes, organizations. */
export interface Report {
	/** ISO time. */
	at: string;
	files: { waiting: number; claimed: number; deliveredToday: number; oldestMinutes: number; mostAttempts: number };
	notifications: {
		/** Notifications whose file is not stored, and that Roche still delivers. */
		notStored: number;
		oldestNotStoredMinutes: number;
		/** Notifications whose file is stored. */
		notAcknowledged: number;
		oldestNotAcknowledgedMinutes: number;
		/** Notifications whose file was not stored before Roche's last redelivery; and how many of them came within a day. */
		ended: number;
		endedToday: number;
		acknowledgedToday: number;
	};
	organizations: OrganizationReport[];
	disk: { freeMegabytes: number; freePercent: number; writeMilliseconds: number };
	/** Entries that could not be read and were moved to a folder `damaged`. */
	damaged: number;
	/** Files that were not stored before Roche's last redelivery, in the form that `roche-backlog.json` expects. */
	unfetched: Backlog[];
}

/** Counts of one organization. */
export interface OrganizationReport {
	orgId: string;
	waiting: number;
	claimed: number;
	deliveredToday: number;
	notStored: number;
	notAcknowledged: number;
	oldestMinutes: number;
}

interface Backlog {
	accessPoint: string;
	objectKeys: string[];
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MEGABYTE = 1024 * 1024;
/** Disks and network drives write this in a few ms. */
const PROBE = Buffer.alloc(4096);

/**
 * Reads the inbox and counts. Changes no message, but puts damaged entries aside and writes a small file to measure the disk.
 * @param window in ms from the first delivery on: after that, Roche has given the message up
 */
export async function reportOn(inbox: Inbox, window: number): Promise<Report> {
	const now = inbox.now();
	const writeMilliseconds = await probe(inbox.folder);
	const { bavail, blocks, bsize } = await statfs(inbox.folder);
	const tally = new Tally(now);
	const files = await inbox.files.all();
	const stored = new Set(files.map(({ key }) => key));
	for (const [entry, notification] of await described(inbox.files, files)) tally.addFile(entry, notification);
	const backlog = new Map<string, string[]>();
	for (const [entry, notification] of await described(inbox.notifications, await inbox.notifications.all())) {
		if (!tally.addNotification(entry, notification, stored.has(entry.key), window)) continue;
		const { accesspoint, objectKey } = (notification.MessageReference ?? {}) as Record<string, unknown>;
		if (typeof accesspoint !== 'string' || typeof objectKey !== 'string') continue;
		backlog.set(accesspoint, [...(backlog.get(accesspoint) ?? []), objectKey]);
	}
	return {
		at: new Date(now).toISOString(),
		...tally.result(),
		disk: {
			freeMegabytes: Math.floor((bavail * bsize) / MEGABYTE),
			freePercent: Math.floor((bavail / Math.max(1, blocks)) * 100),
			writeMilliseconds,
		},
		damaged: (await inbox.files.damaged()) + (await inbox.notifications.damaged()),
		unfetched: [...backlog].map(([accessPoint, objectKeys]) => ({ accessPoint, objectKeys })),
	};
}

/** Returns how long it takes to write a small file to the disk, in ms. Throws if that fails: nothing can be stored then either. */
async function probe(folder: string): Promise<number> {
	const path = join(folder, `probe-${randomBytes(8).toString('hex')}`);
	const began = performance.now();
	try {
		await writeFlushed(path, async (file) => await file.write(PROBE));
	} finally {
		await rm(path, { force: true });
	}
	return Math.round(performance.now() - began);
}

/** Returns entries with their notifications. An entry that another run has moved meanwhile is counted under the organization "unknown". */
async function described(queue: Queue, entries: readonly Entry[]): Promise<Array<[Entry, Record<string, unknown>]>> {
	const found: Array<[Entry, Record<string, unknown>]> = [];
	for (const entry of entries) {
		const opened = await queue.read(entry).catch(() => undefined);
		await opened?.close();
		found.push([entry, opened?.header.notification ?? {}]);
	}
	return found;
}

class Tally {
	private readonly organizations = new Map<string, OrganizationReport>();
	private readonly files = { waiting: 0, claimed: 0, deliveredToday: 0, oldestMinutes: 0, mostAttempts: 0 };
	private readonly notifications = {
		notStored: 0,
		oldestNotStoredMinutes: 0,
		notAcknowledged: 0,
		oldestNotAcknowledgedMinutes: 0,
		ended: 0,
		endedToday: 0,
		acknowledgedToday: 0,
	};

	constructor(private readonly now: number) {}

	addFile(entry: Entry, notification: Record<string, unknown>): void {
		const of = this.organization(notification);
		const { state, since, attempts } = entry;
		if (state === 'done') {
			if (since + DAY_MS <= this.now) return;
			this.files.deliveredToday += 1;
			of.deliveredToday += 1;
			return;
		}
		this.files[state] += 1;
		of[state] += 1;
		this.files.mostAttempts = Math.max(this.files.mostAttempts, attempts);
		this.files.oldestMinutes = Math.max(this.files.oldestMinutes, this.age(entry));
		of.oldestMinutes = Math.max(of.oldestMinutes, this.age(entry));
	}

	/** @returns true if its file was not stored before Roche's last redelivery */
	addNotification(entry: Entry, notification: Record<string, unknown>, isStored: boolean, window: number): boolean {
		const { notifications } = this;
		if (entry.state === 'done') {
			if (entry.since + DAY_MS > this.now) notifications.acknowledgedToday += 1;
			return false;
		}
		const of = this.organization(notification);
		const minutes = this.age(entry);
		if (isStored) {
			notifications.notAcknowledged += 1;
			of.notAcknowledged += 1;
			notifications.oldestNotAcknowledgedMinutes = Math.max(notifications.oldestNotAcknowledgedMinutes, minutes);
			return false;
		}
		of.notStored += 1;
		if (entry.storedAt + window > this.now) {
			notifications.notStored += 1;
			notifications.oldestNotStoredMinutes = Math.max(notifications.oldestNotStoredMinutes, minutes);
			return false;
		}
		notifications.ended += 1;
		if (entry.storedAt + DAY_MS > this.now) notifications.endedToday += 1;
		return true;
	}

	result(): Pick<Report, 'files' | 'notifications' | 'organizations'> {
		const organizations = [...this.organizations.values()].toSorted((a, b) => (a.orgId < b.orgId ? -1 : 1));
		return { files: this.files, notifications: this.notifications, organizations };
	}

	private age({ storedAt }: Entry): number {
		return Math.max(0, Math.floor(((this.now - storedAt) / MINUTE_MS) * 10) / 10);
	}

	private organization({ EmrOid }: Record<string, unknown>): OrganizationReport {
		const orgId = typeof EmrOid === 'string' && EmrOid !== '' ? EmrOid : 'unknown';
		const counts = { waiting: 0, claimed: 0, deliveredToday: 0, notStored: 0, notAcknowledged: 0, oldestMinutes: 0 };
		const known = this.organizations.get(orgId) ?? { orgId, ...counts };
		this.organizations.set(orgId, known);
		return known;
	}
}
