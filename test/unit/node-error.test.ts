import { type INode, NodeApiError, NodeOperationError } from 'n8n-workflow';
import { s3Failure } from '../../nodes/shared/failures/s3';
import { CancelledError } from '../../nodes/shared/errors/cancelled-error';
import { InvalidInputError } from '../../nodes/shared/errors/invalid-input-error';
import { networkFailure } from '../../nodes/shared/failures/network';
import { ServiceError } from '../../nodes/shared/errors/service-error';
import { toNodeError } from '../../nodes/shared/node-support/node-error';
import { unusableAnswer } from '../../nodes/shared/failures/partners-services';
import { answerFailure } from '../../nodes/shared/partners-services/answer-failure';
import { DOCUMENTED_ANSWERS, GATEWAY_ANSWERS, UNUSABLE_ANSWERS } from './support/api-failures';
import { NETWORK_FAILURES } from './support/network-failures';
import { S3_FAILURES } from './support/s3-failures';

const NODE: INode = {
	id: '1',
	name: 'Roche Get Token',
	type: 'rocheGetToken',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};
const REQUEST_ID = 'e6950ef2-3c66-4d00-9aba-205fde0d3199';

const EVERY_FAILURE: ReadonlyArray<[string, ServiceError]> = [
	...[...DOCUMENTED_ANSWERS, ...GATEWAY_ANSWERS].map(({ status, what, body }): [string, ServiceError] => [
		`${status} ${what}`,
		answerFailure(status, body),
	]),
	...UNUSABLE_ANSWERS.map(([code]): [string, ServiceError] => [code, unusableAnswer(code)]),
	...NETWORK_FAILURES.flatMap(({ codes }) =>
		codes.map((code): [string, ServiceError] => [`network ${code}`, networkFailure(code, 'api.example.org')]),
	),
	...S3_FAILURES.flatMap(({ codes, status }) =>
		codes.map((code): [string, ServiceError] => [`S3 ${code} ${status ?? ''}`, s3Failure(code, status)]),
	),
];

describe('n8n shows the message and advice of the table, unchanged', () => {
	it.each(EVERY_FAILURE)('%s', (_name, failure) => {
		const error = toNodeError(NODE, failure, 3);
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error.message).toBe(failure.message);
		expect(error.description).toBe(failure.advice);
		expect(error.context.itemIndex).toBe(3);
		expect(error).toMatchObject({ httpCode: failure.statusCode === undefined ? null : String(failure.statusCode) });
	});

	it.each(['someaccess.example.org', 'enoent.example.org', 'eperm-econnreset-etimedout.example.org'])(
		'although the host name %s contains the letters of an error code of n8n',
		(host) => {
			const failure = networkFailure('ECONNREFUSED', host);
			expect(toNodeError(NODE, failure, 0).message).toBe(`${host} refused the connection`);
		},
	);
});

describe('the data for support', () => {
	it('request id and number of attempts are in the description', () => {
		const failure = answerFailure(500, '');
		failure.originRequestId = REQUEST_ID;
		failure.attempts = 4;
		const { description } = toNodeError(NODE, failure, 0);
		expect(description).toBe(`${failure.advice} x-origin-request-id: ${REQUEST_ID} (4 attempts)`);
	});

	it('a single attempt is not mentioned', () => {
		const failure = answerFailure(401, '');
		failure.originRequestId = REQUEST_ID;
		expect(toNodeError(NODE, failure, 0).description).toBe(`${failure.advice} x-origin-request-id: ${REQUEST_ID}`);
	});
});

describe('the reason, in the terms of n8n 2.40', () => {
	const failureOf = (failure: ServiceError) => toNodeError(NODE, failure, 0).failure;

	it.each<[string, ServiceError, string | undefined]>([
		['too many requests', answerFailure(429, ''), 'rate-limited'],
		['too many requests to S3', s3Failure('SlowDown', 503), 'rate-limited'],
		['an internal error', answerFailure(500, ''), 'temporarily-unavailable'],
		['S3 away', s3Failure('ServiceUnavailable', 503), 'temporarily-unavailable'],
		['no answer', networkFailure('ECONNRESET', 'api.example.org'), 'temporarily-unavailable'],
		['a wrong secret', answerFailure(401, ''), 'credential-invalid'],
		['a certificate that is refused', answerFailure(403, 'Certificate validation failed'), 'credential-invalid'],
		[
			'a certificate refused by TLS',
			networkFailure('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'api.example.org'),
			'credential-invalid',
		],
		['a wrong base URL', answerFailure(404, ''), 'configuration-invalid'],
		['a host that does not exist', networkFailure('ENOTFOUND', 'api.example.org'), 'configuration-invalid'],
		['a file that does not exist', s3Failure('NoSuchKey', 404), 'configuration-invalid'],
		['a message that is not valid', answerFailure(400, ''), undefined],
	])('%s', (_name, failure, cause) => {
		expect(failureOf(failure)?.cause).toBe(cause);
	});

	it('with the wait requested by the service', () => {
		expect(failureOf(answerFailure(429, '', 3000))).toEqual({ cause: 'rate-limited', retryAfterMs: 3000 });
	});

	it('with a temporary reason only if the same request may succeed later', () => {
		const timed = ['rate-limited', 'temporarily-unavailable'];
		for (const [name, failure] of EVERY_FAILURE) {
			const { cause } = failureOf(failure) ?? { cause: '' };
			expect([name, timed.includes(cause)]).toEqual([name, failure.retry]);
		}
	});
});

describe('an input that is not valid', () => {
	it.each(['Client Certificate expired on 2026-06-14', 'fileAccess is empty', 'Object Key "enoent" is empty'])(
		'keeps its message: %s',
		(message) => {
			const error = toNodeError(NODE, new InvalidInputError('Field', message, 'Do something else.'), 2);
			expect(error).toBeInstanceOf(NodeOperationError);
			expect({ message: error.message, description: error.description, itemIndex: error.context.itemIndex }).toEqual({
				message,
				description: 'Do something else.',
				itemIndex: 2,
			});
		},
	);
});

describe('other errors', () => {
	it('a cancelled run is reported as cancelled', () => {
		const error = toNodeError(NODE, new CancelledError(), 0);
		expect(error).toBeInstanceOf(NodeOperationError);
		expect(error.message).toBe('The execution was cancelled');
	});

	it('an error of n8n is unchanged', () => {
		const error = new NodeOperationError(NODE, 'An expression failed');
		expect(toNodeError(NODE, error, 0)).toBe(error);
	});

	it.each<[string, unknown]>([
		['an Error', new Error('Binary data storage is full')],
		['a text', 'Binary data storage is full'],
	])('%s of n8n keeps its own message', (_name, thrown) => {
		expect(toNodeError(NODE, thrown, 0).message).toBe('Binary data storage is full');
	});
});

it('n8n stores message and advice, and no other data of the original error', () => {
	const failure = Object.assign(networkFailure('ECONNRESET', 'api.example.org'), { secret: 'geheim' });
	const error = toNodeError(NODE, failure, 0);
	const stored = JSON.stringify(error);
	expect(stored).toContain('closed the connection');
	expect(stored).not.toContain('geheim');
	expect(error.cause).not.toBe(failure);
	expect(error.cause).toMatchObject({ stack: `Error: ${failure.message}` });
});
