import { randomBytes } from 'node:crypto';

/** AWS error codes that the S3 front returns, with status and text (Amazon S3 API reference, "Error responses"). */
const ERRORS = {
	AccessDenied: [403, 'Access Denied'],
	AuthorizationHeaderMalformed: [400, 'The authorization header that you provided is not valid.'],
	AuthorizationQueryParametersError: [400, 'Error parsing the X-Amz-Credential parameter.'],
	ExpiredToken: [400, 'The provided token has expired.'],
	InternalError: [500, 'We encountered an internal error. Please try again.'],
	InvalidAccessKeyId: [403, 'The AWS Access Key Id you provided does not exist in our records.'],
	InvalidArgument: [400, 'Only one auth mechanism allowed.'],
	InvalidRequest: [400, 'Missing required header for this request: x-amz-content-sha256'],
	InvalidToken: [400, 'The provided token is malformed or otherwise invalid.'],
	InvalidURI: [400, "Couldn't parse the specified URI."],
	MethodNotAllowed: [405, 'The specified method is not allowed against this resource.'],
	NoSuchAccessPoint: [404, 'The specified accesspoint does not exist'],
	NoSuchBucket: [404, 'The specified bucket does not exist'],
	NoSuchKey: [404, 'The specified key does not exist.'],
	RequestTimeTooSkewed: [403, 'The difference between the request time and the current time is too large.'],
	ServiceUnavailable: [503, 'Service is unable to handle request.'],
	SignatureDoesNotMatch: [
		403,
		'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
	],
	SlowDown: [503, 'Please reduce your request rate.'],
	XAmzContentSHA256Mismatch: [400, "The provided 'x-amz-content-sha256' header does not match what was computed."],
} as const satisfies Record<string, readonly [number, string]>;

export type S3ErrorCode = keyof typeof ERRORS;

/** An AWS error response. `details` become additional XML elements; AWS adds different ones per code. */
export class S3Refusal extends Error {
	readonly status: number;

	constructor(
		readonly code: S3ErrorCode,
		readonly details: Record<string, string> = {},
		message?: string,
	) {
		const [status, text] = ERRORS[code];
		super(message ?? text);
		this.status = status;
	}
}

/** Returns the error that AWS would most likely send with a status, for injected faults. */
export function refusalForStatus(status: number): S3Refusal {
	if (status === 503) return new S3Refusal('SlowDown');
	if (status === 404) return new S3Refusal('NoSuchKey');
	if (status === 403) return new S3Refusal('AccessDenied');
	if (status === 400) return new S3Refusal('ExpiredToken');
	return new S3Refusal('InternalError');
}

/** Returns a request id like those of AWS: 16 upper-case hex digits. */
export function requestId(): string {
	return randomBytes(8).toString('hex').toUpperCase();
}

function escapeXml(text: string): string {
	return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Returns the XML body of an error. */
export function errorXml(refusal: S3Refusal, id: string): string {
	const fields = {
		Code: refusal.code,
		Message: refusal.message,
		...refusal.details,
		RequestId: id,
		HostId: `${id}/sandbox=`,
	};
	const elements = Object.entries(fields).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
	return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${elements.join('')}</Error>`;
}
