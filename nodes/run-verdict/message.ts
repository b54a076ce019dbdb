import type { IDataObject } from 'n8n-workflow';
import { notificationText, operationIdIn } from '../notification/fields';

/** What identifies a message. */
export interface Message {
	receiptHandle: string;
	operationId: string | undefined;
	messageId: string | undefined;
}

/** Depth of nested objects and lists in an item down to which handles are searched for. */
const DEEPEST = 6;

/** Returns the message that an item names; undefined if the item has no receipt handle. */
export function messageIn(json: IDataObject): Message | undefined {
	const receiptHandle = notificationText(json, 'MessageReceiptHandle');
	if (receiptHandle === undefined) return undefined;
	return { receiptHandle, operationId: operationIdIn(json), messageId: notificationText(json, 'MessageId') };
}

/** Returns those of the handles that are in an item, whatever their fields are called. */
export function handlesIn(value: unknown, handles: ReadonlySet<string>, depth = 0): string[] {
	if (typeof value === 'string') return handles.has(value.trim()) ? [value.trim()] : [];
	if (typeof value !== 'object' || value === null || depth === DEEPEST) return [];
	return Object.values(value).flatMap((member) => handlesIn(member, handles, depth + 1));
}
