import { InvalidInputError } from '../errors/invalid-input-error';
import { isDamaged } from '../notification/charset';
import { notificationField } from '../notification/fields';
import { type Reference, readReference, textAt } from '../notification/reference';
import { unwrapped } from '../notification/unwrapped';
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

const FIELD = 'MessageReference';
const ADVICE =
	'The item must be a file availability notification as Roche sends it, with MessageReference {accesspoint, objectKey}. For other items, choose the source "Object" or "Pre-Signed URL".';

/**
 * The file that a file availability notification announces. A pre-signed URL is used when there is one, and where access point and
 * object key are there, too, they stand by for the case that it has expired.
 * @param notification the item's JSON: a notification, or one below `body`
 * @param allowedHosts as for `parsePresignedUrl`
 * @param urlField where the URL is in `MessageReference`, with dots between levels. Empty: the name of the field is not documented, so
 *   it is the signed https URL, or, where nothing else tells a file, the only one
 * @throws InvalidInputError when neither is there, several files are, or what is there cannot be used
 */
export function fileOfNotification(notification: unknown, allowedHosts: readonly string[], urlField = ''): FileSource {
	const value = notificationField(notification, FIELD);
	const reference = readReference(value);
	const fallback = objectOf(reference);
	// One of them would never be read, and yet be acknowledged.
	if (urlField === '' && namesSeveral(reference, fallback)) {
		throw new InvalidInputError(
			FIELD,
			`${FIELD} names several files`,
			'Enter the field of the right URL in the option "Pre-Signed URL Field", or choose the source "Object" or "Pre-Signed URL".',
		);
	}
	const url = urlField === '' ? urlsOf(reference, fallback)[0] : textAt(value, urlField);
	if (url !== undefined) return { ...presigned(url, allowedHosts), fallback };
	if (value === undefined || (typeof value !== 'object' && unwrapped(value) === undefined)) {
		throw new InvalidInputError(FIELD, `${FIELD} is missing in the item`, ADVICE);
	}
	const { accessPoint, objectKey } = reference;
	if (urlField !== '' && accessPoint === undefined) {
		throw new InvalidInputError(
			'Pre-Signed URL Field',
			`Pre-Signed URL Field names a field that ${FIELD} does not have, and there is no access point either`,
			'Compare it with the notification: enter the name below MessageReference, such as presignedUrl. If the option is empty, the node finds the URL itself.',
		);
	}
	// Nothing but a URL that is not https: it gets the error that says so.
	const [otherUrl] = accessPoint === undefined ? reference.plainUrls : [];
	if (otherUrl !== undefined) return presigned(otherUrl, allowedHosts);
	return fileInAccessPoint(accessPoint, objectKey);
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
			'Enter the key as in the notification, without a leading slash.',
		);
	}
	refuseDamaged('Object Key', objectKey);
	// AWS documentation, "Object key names": at most 1,024 bytes of UTF-8.
	if (Buffer.byteLength(objectKey) > 1024) {
		throw new InvalidInputError(
			'Object Key',
			'Object Key is longer than 1,024 bytes',
			'Check the expression: S3 does not allow longer keys.',
		);
	}
	return { kind: 'accessPoint', accessPoint: arn, key: objectKey };
}

/** The kind of file, `Clinical Data` or `Clinical Report`, when the item says so. */
export function messageTypeOf(notification: unknown): string | undefined {
	const type = notificationField(notification, 'MessageType');
	return typeof type === 'string' ? type : undefined;
}

function presigned(url: string, allowedHosts: readonly string[]) {
	refuseDamaged('Pre-Signed URL', url);
	return { kind: 'presignedUrl', presigned: parsePresignedUrl(url, allowedHosts) } as const;
}

function namesSeveral(reference: Reference, object: ObjectSource | undefined): boolean {
	return reference.isAmbiguous || urlsOf(reference, object).length > 1;
}

/**
 * The URLs that the file may be behind. One without a signature that is known may be a page of help as well: it counts only without access
 * point and key.
 */
function urlsOf({ signedUrls, urls }: Reference, object: ObjectSource | undefined): readonly string[] {
	return signedUrls.length > 0 || object !== undefined ? signedUrls : urls;
}

/** Access point and key beside a URL; what cannot be used there is no failure as long as the URL works. */
function objectOf({ accessPoint, objectKey }: Reference): ObjectSource | undefined {
	try {
		return fileInAccessPoint(accessPoint, objectKey);
	} catch (error) {
		if (error instanceof InvalidInputError) return undefined;
		throw error;
	}
}

/** What a wrong encoding or a cut has left is the name of another file, or of none. */
function refuseDamaged(field: string, text: string): void {
	if (!isDamaged(text)) return;
	throw new InvalidInputError(
		field,
		`${field} contains damaged characters (U+FFFD or half a character)`,
		'The text was read in the wrong encoding, or cut, before it reached this node. Check the step that created the item, and the expression if there is one.',
	);
}
