import type { IDataObject } from 'n8n-workflow';
import { InvalidInputError } from '../errors/invalid-input-error';
import type { Delivery } from '../inbox/newest';

/** A message as an item brings it. */
export interface ItemMessage {
	messageId: string;
	delivery: Delivery;
}

/** What Roche sends, and what the trigger adds. Other fields may hold health data, or are of no use later. */
const OF_NOTIFICATION = /^(Message|Emr)|^(operationId|receivedAt)$/;

/**
 * The notification in an item, as Roche S3 Fetch and the trigger put it out.
 * @throws InvalidInputError when it does not tell a message
 */
export function messageOf(json: IDataObject): ItemMessage {
	const notification = Object.fromEntries(Object.entries(json).filter(([name]) => OF_NOTIFICATION.test(name)));
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

/** The handle that Roche takes, and the operation id that belongs to it. */
export function handleOf({ notification: { MessageReceiptHandle, operationId } }: Delivery): IDataObject {
	return {
		MessageReceiptHandle: MessageReceiptHandle as string,
		...(typeof operationId === 'string' && { operationId }),
	};
}
