import { parseJson } from '../formats/json';
import { unwrapped } from '../formats/unwrapped';
import { isDamaged } from './charset';
import { bodyIn, operationIdIn } from './fields';
import { readReference } from './reference';
import { RefusedNotification } from './refused-notification';

/** A file availability notification, as Roche posts it; it may contain more fields (implementation guide). */
export interface FileAvailabilityNotification {
	/** OID of the organization. */
	EmrOid: string;
	/** The same in each delivery of a message. */
	MessageId: string;
	/** `Clinical Data` (FHIR bundle) or `Clinical Report` (CDA). */
	MessageType: string;
	/** `accesspoint` and `objectKey`, or a pre-signed URL in a field whose name is not documented. */
	MessageReference: unknown;
	/** What the acknowledgement names; new in each delivery. */
	MessageReceiptHandle: string;
	[more: string]: unknown;
}

/** A notification, and what came with it if another system put both into one body. */
export interface ReceivedNotification {
	notification: FileAvailabilityNotification;
	/** Field `operationId` or header `x-operation-id`, if the body contains one of them. */
	operationId: string | undefined;
}

/** Without these, a file cannot be fetched, distinguished or acknowledged. `MessageCreatedAt` is not needed for that. */
const TEXTS = ['EmrOid', 'MessageId', 'MessageType', 'MessageReceiptHandle'] as const;

/**
 * Reads the body of a notification: its JSON, also in a list of one or in a string, or below `body`, where n8n's Webhook node puts it.
 * @param body as it was received
 * @throws RefusedNotification 400, which names the field if one is wrong; 422 for a notification of Roche's FHIR R5 subscriptions
 */
export function readNotification(body: string): ReceivedNotification {
	const whole = parse(body);
	const outer = unwrapped(whole);
	if (outer === undefined) throw noObject(whole);
	const content = TEXTS.some((field) => field in outer) ? outer : (bodyIn(outer) ?? outer);
	refuseSubscription(content);
	for (const field of TEXTS) {
		const value = content[field];
		if (typeof value !== 'string' || value.trim() === '') throw missing(field, 'a string');
		refuseDamaged(field, value);
	}
	checkReference(content.MessageReference);
	return { notification: content as FileAvailabilityNotification, operationId: operationIdIn(outer) };
}

function parse(body: string): unknown {
	if (body.trim() === '') throw new RefusedNotification(400, 'The body is empty; a JSON object is expected.');
	try {
		return parseJson(body);
	} catch (error) {
		// The parser's own message quotes the body. A body nested thousands of levels deep exhausts the stack.
		if (error instanceof RangeError) throw new RefusedNotification(400, 'The body is nested too deeply.');
		throw new RefusedNotification(400, 'The body is not valid JSON.');
	}
}

function noObject(content: unknown): RefusedNotification {
	const isList = Array.isArray(content) && content.length > 1;
	return new RefusedNotification(
		400,
		isList ? 'The body contains several notifications; send each separately.' : 'The body is not a JSON object.',
	);
}

/** Refuses notifications of Roche's newer design, which is another flow: no S3, no token, no ACK (implementation guide). */
function refuseSubscription({ resourceType, type }: Record<string, unknown>): void {
	if (resourceType !== 'Bundle' || type !== 'subscription-notification') return;
	throw new RefusedNotification(
		422,
		'This is a FHIR R5 subscription notification, which this endpoint does not support: its data are read by FHIR search. ' +
			'Ask Roche to send file availability notifications (EmrOid, MessageId, MessageReference, ...) here, or remove the endpoint from the subscription.',
	);
}

/** The reference must identify one file. Several URLs are accepted, since the right one can be chosen in Roche S3 Fetch. */
function checkReference(value: unknown): void {
	const reference = readReference(value);
	const { accessPoint, objectKey, urls, isAmbiguous } = reference;
	const found = { 'MessageReference.accesspoint': accessPoint, 'MessageReference.objectKey': objectKey };
	for (const [field, text] of [...Object.entries(found), ...urls.map((url) => ['MessageReference', url] as const)]) {
		if (text !== undefined) refuseDamaged(field, text);
	}
	if (urls.length > 0) return;
	if (isAmbiguous) {
		throw new RefusedNotification(
			400,
			'MessageReference names several files; send one notification for each.',
			'MessageReference',
		);
	}
	if (unwrapped(value) === undefined) throw missing('MessageReference', 'an object or a pre-signed https URL');
	for (const [field, text] of Object.entries(found)) {
		if (text === undefined) throw missing(field, 'a string, and MessageReference has no pre-signed https URL');
	}
}

function missing(field: string, expected: string): RefusedNotification {
	return new RefusedNotification(400, `${field} is missing or is not ${expected}.`, field);
}

function refuseDamaged(field: string, text: string): void {
	if (!isDamaged(text)) return;
	throw new RefusedNotification(
		400,
		`${field} contains damaged characters (U+FFFD or half a character): the text was read in the wrong encoding before it was sent.`,
		field,
	);
}
