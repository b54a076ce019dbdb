import { isRecord, own } from '../json/is-record';
import { unwrapped } from '../json/unwrapped';

/** A header of the notification, which the acknowledgement echoes (implementation guide). */
const OPERATION_ID = 'x-operation-id';

/**
 * A field of the notification that an item names: the item's own, as Roche Notification Trigger and Roche S3 Fetch put it out, or the one
 * below `body`, where n8n's Webhook node puts it. What is empty does not count.
 */
export function notificationField(item: unknown, name: string): unknown {
	return present(own(item, name)) ?? present(own(bodyIn(item), name));
}

/** The same, where it is a text; without blanks around it. */
export function notificationText(item: unknown, name: string): string | undefined {
	return text(own(item, name)) ?? text(own(bodyIn(item), name));
}

/** Of the notification that an item names; where n8n's Webhook node made the item, it is among its `headers`. */
export function operationIdIn(item: unknown): string | undefined {
	return notificationText(item, 'operationId') ?? headerIn(own(item, 'headers'));
}

/** What n8n's Webhook node puts below `body`: an object, or a text where the caller did not say that it is JSON. */
export function bodyIn(item: unknown): Record<string, unknown> | undefined {
	const body = own(item, 'body');
	// Items are looked through by the thousand, and most texts are none of Roche's.
	if (typeof body === 'string' && !body.includes('Message')) return undefined;
	return unwrapped(body);
}

function headerIn(headers: unknown): string | undefined {
	if (!isRecord(headers)) return undefined;
	const name = Object.keys(headers).find((one) => one.toLowerCase() === OPERATION_ID);
	return name === undefined ? undefined : text(headers[name]);
}

function present(value: unknown): unknown {
	return value === null || (typeof value === 'string' && value.trim() === '') ? undefined : value;
}

function text(value: unknown): string | undefined {
	return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
