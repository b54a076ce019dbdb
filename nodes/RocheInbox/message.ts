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
	const fields = { ...bodyIn(json), ...json, operationId: operationIdIn(json) };
	const notification = Object.fromEntries(Object.entries(fields).filter(([name]) => OF_NOTIFICATION.test(name)));
	const { MessageId, MessageReceiptHandle, receivedAt } = notification;
	for (const [name, value] of Object.entries({ MessageId, MessageReceiptHandle })) {
		if (typeof value === 'string' && value.trim() !== '') continue;
		throw new InvalidInputError(
			name,
			`${name} is missing in the item`,
			'The item must contain the notification as Roche sends it. Steps before this one must keep its fields.',
		);
	}
	const at =
		typeof receivedAt === 'string' && !Number.isNaN(Date.parse(receivedAt)) ? new Date(receivedAt) : new Date();
	return { messageId: MessageId as string, delivery: { notification, receivedAt: at.toISOString() } };
}

/** Returns the handle that Roche accepts, and the operation id that belongs to it. */
export function handleOf({ notification: { MessageReceiptHandle, operationId } }: Delivery): IDataObject {
	return {
		MessageReceiptHandle: MessageReceiptHandle as string,
		...(typeof operationId === 'string' && { operationId }),
	};
}
