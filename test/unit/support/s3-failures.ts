/** S3 error codes with the same meaning for the user. */
export interface S3Row {
	codes: readonly string[];
	status?: number;
	message: string;
	/** Part of the advice. */
	advice: string;
	retry: boolean;
}

const GET_TOKEN = 'Run Roche Get Token again right before this node';
const LATER = 'Try again later';
const DEVICE = 'a device between n8n and S3 changes the data';

const FOR_GOOD: readonly S3Row[] = (
	[
		[404, ['NoSuchKey', 'NotFound'], 'There is no file with this object key', 'Compare the key with the notification'],
		[403, ['PRESIGNED_URL_EXPIRED'], 'The pre-signed URL has expired', 'until Roche sends the notification again'],
		[
			403,
			['AccessDenied', 'AllAccessDisabled', 'Forbidden'],
			'S3 denied access to the file',
			'The token allows only the access points in "awsResources"',
		],
		[400, ['ExpiredToken', 'TokenRefreshRequired'], 'The AWS session token has expired', GET_TOKEN],
		[
			400,
			['InvalidToken', 'InvalidAccessKeyId', 'UnrecognizedClientException', 'InvalidClientTokenId'],
			'S3 does not know the AWS credentials',
			GET_TOKEN,
		],
		[
			403,
			['SignatureDoesNotMatch'],
			'S3 did not accept the signature of the request',
			'a pre-signed URL may be incomplete',
		],
		[
			404,
			['NoSuchBucket', 'NoSuchAccessPoint', 'InvalidAccessPoint', 'InvalidAccessPointAliasError'],
			'There is no such access point',
			'Compare the access point with "awsResources"',
		],
		[
			301,
			['PermanentRedirect', 'TemporaryRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'],
			'The access point is in another region',
			'Check the region in the ARN',
		],
		[403, ['InvalidObjectState'], 'The file has been archived', 'Ask Roche to restore it'],
		[undefined, ['TOO_LARGE'], 'The file is larger than the option "Max File Size" allows', 'Raise "Max File Size"'],
		[
			undefined,
			['ENCODING_UNKNOWN'],
			'The file is stored with a Content-Encoding that is not supported',
			'Supported are gzip, deflate and br',
		],
		[
			undefined,
			['UNPACKS_TOO_FAR'],
			'The file decompresses to more than 1 GB and more than 200 times its stored size',
			'set the option "Max File Size"',
		],
		[undefined, ['NOT_S3'], 'The answer did not come from S3', 'It has no ETag, which S3 sends with every file'],
	] as const
).map(([status, codes, message, advice]) => ({ status, codes, message, advice, retry: false }));

const FOR_NOW: readonly S3Row[] = (
	[
		[
			403,
			['RequestTimeTooSkewed'],
			'The clock of the n8n server differs too much from that of S3',
			'Correct the clock (NTP)',
		],
		[503, ['SlowDown', 'TooManyRequests'], 'S3 asks to slow down', 'Set the option "Concurrency" to a low number'],
		[412, ['PreconditionFailed'], 'The file was replaced while it was being read', LATER],
		[
			503,
			['InternalError', 'ServiceUnavailable', 'RequestTimeout', 'InternalServerError'],
			'S3 is temporarily unavailable',
			LATER,
		],
		[undefined, ['CHECKSUM_MISMATCH'], 'The bytes received are not those stored in S3: the checksum differs', DEVICE],
		[
			undefined,
			['ENCODING_DAMAGED'],
			'The file is not compressed as its Content-Encoding states, or is damaged',
			'the file was stored that way, or a device between n8n and S3 decompresses files',
		],
		[undefined, ['INCOMPLETE'], 'The file arrived with fewer or more bytes than S3 announced', DEVICE],
	] as const
).map(([status, codes, message, advice]) => ({ status, codes, message, advice, retry: true }));

const UNEXPECTED = 'S3 answered with an unexpected error';

const OTHERS: readonly S3Row[] = [
	{ codes: ['SomethingNew', ''], message: UNEXPECTED, advice: LATER, retry: false },
	...[400, 403, 409].map((status) => ({
		codes: ['SomethingNew', ''],
		status,
		message: `${UNEXPECTED} (${status})`,
		advice: LATER,
		retry: false,
	})),
	{ codes: ['NotImplemented', ''], status: 501, message: `${UNEXPECTED} (501)`, advice: LATER, retry: false },
	...[429, 500, 502, 503, 504].map((status) => ({
		codes: ['SomethingNew', ''],
		status,
		message: `${UNEXPECTED} (${status})`,
		advice: LATER,
		retry: true,
	})),
];

export const S3_FAILURES: readonly S3Row[] = [...FOR_GOOD, ...FOR_NOW, ...OTHERS];
