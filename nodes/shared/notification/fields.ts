import { isRecord, own } from '../formats/is-record';
import { unwrapped } from '../formats/unwrapped';

/** A header of the notification, which the acknowledgement echoes (implementation guide). */
const OPERATION_ID = 'x-operation-id';

/**
 * Returns a field of the notification that an item names: the item's own, as Roche Notification Trigger and Roche S3 Fetch return it, or
 * the one below `body`, where n8n's Webhook node puts it. Empty values do not count.
 */
export function notificationField(item: unknown, name: string): unknown {
	return present(own(item, name)) ?? present(own(bodyIn(item), name));
}

/** Like {@link notificationField}, but only a string, without whitespace around it. */
export function notificationText(item: unknown, name: string): string | undefined {
	return text(own(item, name)) ?? text(own(bodyIn(item), name));
}

/** Returns the operation id of the notification that an item names; in an item of n8n's Webhook node it is among the `headers`. */
export function operationIdIn(item: unknown): string | undefined {
	return notificationText(item, 'operationId') ?? headerIn(own(item, 'headers'));
}

/** Returns the object that n8n's Webhook node puts below `body`. It is a JSON string if the caller did not declare it as JSON. */
export function bodyIn(item: unknown): Record<string, unknown> | undefined {
	const body = own(item, 'body');
	// Items are searched by the thousand, and most strings do not come from Roche.
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
