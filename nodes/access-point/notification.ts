import { InvalidInputError } from '../errors/invalid-input-error';
import { type AccessPointArn, parseAccessPointArn } from './access-point-arn';
import { parsePresignedUrl, type PresignedUrl } from './presigned-url';

/** Where a file is read from. */
export type FileSource =
	{ kind: 'accessPoint'; accessPoint: AccessPointArn; key: string } | { kind: 'presignedUrl'; presigned: PresignedUrl };

const FIELD = 'MessageReference';
const ADVICE =
	'The item must be a file availability notification as Roche sends it, with MessageReference {accesspoint, objectKey}. For other items choose the source "Object" or "Pre-Signed URL".';

/**
 * The file that a file availability notification announces. A pre-signed URL is used when there is one: the name of its field
 * is not documented, so it is the first https URL in `MessageReference`.
 * @param notification the item's JSON
 * @param allowedHosts as for `parsePresignedUrl`
 * @throws InvalidInputError when neither is there, or what is there cannot be used
 */
export function fileOfNotification(notification: unknown, allowedHosts: readonly string[]): FileSource {
	const reference = property(notification, 'MessageReference');
	if (typeof reference === 'string' && isHttps(reference)) return presigned(reference, allowedHosts);
	if (typeof reference !== 'object' || reference === null) {
		throw new InvalidInputError(FIELD, `${FIELD} is missing in the item`, ADVICE);
	}
	const url = Object.values(reference).find(isHttps);
	if (url !== undefined) return presigned(url, allowedHosts);
	return fileInAccessPoint(property(reference, 'accesspoint'), property(reference, 'objectKey'));
}

/**
 * A file by access point and object key.
 * @throws InvalidInputError when one of them cannot be used
 */
export function fileInAccessPoint(accessPoint: unknown, objectKey: unknown): FileSource {
	const arn = parseAccessPointArn(accessPoint);
	if (typeof objectKey !== 'string' || objectKey === '') {
		throw new InvalidInputError(
			'Object Key',
			'Object Key is empty',
			'Give the key as the notification names it, without a slash in front.',
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

function presigned(url: string, allowedHosts: readonly string[]): FileSource {
	return { kind: 'presignedUrl', presigned: parsePresignedUrl(url, allowedHosts) };
}

function isHttps(value: unknown): value is string {
	return typeof value === 'string' && /^\s*https:\/\//i.test(value);
}

function property(value: unknown, name: string): unknown {
	if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
	return (value as Record<string, unknown>)[name];
}
