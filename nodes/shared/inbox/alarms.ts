import type { Report } from './report';

/** The limits beyond which the inbox raises an alarm. */
export interface Limits {
	/** Minutes that a notification may wait for its acknowledgement. */
	acknowledgeWithin: number;
	/** Minutes that a file may wait for the hospital's system. */
	deliverWithin: number;
	/** Megabytes that must be free on the disk. */
	freeMegabytes: number;
}

/** A durable write that takes longer (in ms) means that the disk is in trouble. */
const SLOW_WRITE_MS = 2_000;

/** Returns the alarms, one sentence for each thing that a person must handle; empty if all is well. */
export function alarmsOf(report: Report, limits: Limits): string[] {
	const { files, notifications, disk, damaged } = report;
	const { notStored, oldestNotStoredMinutes, notAcknowledged, oldestNotAcknowledgedMinutes, endedToday } =
		notifications;
	const alarms: Array<string | false> = [
		notStored > 0 &&
			oldestNotStoredMinutes >= limits.acknowledgeWithin &&
			`${messages(notStored)} not stored yet. The oldest notification arrived ${age(oldestNotStoredMinutes)} ago, and Roche stops delivering a message 90 minutes after its first delivery. Check the runs of the workflow that receives.`,
		notAcknowledged > 0 &&
			oldestNotAcknowledgedMinutes >= limits.acknowledgeWithin &&
			`${messages(notAcknowledged)} stored, but not acknowledged: held back, or the acknowledgement failed. The oldest notification arrived ${age(oldestNotAcknowledgedMinutes)} ago. The files are safe in the inbox.`,
		endedToday > 0 &&
			`${messages(endedToday)} not stored before Roche's last redelivery. They are still retried; the list is in the report.`,
		files.oldestMinutes >= limits.deliverWithin &&
			`The hospital's system has not taken ${count(files.waiting + files.claimed, 'file')}. The oldest has been waiting for ${age(files.oldestMinutes)}; files were tried up to ${count(files.mostAttempts, 'time')}.`,
		disk.freeMegabytes < limits.freeMegabytes &&
			`The disk of the inbox has ${disk.freeMegabytes} MB left (${disk.freePercent} %).`,
		disk.writeMilliseconds > SLOW_WRITE_MS &&
			`The disk of the inbox is slow: ${disk.writeMilliseconds} ms to write a small file.`,
		damaged > 0 && `${count(damaged, 'file')} in the inbox could not be read; see the folders "damaged".`,
	];
	return alarms.filter((alarm) => alarm !== false);
}

function messages(number: number): string {
	return number === 1 ? '1 message is' : `${number} messages are`;
}

function count(number: number, what: string): string {
	return number === 1 ? `1 ${what}` : `${number} ${what}s`;
}

/** Returns an age, given in minutes, in words; rounded down. */
export function age(minutes: number): string {
	if (minutes < 120) return count(Math.floor(minutes), 'minute');
	if (minutes < 2880) return `${Math.floor(minutes / 60)} hours`;
	return `${Math.floor(minutes / 1440)} days`;
}
