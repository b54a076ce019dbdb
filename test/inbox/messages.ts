import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Inbox } from '../../nodes/shared/inbox/inbox';
import { keyOf } from '../../nodes/shared/inbox/entry-name';
import type { Delivery } from '../../nodes/shared/inbox/newest';

const CHUNK = 70_000;

/** Returns bytes that depend only on the message, in several chunks. */
function contentOf(messageId: string): Buffer {
	const seed = createHash('sha256').update(messageId).digest();
	const size = CHUNK + seed.readUInt16BE(0) * 3;
	return Buffer.alloc(size, seed);
}

export function deliveryOf(messageId: string, receivedAt = new Date().toISOString(), handle = 'first'): Delivery {
	const MessageReference = {
		accesspoint: 'arn:aws:s3:us-east-1:123456789012:accesspoint/name',
		objectKey: `${messageId}.json`,
	};
	const notification = {
		EmrOid: '3.16.724.4.41',
		MessageId: messageId,
		MessageReference,
		MessageReceiptHandle: `${messageId}/${handle}`,
		operationId: `${messageId}/operation`,
		receivedAt,
	};
	return { notification, receivedAt };
}

export async function store(inbox: Inbox, messageId: string, delivery = deliveryOf(messageId)) {
	const content = contentOf(messageId);
	const chunks = function* () {
		for (let at = 0; at < content.length; at += CHUNK) yield content.subarray(at, at + CHUNK);
	};
	const file = { name: `${messageId}.json`, contentType: 'application/json' };
	return await inbox.store(messageId, delivery, file, async () => Readable.from(chunks()));
}

/** A claimed message. */
export interface Taken {
	messageId: string;
	claim: string;
	handle: unknown;
	isIntact: boolean;
}

export const CLAIM = { most: 3, lease: 10_000, together: false, keep: 7 * 86_400_000 };

/** Claims files and reads them completely. */
export async function take(inbox: Inbox, how: Partial<typeof CLAIM> = {}): Promise<Taken[]> {
	const taken: Taken[] = [];
	for (const { entry, opened, notification } of await inbox.claim(inbox.files, { ...CLAIM, ...how })) {
		const messageId = notification.MessageId as string;
		const isIntact = (await buffer(opened.content())).equals(contentOf(messageId));
		taken.push({ messageId, claim: entry.claim, handle: notification.MessageReceiptHandle, isIntact });
	}
	return taken;
}

/** Delivers all remaining files, with a clock at which all leases and pauses have ended. @returns the delivered messages */
export async function drain(folder: string): Promise<Taken[]> {
	const inbox = await Inbox.open(folder, () => Date.now() + 3_600_000);
	const delivered: Taken[] = [];
	for (;;) {
		const taken = await take(inbox, { most: 100 });
		if (taken.length === 0) return delivered;
		for (const { messageId } of taken) await inbox.files.done(keyOf(messageId));
		delivered.push(...taken);
	}
}
