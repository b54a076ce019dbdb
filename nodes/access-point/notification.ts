import { InvalidInputError } from '../errors/invalid-input-error';
import { type AccessPointArn, parseAccessPointArn } from './access-point-arn';
import { parsePresignedUrl, type PresignedUrl } from './presigned-url';

/** An object in an access point, for which a token is needed. */
export interface ObjectSource {
	kind: 'accessPoint';
	accessPoint: AccessPointArn;
	key: string;
}

/** Where a file is read from. */
export type FileSource =
	| ObjectSource
	| {
			kind: 'presignedUrl';
			presigned: PresignedUrl;
			/** The same file, for the case that the URL has expired. */
			fallback?: ObjectSource;
	  };

/** Far deeper than any reference; without a limit, a deeper one would exhaust the stack. */
const DEEPEST = 200;

/** AWS documentation, "Authenticating Requests: Using Query Parameters"; the older signature has a parameter `Signature`. */
const SIGNED = /^\s*https:\/\/[^?]*\?.*Signature=/is;

const FIELD = 'MessageReference';
const ADVICE =
	'The item must be a file availability notification as Roche sends it, with MessageReference {accesspoint, objectKey}. For other items choose the source "Object" or "Pre-Signed URL".';

/**
 * The file that a file availability notification announces. A pre-signed URL is used when there is one, and where access point and
 * object key are there, too, they stand by for the case that it has expired.
 * @param notification the item's JSON
 * @param allowedHosts as for `parsePresignedUrl`
 * @param urlField where the URL is in `MessageReference`, with dots between levels. Empty: the name of the field is not documented, so
 *   it is the first signed https URL, or, where nothing else tells a file, the first one
 * @throws InvalidInputError when neither is there, or what is there cannot be used
 */
export function fileOfNotification(notification: unknown, allowedHosts: readonly string[], urlField = ''): FileSource {
	const reference = property(notification, 'MessageReference');
	const url = urlField === '' ? (urlIn(reference, SIGNED) ?? onlyUrl(reference)) : namedUrl(reference, urlField);
	if (url !== undefined) return { ...presigned(url, allowedHosts), fallback: objectOf(reference) };
	if (typeof reference !== 'object' || reference === null) {
		throw new InvalidInputError(FIELD, `${FIELD} is missing in the item`, ADVICE);
	}
	const accessPoint = property(reference, 'accesspoint');
	if (urlField !== '' && accessPoint === undefined) {
		throw new InvalidInputError(
			'Pre-Signed URL Field',
			`Pre-Signed URL Field names a field of ${FIELD} that is not there, and there is no access point either`,
			'Compare it with the notification: write the name below MessageReference, such as presignedUrl. Empty, the node finds the URL itself.',
		);
	}
	// Nothing but a URL that is not https: it gets the error that says so.
	const otherUrl = accessPoint === undefined ? urlIn(reference, /^\s*http:\/\//i) : undefined;
	if (otherUrl !== undefined) return presigned(otherUrl, allowedHosts);
	return fileInAccessPoint(accessPoint, property(reference, 'objectKey'));
}

/**
 * A file by access point and object key.
 * @throws InvalidInputError when one of them cannot be used
 */
export function fileInAccessPoint(accessPoint: unknown, objectKey: unknown): ObjectSource {
	const arn = parseAccessPointArn(accessPoint);
	if (typeof objectKey !== 'string' || objectKey === '') {
		throw new InvalidInputError(
			'Object Key',
			'Object Key is empty',
			'Give the key as the notification names it, without a slash in front.',
		);
	}
	if (/\p{Surrogate}/u.test(objectKey)) {
		throw new InvalidInputError(
			'Object Key',
			'Object Key holds half of a sign, so that it is no text in UTF-8',
			'Check the expression: it may cut the key.',
		);
	}
	// AWS documentation, "Object key names": at most 1,024 bytes of UTF-8.
	if (Buffer.byteLength(objectKey) > 1024) {
		throw new InvalidInputError(
			'Object Key',
			'Object Key is longer than 1,024 bytes',
			'Check the expression: S3 has no such keys.',
		);
	}
	return { kind: 'accessPoint', accessPoint: arn, key: objectKey };
}

/** The kind of file, `Clinical Data` or `Clinical Report`, when the item says so. */
export function messageTypeOf(notification: unknown): string | undefined {
	const type = property(notification, 'MessageType');
	return typeof type === 'string' ? type : undefined;
}

function presigned(url: string, allowedHosts: readonly string[]) {
	return { kind: 'presignedUrl', presigned: parsePresignedUrl(url, allowedHosts) } as const;
}

/** A URL without a signature that is known may be a page of help as well: it counts only without access point and key. */
function onlyUrl(reference: unknown): string | undefined {
	return objectOf(reference) === undefined ? urlIn(reference, /^\s*https:\/\//i) : undefined;
}

/** Access point and key beside a URL; what cannot be used there is no failure as long as the URL works. */
function objectOf(reference: unknown): ObjectSource | undefined {
	try {
		return fileInAccessPoint(property(reference, 'accesspoint'), property(reference, 'objectKey'));
	} catch (error) {
		if (error instanceof InvalidInputError) return undefined;
		throw error;
	}
}

/** The text at a path below the reference; whether it is a URL that may be asked is checked later, with a message that says so. */
function namedUrl(reference: unknown, path: string): string | undefined {
	let value = reference;
	for (const name of path.split('.')) value = property(value, name);
	return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** The first text that begins like such a URL, at any depth that a notification may have. */
function urlIn(value: unknown, beginning: RegExp, depth = 0): string | undefined {
	if (typeof value === 'string') return beginning.test(value) ? value : undefined;
	if (typeof value !== 'object' || value === null || depth === DEEPEST) return undefined;
	for (const member of Object.values(value)) {
		const url = urlIn(member, beginning, depth + 1);
		if (url !== undefined) return url;
	}
	return undefined;
}

function property(value: unknown, name: string): unknown {
	if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
	return (value as Record<string, unknown>)[name];
}
