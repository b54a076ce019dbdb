import type { IDataObject } from 'n8n-workflow';
import { notificationText, operationIdIn } from '../notification/fields';

/** What tells a message. */
export interface Message {
	receiptHandle: string;
	operationId: string | undefined;
	messageId: string | undefined;
}

/** Levels of objects and lists in an item below which a handle is not looked for. */
const DEEPEST = 6;

/** The message that an item names. */
export function messageIn(json: IDataObject): Message | undefined {
	const receiptHandle = notificationText(json, 'MessageReceiptHandle');
	if (receiptHandle === undefined) return undefined;
	return { receiptHandle, operationId: operationIdIn(json), messageId: notificationText(json, 'MessageId') };
}

/** Which of the handles are in an item, whatever their fields are called. */
export function handlesIn(value: unknown, handles: ReadonlySet<string>, depth = 0): string[] {
	if (typeof value === 'string') return handles.has(value.trim()) ? [value.trim()] : [];
	if (typeof value !== 'object' || value === null || depth === DEEPEST) return [];
	return Object.values(value).flatMap((member) => handlesIn(member, handles, depth + 1));
}
