import type { IDataObject } from 'n8n-workflow';
import { InvalidInputError } from '../shared/errors/invalid-input-error';
import type { Delivery } from '../shared/inbox/newest';
import { bodyIn, operationIdIn } from '../shared/notification/fields';

/** The message of an item. */
export interface ItemMessage {
	messageId: string;
	delivery: Delivery;
}

/** Fields that Roche sends, or that the trigger adds. Other fields may contain health data, or are of no use later. */
const OF_NOTIFICATION = /^(Message|Emr)|^(operationId|receivedAt)$/;

/**
 * Returns the notification in an item, as Roche S3 Fetch and the trigger return it, or below `body`, as n8n's Webhook node does.
 * @throws InvalidInputError if MessageId or MessageReceiptHandle is missing
 */
export function messageOf(json: IDataObject): ItemMessage {
	// All from one level: mixed, they could be those of two messages.
	const level = isFilled(json.MessageReceiptHandle) ? json : (bodyIn(json) ?? json);
	const notification: Record<string, unknown> = Object.fromEntries(
		Object.entries(level).filter(([name]) => OF_NOTIFICATION.test(name)),
	);
	const { MessageId, MessageReceiptHandle } = notification;
	for (const [name, value] of Object.entries({ MessageId, MessageReceiptHandle })) {
		if (isFilled(value)) continue;
		throw new InvalidInputError(
			name,
			`${name} is missing in the item`,
			'The item must contain the notification as Roche sends it. Steps before this one must keep its fields.',
		);
	}
	const operationId = operationIdIn(json);
	const receivedAt = receiptOf(json);
	const more = operationId === undefined ? { receivedAt } : { receivedAt, operationId };
	return { messageId: MessageId as string, delivery: { notification: { ...notification, ...more }, receivedAt } };
}

function isFilled(value: unknown): value is string {
	return typeof value === 'string' && value.trim() !== '';
}

/** Returns when the item's delivery was received, in ISO format: now for an item that does not say so, as those of n8n's Webhook node. */
function receiptOf({ receivedAt }: IDataObject): string {
	const isTime = isFilled(receivedAt) && !Number.isNaN(Date.parse(receivedAt));
	return (isTime ? new Date(receivedAt) : new Date()).toISOString();
}

/** Returns what identifies the message, the handle that Roche accepts, and when it was received, by which a later step tells old from new. */
export function handleOf({ notification, receivedAt }: Delivery): IDataObject {
	const { MessageId, MessageReceiptHandle, operationId } = notification;
	return {
		MessageId: MessageId as string,
		MessageReceiptHandle: MessageReceiptHandle as string,
		receivedAt,
		...(typeof operationId === 'string' && { operationId }),
	};
}
