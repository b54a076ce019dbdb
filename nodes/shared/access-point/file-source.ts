import { InvalidInputError } from '../errors/invalid-input-error';
import { unwrapped } from '../formats/unwrapped';
import { isDamaged } from '../notification/charset';
import { notificationField } from '../notification/fields';
import { type Reference, readReference, textAt } from '../notification/reference';
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
			/** The same file, in case the URL has expired. */
			fallback?: ObjectSource;
	  };

const FIELD = 'MessageReference';
const ADVICE =
	'The item must be a file availability notification as Roche sends it, with MessageReference {accesspoint, objectKey}. For other items, choose the source "Object" or "Pre-Signed URL".';

/**
 * Returns the file that a file availability notification announces. A pre-signed URL is used if there is one; if access point and object
 * key are there too, they are the fallback for an expired URL.
 * @param notification the item's JSON: a notification, or one below `body`
 * @param allowedHosts as for `parsePresignedUrl`
 * @param urlField path of the URL in `MessageReference`, with dots between levels. If empty, since the name of the field is not documented:
 * the signed https URL or, if nothing else identifies a file, the only one
 * @throws InvalidInputError if there is neither, there are several files, or what there is cannot be used
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
	// There is only a URL that is not https: the error states that.
	const [otherUrl] = accessPoint === undefined ? reference.plainUrls : [];
	if (otherUrl !== undefined) return presigned(otherUrl, allowedHosts);
	return fileInAccessPoint(accessPoint, objectKey);
}

/**
 * Returns a file by access point and object key.
 * @throws InvalidInputError if one of them cannot be used
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

function presigned(url: string, allowedHosts: readonly string[]) {
	refuseDamaged('Pre-Signed URL', url);
	return { kind: 'presignedUrl', presigned: parsePresignedUrl(url, allowedHosts) } as const;
}

function namesSeveral(reference: Reference, object: ObjectSource | undefined): boolean {
	return reference.isAmbiguous || urlsOf(reference, object).length > 1;
}

/** Returns the URLs that may be the file's. One without a known signature may also be a help page, so it counts only without access point and key. */
function urlsOf({ signedUrls, urls }: Reference, object: ObjectSource | undefined): readonly string[] {
	return signedUrls.length > 0 || object !== undefined ? signedUrls : urls;
}

/** Returns access point and key beside a URL. If they cannot be used, that is no failure as long as the URL works. */
function objectOf({ accessPoint, objectKey }: Reference): ObjectSource | undefined {
	try {
		return fileInAccessPoint(accessPoint, objectKey);
	} catch (error) {
		if (error instanceof InvalidInputError) return undefined;
		throw error;
	}
}

/** Refuses a string damaged by a wrong encoding or a cut: it names another file, or no file. */
function refuseDamaged(field: string, text: string): void {
	if (!isDamaged(text)) return;
	throw new InvalidInputError(
		field,
		`${field} contains damaged characters (U+FFFD or half a character)`,
		'The text was read in the wrong encoding, or cut, before it reached this node. Check the step that created the item, and the expression if there is one.',
	);
}
