import { ServiceError } from '../errors/service-error';

/** S3's codes for a key that does not exist; the last one if the token may not list files. */
const NO_SUCH_KEY: readonly string[] = ['NoSuchKey', 'NotFound', 'AccessDenied'];

const ADVICE =
	'The key looks URL-encoded ("%20" or "+" for a space), like keys in event messages of S3, and was used unchanged. If Roche sends such keys, choose the source "Object" with the key {{ decodeURIComponent($json.MessageReference.objectKey.replaceAll("+", " ")) }}.';

/** Whether decoding would change the key. */
function looksEncoded(key: string): boolean {
	try {
		return decodeURIComponent(key.replaceAll('+', ' ')) !== key;
	} catch {
		return false;
	}
}

/**
 * Adds advice to the error of a key that S3 does not know, if the key looks encoded. It is never decoded silently: keys may contain such
 * characters.
 */
export function withKeyAdvice(error: unknown, key: string): unknown {
	if (!(error instanceof ServiceError) || !NO_SUCH_KEY.includes(error.code) || !looksEncoded(key)) return error;
	const { message, code, statusCode, retry, causedBy } = error;
	const advice = `${ADVICE} Otherwise: ${error.advice}`;
	return new ServiceError(message, { code, statusCode, retry, causedBy, advice });
}
