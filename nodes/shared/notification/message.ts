import { notificationText, operationIdIn } from './fields';

/** What identifies a message. */
export interface Message {
	receiptHandle: string;
	operationId: string | undefined;
	messageId: string | undefined;
}

/** Returns the message that an item names; undefined if the item has no receipt handle. */
export function messageIn(item: unknown): Message | undefined {
	const receiptHandle = notificationText(item, 'MessageReceiptHandle');
	if (receiptHandle === undefined) return undefined;
	return { receiptHandle, operationId: operationIdIn(item), messageId: notificationText(item, 'MessageId') };
}
