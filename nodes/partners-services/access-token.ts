import { unusableAnswer } from './failures';
import { isRecord } from './is-record';
import { tokenAnswer } from './token-answer';

/** Temporary AWS credentials, with the names that Roche gives them (API page, Get Token). */
export interface AwsCredentials {
	AccessKeyId: string;
	SecretAccessKey: string;
	SessionToken: string;
	/** ISO 8601; the lifetime is not documented, so this is the only source. */
	Expiration: string;
}

/** What Get Token gives. */
export interface AccessToken {
	awsCredentials: AwsCredentials;
	/** ARNs of the access points that the credentials may read. */
	awsResources: string[];
	/** The `x-origin-request-id` of the request that the token came from. */
	originRequestId: string;
}

/**
 * Reads the body of a Get Token answer.
 * @throws ServiceError when it is not JSON or lacks a part of the credentials
 */
export function readAccessToken(body: string, originRequestId: string): AccessToken {
	const answer = tokenAnswer(body);
	if (answer === undefined) throw unusableAnswer('ANSWER_NOT_JSON');
	const awsCredentials = asAwsCredentials(isRecord(answer) ? answer.awsCredentials : undefined);
	const awsResources = isRecord(answer) ? (answer.awsResources ?? []) : [];
	if (!awsCredentials || !Array.isArray(awsResources) || !awsResources.every((arn) => typeof arn === 'string')) {
		throw unusableAnswer('ANSWER_WITHOUT_CREDENTIALS');
	}
	return { awsCredentials, awsResources, originRequestId };
}

/** The value as AWS credentials, or undefined when a part is missing or `Expiration` is no date. */
export function asAwsCredentials(value: unknown): AwsCredentials | undefined {
	if (!isRecord(value)) return undefined;
	const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = value;
	if (!isText(AccessKeyId) || !isText(SecretAccessKey) || !isText(SessionToken) || !isText(Expiration))
		return undefined;
	if (Number.isNaN(Date.parse(Expiration))) return undefined;
	return { AccessKeyId, SecretAccessKey, SessionToken, Expiration };
}

/** Time until the credentials expire, in ms; negative afterwards. */
export function timeLeft(credentials: AwsCredentials, now = Date.now()): number {
	return Date.parse(credentials.Expiration) - now;
}

function isText(value: unknown): value is string {
	return typeof value === 'string' && value !== '';
}
