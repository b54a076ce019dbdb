import type { IDataObject } from 'n8n-workflow';

/** What an acknowledgement names. */
export interface Message {
	receiptHandle: string;
	operationId: string | undefined;
}

/** Levels of objects and lists in an item below which a handle is not looked for. */
const DEEPEST = 6;

/** The message that an item names: as Roche S3 Fetch and the trigger put it out, or as n8n's Webhook node does, in `body` and `headers`. */
export function messageIn(json: IDataObject): Message | undefined {
	const body = asObject(json.body);
	const receiptHandle = text(json.MessageReceiptHandle) ?? text(body.MessageReceiptHandle);
	if (receiptHandle === undefined) return undefined;
	const operationId =
		text(json.operationId) ?? text(body.operationId) ?? text(asObject(json.headers)['x-operation-id']);
	return { receiptHandle, operationId };
}

/** Which of the handles are in an item, whatever their fields are called. */
export function handlesIn(value: unknown, handles: ReadonlySet<string>, depth = 0): string[] {
	if (typeof value === 'string') return handles.has(value.trim()) ? [value.trim()] : [];
	if (typeof value !== 'object' || value === null || depth === DEEPEST) return [];
	return Object.values(value).flatMap((member) => handlesIn(member, handles, depth + 1));
}

function asObject(value: unknown): Record<string, unknown> {
	return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | undefined {
	return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
