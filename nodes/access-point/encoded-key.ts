import { ServiceError } from '../errors/service-error';

/** What S3 says of a key that there is not; the second one where the token may not list files. */
const NO_SUCH_KEY: readonly string[] = ['NoSuchKey', 'NotFound', 'AccessDenied'];

const ADVICE =
	'The key looks URL-encoded ("%20" or "+" for a space), like keys in event messages of S3, and was used unchanged. If Roche sends such keys, choose the source "Object" with the key {{ decodeURIComponent($json.MessageReference.objectKey.replaceAll("+", " ")) }}.';

/** Whether decoding the key would give another one. */
function looksEncoded(key: string): boolean {
	try {
		return decodeURIComponent(key.replaceAll('+', ' ')) !== key;
	} catch {
		return false;
	}
}

/** The error of a key that S3 does not know, with advice where it looks encoded. It is never decoded silently: keys may hold such signs. */
export function withKeyAdvice(error: unknown, key: string): unknown {
	if (!(error instanceof ServiceError) || !NO_SUCH_KEY.includes(error.code) || !looksEncoded(key)) return error;
	const { message, code, statusCode, retry } = error;
	return new ServiceError(message, { code, statusCode, retry, advice: `${ADVICE} Otherwise: ${error.advice}` });
}
