import { isRecord } from '../formats/is-record';

/** Temporary AWS credentials, with the names that Roche gives them (API page, Get Token). */
export interface AwsCredentials {
	AccessKeyId: string;
	SecretAccessKey: string;
	SessionToken: string;
	/** ISO 8601; the lifetime is not documented, so this is the only source. */
	Expiration: string;
}

/** What Get Token gives. */
export interface Token {
	awsCredentials: AwsCredentials;
	/** ARNs of the access points that the credentials may read. */
	awsResources: string[];
	/** The `x-origin-request-id` of the request that the token came from. */
	originRequestId: string;
}

/** The value as AWS credentials, or undefined when a part is missing or `Expiration` is no date. */
export function asAwsCredentials(value: unknown): AwsCredentials | undefined {
	if (!isRecord(value)) return undefined;
	const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = value;
	if (!isText(AccessKeyId) || !isText(SecretAccessKey) || !isText(SessionToken) || !isText(Expiration))
		return undefined;
	if (Number.isNaN(expiryOf(Expiration))) return undefined;
	return { AccessKeyId, SecretAccessKey, SessionToken, Expiration };
}

/** Time until the credentials expire, in ms; negative afterwards. */
export function timeLeft(credentials: AwsCredentials, now = Date.now()): number {
	return expiryOf(credentials.Expiration) - now;
}

/** A zone at the end of a time, or one by its name, as Java writes it. */
const ZONE = /(Z|[+-]\d{2}:?\d{2})$|\b(UTC|GMT|[ECMP][SD]T)\b/i;

/** When a token expires, in epoch ms; NaN for what is no date. AWS tells times in UTC, so that one without a zone is no local time. */
function expiryOf(expiration: string): number {
	const text = expiration.trim();
	if (ZONE.test(text)) return Date.parse(text);
	const iso = Date.parse(`${text}Z`);
	return Number.isNaN(iso) ? Date.parse(`${text} UTC`) : iso;
}

function isText(value: unknown): value is string {
	return typeof value === 'string' && value !== '';
}
