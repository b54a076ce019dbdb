import { answerFailure } from '../../nodes/shared/partners-services/answer-failure';
import { RocheServer, type Turn } from './support/roche-server';

const HANDLE = 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a+invalid/expired==';
const outcome = (text: string) => JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ details: { text } }] });
const error = (name: string, message = '') => JSON.stringify({ __type: name, message });

/** As Roche and the SQS API reference document it, and as SDKs and gateways write it. */
const REFUSALS: Array<[string, number, string]> = [
	['Roche', 400, outcome(`The input receipt handle "${HANDLE}" is not a valid receipt handle.`)],
	['Roche, as a problem', 400, JSON.stringify({ title: 'Bad Request', detail: `Receipt handle ${HANDLE} is invalid` })],
	[
		'SQS: expired',
		400,
		JSON.stringify({
			message: `Value ${HANDLE} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
		}),
	],
	[
		'SQS in XML',
		400,
		`<?xml version="1.0"?><ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type><Code>InvalidParameterValue</Code><Message>Value ${HANDLE} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.</Message></Error></ErrorResponse>`,
	],
	['SQS in JSON', 400, error('com.amazonaws.sqs#ReceiptHandleIsInvalid', 'The input receipt handle is invalid.')],
	['the name alone', 400, error('AWS.SimpleQueueService.ReceiptHandleIsInvalid')],
	['only the name, with 404 as in SQS', 404, error('ReceiptHandleIsInvalid')],
	['an exception of an SDK', 500, `"ReceiptHandleIsInvalidException: ${HANDLE}"`],
	['deleted already', 400, error('AWS.SimpleQueueService.MessageNotInflight')],
	[
		'JSON in a JSON string',
		400,
		JSON.stringify({ error: JSON.stringify({ message: 'The receipt handle has expired' }) }),
	],
	['plain text', 400, 'Invalid receipt handle'],
	['with an underscore', 422, JSON.stringify({ errors: ['receipt_handle is not recognized'] })],
	[
		'FHIR in XML',
		400,
		'<OperationOutcome xmlns="http://hl7.org/fhir"><issue><details><text value="The input receipt handle &quot;x&quot; is not a valid receipt handle."/></details></issue></OperationOutcome>',
	],
	['gone', 410, JSON.stringify({ message: 'The receipt handle is no longer valid.' })],
];

/** Answers about another problem. */
const OTHERS: Array<[string, number, string]> = [
	['a missing handle', 400, JSON.stringify({ message: 'The request must contain the parameter ReceiptHandle.' })],
	['another parameter', 400, JSON.stringify({ message: 'Organization is invalid', receiptHandle: HANDLE })],
	['an expired token', 400, JSON.stringify({ message: `The security token has expired. Receipt handle: ${HANDLE}` })],
	[
		'a queue that does not exist',
		400,
		error('AWS.SimpleQueueService.NonExistentQueue', 'The specified queue does not exist.'),
	],
	[
		'a handle that is repeated in another message',
		400,
		JSON.stringify({ message: `Quota exceeded for receipt handle ${HANDLE}` }),
	],
	['no word', 400, ''],
	['a service that does not exist', 404, 'nginx: not found'],
	['a client that is refused', 401, outcome('The receipt handle is invalid')],
];

let roche: RocheServer;

beforeAll(async () => (roche = await RocheServer.start('geheim')));
afterAll(async () => await roche.close());

const ack = async (...turns: Turn[]) => await roche.ack({ receiptHandle: HANDLE }, turns);

describe.each(REFUSALS)('a receipt handle refused by %s (%i)', (_who, status, body) => {
	it('after a lost answer: the message is acknowledged', async () => {
		const done = await ack('cut', { status, body });
		expect(done).toMatchObject({ alreadyAcknowledged: true, statusCode: status, attempts: 2 });
	});

	it('at the first attempt: an error that states this, without a retry', async () => {
		const requests = roche.requests;
		const failed = ack({ status, body }, { status: 200 });
		await expect(failed).rejects.toMatchObject({ message: `The receipt handle is not valid (${status})` });
		expect(roche.requests - requests).toBe(1);
	});
});

describe('answers that do not refuse the receipt handle', () => {
	it.each(OTHERS)('%s (%i): an error, also after a lost answer', async (_what, status, body) => {
		expect(answerFailure(status, body, undefined, { headers: { receiptHandle: HANDLE } }).code).not.toBe(
			'INVALID_RECEIPT_HANDLE',
		);
		await expect(ack('cut', { status, body })).rejects.toMatchObject({ statusCode: status });
	});

	it('a refusal after an answer that arrived: an error, because nothing was lost', async () => {
		const refused = { status: 400, body: REFUSALS[0]?.[2] };
		await expect(ack({ status: 503 }, refused)).rejects.toMatchObject({ statusCode: 400, attempts: 2 });
	});

	it('a refusal after the timeout of a gateway: acknowledged, because the request may have been executed', async () => {
		const refused = { status: 400, body: REFUSALS[0]?.[2] };
		expect(await ack({ status: 504 }, refused)).toMatchObject({ alreadyAcknowledged: true });
	});
});
