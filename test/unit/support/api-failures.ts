/** An answer of the API, and the message for the user. */
export interface AnswerRow {
	what: string;
	status: number;
	body: string;
	code: string;
	message: string;
	/** Part of the advice. */
	advice: string;
	retry: boolean;
	answerLost?: true;
}

const outcome = (text: string) =>
	JSON.stringify({
		resourceType: 'OperationOutcome',
		issue: [{ severity: 'error', code: 'invalid', details: { text } }],
	});

const LATER = 'Try again later';
const BASE_URL = 'Check Environment and Base URL';

/** The answers that Roche documents. */
export const DOCUMENTED_ANSWERS: readonly AnswerRow[] = [
	{
		what: 'OperationOutcome for a receipt handle',
		status: 400,
		body: outcome('The input receipt handle "AQEB-geheim" is not a valid receipt handle.'),
		code: 'INVALID_RECEIPT_HANDLE',
		message: 'The receipt handle is not valid (400)',
		advice: 'acknowledge with the handle of the newest notification',
		retry: false,
	},
	{
		what: 'OperationOutcome for something else',
		status: 400,
		body: outcome('geheim'),
		code: '400',
		message: 'Roche refused the request as invalid (400)',
		advice: 'Check the values in the node',
		retry: false,
	},
	{
		what: 'Invalid Client',
		status: 401,
		body: '{"error":"Invalid Client"}',
		code: '401',
		message: 'Client ID or Client Secret is wrong (401)',
		advice: 'demo and live have different ones',
		retry: false,
	},
	{
		what: 'certificate validation failed',
		status: 403,
		body: '{"status":"error","detail":"Validation policy error: Certificate validation failed."}',
		code: 'CERTIFICATE_REFUSED',
		message: 'Roche does not accept the client certificate (403)',
		advice: 'Check that Roche signed it for this environment',
		retry: false,
	},
	{
		what: 'empty body',
		status: 403,
		body: '',
		code: 'ORGANIZATION_REFUSED',
		message: 'Organization ID is not valid, or Client ID is not allowed to act for it (403)',
		advice: 'Compare Organization ID and Client ID',
		retry: false,
	},
	{
		what: 'no body',
		status: 405,
		body: '',
		code: '405',
		message: 'The server does not allow this method here (405)',
		advice: BASE_URL,
		retry: false,
	},
	{
		what: 'no body',
		status: 500,
		body: '',
		code: '500',
		message: 'Roche had an internal error (500)',
		advice: LATER,
		retry: true,
	},
	{
		what: 'no body',
		status: 501,
		body: '',
		code: '501',
		message: 'Roche does not offer this function (501)',
		advice: BASE_URL,
		retry: false,
	},
];

const html = '<html><body>geheim</body></html>';

/** Answers of gateways and proxies in between. */
export const GATEWAY_ANSWERS: readonly AnswerRow[] = [
	{
		what: 'blank body',
		status: 403,
		body: ' \r\n',
		code: 'ORGANIZATION_REFUSED',
		message: 'Organization ID is not valid, or Client ID is not allowed to act for it (403)',
		advice: 'Compare Organization ID and Client ID',
		retry: false,
	},
	{
		what: 'HTML',
		status: 403,
		body: html,
		code: '403',
		message: 'Access was denied (403)',
		advice: 'public IP address of the n8n server',
		retry: false,
	},
	{
		what: 'HTML',
		status: 404,
		body: html,
		code: '404',
		message: 'There is no such service at the base URL (404)',
		advice: BASE_URL,
		retry: false,
	},
	{
		what: 'HTML',
		status: 407,
		body: html,
		code: '407',
		message: 'A proxy asks for a user name and password (407)',
		advice: 'HTTPS_PROXY',
		retry: false,
	},
	{
		what: 'text',
		status: 429,
		body: 'slow down',
		code: '429',
		message: 'Roche asks to slow down (429)',
		advice: 'fewer requests',
		retry: true,
	},
	{
		what: 'HTML',
		status: 502,
		body: html,
		code: '502',
		message: 'A gateway got no usable answer from Roche (502)',
		advice: LATER,
		retry: true,
		answerLost: true,
	},
	{
		what: 'HTML',
		status: 503,
		body: html,
		code: '503',
		message: 'Roche is not available (503)',
		advice: LATER,
		retry: true,
	},
	{
		what: 'HTML',
		status: 504,
		body: html,
		code: '504',
		message: 'A gateway got no answer from Roche in time (504)',
		advice: LATER,
		retry: true,
		answerLost: true,
	},
	...[302, 409, 418, 511].map((status) => ({
		what: 'not documented',
		status,
		body: 'geheim',
		code: 'UNEXPECTED_STATUS',
		message: `Roche answered with a status that is not documented (${status})`,
		advice: BASE_URL,
		retry: false,
	})),
];

/** Unusable answers of 200. */
export const UNUSABLE_ANSWERS = [
	['ANSWER_NOT_JSON', 'The answer to Get Token is not JSON'],
	['ANSWER_WITHOUT_CREDENTIALS', 'The answer to Get Token does not contain complete AWS credentials'],
	['ANSWER_IS_WEB_PAGE', 'The answer to Notification ACK is a web page'],
	['ANSWER_TOO_LARGE', 'The answer is far larger than any documented one'],
] as const;
