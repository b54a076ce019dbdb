import type { Fault } from '../../sandbox/types';
import { type Column, each, RECOVERED, type Row } from '../matrix';

/** More than all attempts together. */
const ALWAYS = 99;

export const LOST = 'HOST closed the connection before the answer was complete';
export const LATE = 'HOST did not answer in time';

/** Returns a row with a fault of the sandbox for the first request, or for all. */
export function spoiled(what: string, fault: Fault, times: number, expected: Row['expected']): Row {
	return {
		fault: `${what}, ${times === 1 ? 'once' : 'always'}`,
		cause: async ({ rig, target }) => await rig.sandbox.fault({ target, times, fault }),
		expected,
	};
}

const API: readonly Column[] = ['token', 'ACK'];
const S3: readonly Column[] = ['file', 'URL'];

/** Returns rows with answers that are retried. */
function passing(status: number, api: string, s3: string): Row[] {
	const fault: Fault = { kind: 'status', status };
	return [
		spoiled(`${status}`, fault, 1, each(RECOVERED)),
		spoiled(`${status}`, fault, ALWAYS, { ...each(api, API), ...each(s3, S3) }),
	];
}

/** Returns a row with an answer that is not retried: otherwise the second attempt would succeed. */
function final(what: string, fault: Fault, api: string | undefined, s3: string | undefined): Row {
	return spoiled(what, fault, 1, { ...(api && each(api, API)), ...(s3 && each(s3, S3)) });
}

const status = (code: number, body?: string): Fault => ({ kind: 'status', status: code, body });
const s3Error = (code: number, name: string): Fault => status(code, `<Error><Code>${name}</Code></Error>`);

const REFUSED = '{"status":"error","detail":"Validation policy error: Certificate validation failed."}';
const INTERNAL = 'Roche had an internal error (500)';
const NOT_AVAILABLE = 'S3 is temporarily unavailable';
const UNEXPECTED = 'S3 answered with an unexpected error';

/** Statuses of Roche, S3 and systems in between. */
export const ANSWERS: Row[] = [
	...passing(429, 'Roche asks to slow down (429)', NOT_AVAILABLE),
	...passing(500, INTERNAL, NOT_AVAILABLE),
	...passing(502, 'A gateway got no usable answer from Roche (502)', NOT_AVAILABLE),
	...passing(503, 'Roche is not available (503)', 'S3 asks to slow down'),
	...passing(504, 'A gateway got no answer from Roche in time (504)', NOT_AVAILABLE),
	{
		fault: '429 with Retry-After: 1, once',
		cause: async ({ rig, target }) => {
			const fault: Fault = { kind: 'status', status: 429, headers: { 'Retry-After': '1' } };
			await rig.sandbox.fault({ target, fault });
		},
		expected: each(RECOVERED),
	},
	final('400', status(400, '{}'), 'Roche refused the request as invalid (400)', undefined),
	final('401', status(401, '{"error":"Invalid Client"}'), 'Client ID or Client Secret is wrong (401)', undefined),
	final('403, certificate', status(403, REFUSED), 'Roche does not accept the client certificate (403)', undefined),
	final(
		'403, no body',
		status(403, ''),
		'Organization ID is not valid, or Client ID is not allowed to act for it (403)',
		`${UNEXPECTED} (403)`,
	),
	final('403, HTML', status(403, '<html>no</html>'), 'Access was denied (403)', `${UNEXPECTED} (403)`),
	final('AccessDenied', s3Error(403, 'AccessDenied'), undefined, 'S3 denied access to the file'),
	final('404', status(404, 'nginx'), 'There is no such service at the base URL (404)', undefined),
	final('405', status(405), 'The server does not allow this method here (405)', undefined),
	final('501', status(501, ''), 'Roche does not offer this function (501)', `${UNEXPECTED} (501)`),
	final(
		'302 to another host',
		{ kind: 'status', status: 302, body: '', headers: { location: 'https://elsewhere.invalid/' } },
		'Roche answered with a status that is not documented (302)',
		`${UNEXPECTED} (302)`,
	),
	final('NoSuchKey', s3Error(404, 'NoSuchKey'), undefined, 'There is no file with this object key'),
	// A fresh token is tried once; a pre-signed URL has none.
	spoiled('InvalidToken', s3Error(400, 'InvalidToken'), 1, {
		file: RECOVERED,
		URL: 'S3 does not know the AWS credentials',
	}),
	final(
		'SignatureDoesNotMatch',
		s3Error(403, 'SignatureDoesNotMatch'),
		undefined,
		'S3 did not accept the signature of the request',
	),
	final('NoSuchBucket', s3Error(404, 'NoSuchBucket'), undefined, 'There is no such access point'),
];

const NOT_JSON = 'The answer to Get Token is not JSON';
const NOT_S3 = 'The answer did not come from S3';

/** Answers of 200 with wrong content. */
export const CONTENTS: Row[] = [
	spoiled('200 with HTML', status(200, '<html>Sign in</html>'), ALWAYS, {
		token: NOT_JSON,
		...each(NOT_S3, S3),
		ACK: 'The answer to Notification ACK is a web page',
	}),
	spoiled('200 without a body', status(200, ''), ALWAYS, { token: NOT_JSON, ...each(NOT_S3, S3) }),
	spoiled('200 with half of the JSON', status(200, '{"awsCredentials":{"Acc'), ALWAYS, { token: NOT_JSON }),
	spoiled('200 without credentials', status(200, '{"awsResources":[]}'), ALWAYS, {
		token: 'The answer to Get Token does not contain complete AWS credentials',
	}),
	spoiled('200 with 2 MB', status(200, `"${'x'.repeat(2_000_000)}"`), ALWAYS, {
		token: 'The answer is far larger than any documented one',
		ACK: 'The answer is far larger than any documented one',
	}),
];
