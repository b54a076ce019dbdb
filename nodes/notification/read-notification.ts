import { RefusedNotification } from './refused-notification';

/** A file availability notification, as Roche posts it; it may hold more fields (implementation guide). */
export interface FileAvailabilityNotification {
	/** OID of the organization. */
	EmrOid: string;
	/** The same in each delivery of a message. */
	MessageId: string;
	/** `Clinical Data` (FHIR bundle) or `Clinical Report` (CDA). */
	MessageType: string;
	/** `accesspoint` and `objectKey`, or a pre-signed URL in a field whose name is not documented. */
	MessageReference: Record<string, unknown>;
	/** What the acknowledgement names; new in each delivery. */
	MessageReceiptHandle: string;
	[more: string]: unknown;
}

/** Far deeper than any reference; without a limit, a deeper one would exhaust the stack. */
const DEEPEST = 200;

/** Without these a file cannot be fetched, told apart or acknowledged. `MessageCreatedAt` is not needed for any of it. */
const TEXTS = ['EmrOid', 'MessageId', 'MessageType', 'MessageReceiptHandle'] as const;

/**
 * Reads the body of a notification.
 * @param body as it came
 * @throws RefusedNotification 400 that names the field, or 422 for a notification of Roche's FHIR R5 subscriptions
 */
export function readNotification(body: string): FileAvailabilityNotification {
	const content = parse(body);
	if (!isObject(content)) throw new RefusedNotification(400, 'The body is not a JSON object.');
	refuseSubscription(content);
	for (const field of TEXTS) {
		if (typeof content[field] !== 'string' || content[field].trim() === '') throw missing(field, 'a text');
	}
	if (!isObject(content.MessageReference)) throw missing('MessageReference', 'an object');
	checkReference(content.MessageReference);
	return content as FileAvailabilityNotification;
}

function parse(body: string): unknown {
	// A byte order mark is no JSON, yet some senders put it there.
	const text = body.replace(/^\uFEFF/, '');
	if (text.trim() === '') throw new RefusedNotification(400, 'The body is empty; a JSON object is expected.');
	try {
		// As a key of an item, it would change the prototype of a copy that n8n or a later node makes.
		return JSON.parse(text, (key, value: unknown) => (key === '__proto__' ? undefined : value));
	} catch (error) {
		// The parser's own words quote the body. A body nested thousands of levels deep exhausts the stack.
		if (error instanceof RangeError) throw new RefusedNotification(400, 'The body is nested too deeply.');
		throw new RefusedNotification(400, 'The body is not valid JSON.');
	}
}

/** Roche's newer design is another flow: no S3, no token, no ACK (implementation guide). */
function refuseSubscription({ resourceType, type }: Record<string, unknown>): void {
	if (resourceType !== 'Bundle' || type !== 'subscription-notification') return;
	throw new RefusedNotification(
		422,
		'This is a FHIR R5 subscription notification, which this endpoint does not support: its data are read by FHIR search. ' +
			'Ask Roche to send file availability notifications (EmrOid, MessageId, MessageReference, ...) here, or take the endpoint off the subscription.',
	);
}

function checkReference(reference: Record<string, unknown>): void {
	if (holdsHttpsUrl(reference)) return;
	for (const field of ['accesspoint', 'objectKey']) {
		if (typeof reference[field] !== 'string' || reference[field] === '') {
			throw missing(`MessageReference.${field}`, 'a text (or MessageReference with a pre-signed https URL)');
		}
	}
}

function holdsHttpsUrl(value: unknown, depth = 0): boolean {
	if (typeof value === 'string') return /^\s*https:\/\//i.test(value);
	if (typeof value !== 'object' || value === null || depth === DEEPEST) return false;
	// In lists, too: that is where Roche S3 Fetch looks as well.
	return Object.values(value).some((member) => holdsHttpsUrl(member, depth + 1));
}

function missing(field: string, expected: string): RefusedNotification {
	return new RefusedNotification(400, `${field} is missing or is not ${expected}.`, field);
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
