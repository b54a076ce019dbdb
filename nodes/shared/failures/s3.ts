import { ServiceError } from '../errors/service-error';
import type { Failure } from '../errors/failure';

/** One row: what an S3 error means to the user. */
interface S3Failure extends Failure {
	/** S3 error codes (Amazon S3 API Reference, "Error responses"), or our own in capitals. */
	codes: readonly string[];
}

export const EXPIRED_TOKEN = 'ExpiredToken';

/** AWS no longer knows the token, although it has not expired: Roche may have replaced it. */
export const UNKNOWN_TOKENS: readonly string[] = ['InvalidToken', 'InvalidAccessKeyId', 'TokenRefreshRequired'];

/** Our own code: S3 returns AccessDenied with the message "Request has expired". */
export const EXPIRED_URL = 'PRESIGNED_URL_EXPIRED';

const LATER = 'Try again later.';
const GET_TOKEN = 'Run Roche Get Token again right before this node.';

const S3_FAILURES: readonly S3Failure[] = [
	{
		codes: ['NoSuchKey', 'NotFound'],
		message: 'There is no file with this object key',
		advice:
			'Compare the key with the notification: it must match exactly. Roche may have removed the file after some time.',
		retry: false,
		causedBy: 'configuration',
	},
	{
		codes: [EXPIRED_URL],
		message: 'The pre-signed URL has expired',
		advice: 'Wait until Roche sends the notification again, or read the file by access point and object key.',
		retry: false,
	},
	{
		codes: ['AccessDenied', 'AllAccessDisabled', 'Forbidden'],
		message: 'S3 denied access to the file',
		advice:
			'The token allows only the access points in "awsResources". If it does not allow listing files, S3 also denies access to a key that does not exist: check the key.',
		retry: false,
	},
	{
		codes: [EXPIRED_TOKEN, 'TokenRefreshRequired'],
		message: 'The AWS session token has expired',
		advice: GET_TOKEN,
		retry: false,
	},
	{
		codes: ['InvalidToken', 'InvalidAccessKeyId', 'UnrecognizedClientException', 'InvalidClientTokenId'],
		message: 'S3 does not know the AWS credentials',
		advice: GET_TOKEN,
		retry: false,
	},
	{
		codes: ['SignatureDoesNotMatch'],
		message: 'S3 did not accept the signature of the request',
		advice:
			'A step of the workflow may have changed the AWS secret, a pre-signed URL may be incomplete, or a proxy may change requests.',
		retry: false,
	},
	{
		codes: ['RequestTimeTooSkewed'],
		message: 'The clock of the n8n server differs too much from that of S3',
		advice: 'Correct the clock (NTP): S3 allows 15 minutes.',
		// The SDK reads S3's time from the answer, so the next attempt carries the right one.
		retry: true,
	},
	{
		codes: ['NoSuchBucket', 'NoSuchAccessPoint', 'InvalidAccessPoint', 'InvalidAccessPointAliasError'],
		message: 'There is no such access point',
		advice: 'Compare the access point with "awsResources" of Roche Get Token.',
		retry: false,
		causedBy: 'configuration',
	},
	{
		codes: [
			'PermanentRedirect',
			'TemporaryRedirect',
			'AuthorizationHeaderMalformed',
			'IllegalLocationConstraintException',
		],
		message: 'The access point is in another region',
		advice: 'Check the region in the ARN of the access point.',
		retry: false,
		causedBy: 'configuration',
	},
	{
		codes: ['InvalidObjectState'],
		message: 'The file has been archived',
		advice: 'Ask Roche to restore it.',
		retry: false,
	},
	{
		codes: ['SlowDown', 'TooManyRequests'],
		message: 'S3 asks to slow down',
		advice: 'Set the option "Concurrency" to a low number.',
		retry: true,
		causedBy: 'load',
	},
	{
		codes: ['PreconditionFailed'],
		message: 'The file was replaced while it was being read',
		advice: LATER,
		retry: true,
	},
	{
		codes: ['InternalError', 'ServiceUnavailable', 'RequestTimeout', 'InternalServerError'],
		message: 'S3 is temporarily unavailable',
		advice: LATER,
		retry: true,
	},
	{
		codes: ['CHECKSUM_MISMATCH'],
		message: 'The bytes received are not those stored in S3: the checksum differs',
		advice: `${LATER} If it always happens, a device between n8n and S3 changes the data.`,
		retry: true,
	},
	{
		codes: ['INCOMPLETE'],
		message: 'The file arrived with fewer or more bytes than S3 announced',
		advice: `${LATER} If it always happens, a device between n8n and S3 changes the data.`,
		retry: true,
	},
	{
		codes: ['NOT_S3'],
		message: 'The answer did not come from S3',
		advice:
			'It has no ETag, which S3 sends with every file. A proxy or another device answers instead of S3: ask the network team to let the host through.',
		retry: false,
	},
	{
		codes: ['ENCODING_UNKNOWN'],
		message: 'The file is stored with a Content-Encoding that is not supported',
		advice: 'Supported are gzip, deflate and br, up to three in a row. FOUND Ask Roche how to read the file.',
		retry: false,
	},
	{
		codes: ['ENCODING_DAMAGED'],
		message: 'The file is not compressed as its Content-Encoding states, or is damaged',
		advice: `${LATER} If it always happens, the file was stored that way, or a device between n8n and S3 decompresses files: ask Roche and the network team.`,
		// A byte that was changed in transit is often detected here first.
		retry: true,
	},
	{
		codes: ['UNPACKS_TOO_FAR'],
		message: 'The file decompresses to more than 1 GB and more than 200 times its stored size',
		advice:
			'Such a file is made to fill memory and disks. If you expect it, set the option "Max File Size" to the size that you allow.',
		retry: false,
	},
	{
		codes: ['TOO_LARGE'],
		message: 'The file is larger than the option "Max File Size" allows',
		advice: 'Raise "Max File Size" if such files are expected.',
		retry: false,
	},
];

/** 501: the server does not have the function, so a retry cannot help. */
const NOT_IMPLEMENTED = 501;

const UNKNOWN_STATUS = { message: 'S3 answered with an unexpected error', advice: LATER };

/**
 * Returns the error for an S3 error code.
 * @param code S3's code, or one of our own rows
 * @param statusCode HTTP status, if there was an answer
 * @param retryAfterMs from the header `Retry-After`
 * @param found a word of S3's answer that the advice names; left out if it is more than a word
 */
export function s3Failure(code: string, statusCode?: number, retryAfterMs?: number, found = ''): ServiceError {
	const row = S3_FAILURES.find(({ codes }) => codes.includes(code));
	if (row) {
		const named = /^[\w.-]{1,30}$/.test(found) ? `It is "${found}". ` : '';
		const advice = row.advice.replace('FOUND ', () => named);
		return new ServiceError(row.message, { ...row, advice, code, statusCode, retryAfterMs });
	}
	const retry =
		statusCode !== undefined && ((statusCode >= 500 && statusCode !== NOT_IMPLEMENTED) || statusCode === 429);
	const text = statusCode === undefined ? UNKNOWN_STATUS.message : `${UNKNOWN_STATUS.message} (${statusCode})`;
	return new ServiceError(text, { advice: UNKNOWN_STATUS.advice, code, statusCode, retry, retryAfterMs });
}
