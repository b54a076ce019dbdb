import { ServiceError } from '../errors/service-error';
import type { Failure } from '../errors/failure';

/** One row: what an answer of the Partners Services API means to the user. The first row that matches counts. */
interface AnswerFailure extends Failure {
	status: number | 'other';
	/** Must match the body, which may be empty, JSON or anything else. */
	body?: RegExp;
	code: string;
}

/** What an answer means, and its code. */
export type AnswerRow = Failure & { code: string };

/** The code for a receipt handle that Roche does not accept. */
export const INVALID_RECEIPT_HANDLE = 'INVALID_RECEIPT_HANDLE';

/** Independent of the status: see `refusesReceiptHandle`. */
export const RECEIPT_HANDLE_REFUSED: AnswerRow = {
	code: INVALID_RECEIPT_HANDLE,
	message: 'The receipt handle is not valid',
	advice:
		'Roche sends each redelivery of a message with a new receipt handle: acknowledge with the handle of the newest notification.',
	retry: false,
};

const LATER = 'Try again later. If the error persists, give Roche the request id.';
const CHECK_BASE_URL =
	'Check Environment and Base URL in the credential. The base URL ends with /partners/services/api/.';

/** Statuses and bodies are those of the API's error documentation; 404, 429, 502, 503, 504 and redirects come from gateways in between. */
const ANSWER_FAILURES: readonly AnswerFailure[] = [
	{
		status: 400,
		code: '400',
		message: 'Roche refused the request as invalid (400)',
		advice: 'Check the values in the node. If they are right, give Roche the request id and ask for the reason.',
		retry: false,
	},
	{
		status: 401,
		code: '401',
		message: 'Client ID or Client Secret is wrong (401)',
		advice: 'Check both in the credential, and that they belong to its environment: demo and live have different ones.',
		retry: false,
		causedBy: 'credential',
	},
	{
		status: 403,
		body: /certificate validation failed/i,
		code: 'CERTIFICATE_REFUSED',
		message: 'Roche does not accept the client certificate (403)',
		advice:
			'Check that Roche signed it for this environment (demo and live differ) and for this organization, and that it has not been revoked or replaced.',
		retry: false,
		causedBy: 'credential',
	},
	{
		status: 403,
		body: /^\s*$/,
		code: 'ORGANIZATION_REFUSED',
		message: 'Organization ID is not valid, or Client ID is not allowed to act for it (403)',
		advice: 'Compare Organization ID and Client ID with what Roche gave you for this environment.',
		retry: false,
		causedBy: 'credential',
	},
	{
		status: 403,
		code: '403',
		message: 'Access was denied (403)',
		advice:
			'Ask Roche whether the public IP address of the n8n server is registered, and check for a proxy that answers instead of Roche.',
		retry: false,
	},
	{
		status: 404,
		code: '404',
		message: 'There is no such service at the base URL (404)',
		advice: CHECK_BASE_URL,
		retry: false,
		causedBy: 'configuration',
	},
	{
		status: 405,
		code: '405',
		message: 'The server does not allow this method here (405)',
		advice: CHECK_BASE_URL,
		retry: false,
		causedBy: 'configuration',
	},
	{
		status: 407,
		code: '407',
		message: 'A proxy asks for a user name and password (407)',
		advice: 'Put them into HTTPS_PROXY of the n8n process: http://user:password@proxy:port.',
		retry: false,
		causedBy: 'configuration',
	},
	{
		status: 429,
		code: '429',
		message: 'Roche asks to slow down (429)',
		advice: 'Send fewer requests at once.',
		retry: true,
		causedBy: 'load',
	},
	{ status: 500, code: '500', message: 'Roche had an internal error (500)', advice: LATER, retry: true },
	{
		status: 501,
		code: '501',
		message: 'Roche does not offer this function (501)',
		advice: CHECK_BASE_URL,
		retry: false,
		causedBy: 'configuration',
	},
	{
		status: 502,
		code: '502',
		message: 'A gateway got no usable answer from Roche (502)',
		advice: LATER,
		retry: true,
		answerLost: true,
	},
	{ status: 503, code: '503', message: 'Roche is not available (503)', advice: LATER, retry: true },
	{
		status: 504,
		code: '504',
		message: 'A gateway got no answer from Roche in time (504)',
		advice: LATER,
		retry: true,
		answerLost: true,
	},
	{
		status: 'other',
		code: 'UNEXPECTED_STATUS',
		message: 'Roche answered with a status that is not documented',
		advice: `${CHECK_BASE_URL} A proxy may answer instead of Roche.`,
		retry: false,
	},
];

/** Successful answers that cannot be used, since they differ from what the API page documents. */
const UNUSABLE_ANSWERS = {
	ANSWER_NOT_JSON: 'The answer to Get Token is not JSON',
	ANSWER_WITHOUT_CREDENTIALS: 'The answer to Get Token does not contain complete AWS credentials',
	ANSWER_IS_WEB_PAGE: 'The answer to Notification ACK is a web page',
	ANSWER_TOO_LARGE: 'The answer is far larger than any documented one',
} as const;

/**
 * Returns what an unsuccessful answer means.
 * @throws RangeError if the table does not end with a row for every other status
 */
export function answerRow(status: number, body: string): AnswerRow {
	const row = ANSWER_FAILURES.find(
		(r) => (r.status === status || r.status === 'other') && (r.body?.test(body) ?? true),
	);
	if (!row) throw new RangeError(`No row for status ${status}: the table must end with one for every other status`);
	return row;
}

/** Returns the error for a successful answer whose content cannot be used. */
export function unusableAnswer(code: keyof typeof UNUSABLE_ANSWERS): ServiceError {
	return new ServiceError(UNUSABLE_ANSWERS[code], {
		advice: `${CHECK_BASE_URL} A proxy may answer instead of Roche.`,
		code,
		statusCode: 200,
		retry: false,
	});
}
