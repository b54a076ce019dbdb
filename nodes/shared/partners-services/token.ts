import { isRecord } from '../formats/is-record';

/** Temporary AWS credentials, with Roche's field names (API page, Get Token). */
export interface AwsCredentials {
	AccessKeyId: string;
	SecretAccessKey: string;
	SessionToken: string;
	/** ISO 8601; the lifetime is not documented, so this is the only source. */
	Expiration: string;
}

/** The result of Get Token. */
export interface Token {
	awsCredentials: AwsCredentials;
	/** ARNs of the access points that the credentials may read. */
	awsResources: string[];
	/** The `x-origin-request-id` of the request that returned the token; empty if an item's token does not have it. */
	originRequestId: string;
}

/** Returns the value as AWS credentials; undefined if a part is missing or `Expiration` is not a date. */
export function asAwsCredentials(value: unknown): AwsCredentials | undefined {
	if (!isRecord(value)) return undefined;
	const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = value;
	if (!isText(AccessKeyId) || !isText(SecretAccessKey) || !isText(SessionToken) || !isText(Expiration))
		return undefined;
	if (Number.isNaN(expiryOf(Expiration))) return undefined;
	return { AccessKeyId, SecretAccessKey, SessionToken, Expiration };
}

/** Returns the time until the credentials expire, in ms; negative afterwards. */
export function timeLeft(credentials: AwsCredentials, now = Date.now()): number {
	return expiryOf(credentials.Expiration) - now;
}

/** A time zone: an offset at the end of a time, or a name, as Java writes it. */
const ZONE = /(Z|[+-]\d{2}:?\d{2})$|\b(UTC|GMT|[ECMP][SD]T)\b/i;

/** When a token expires, in epoch ms; NaN if it is not a date. A time without a zone is UTC, as always with AWS, not local time. */
function expiryOf(expiration: string): number {
	const text = expiration.trim();
	if (ZONE.test(text)) return Date.parse(text);
	const iso = Date.parse(`${text}Z`);
	return Number.isNaN(iso) ? Date.parse(`${text} UTC`) : iso;
}

function isText(value: unknown): value is string {
	return typeof value === 'string' && value !== '';
}
