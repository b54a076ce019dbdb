import { ServiceError } from '../../nodes/shared/errors/service-error';
import { asAwsCredentials, timeLeft } from '../../nodes/shared/partners-services/token';
import { readToken } from '../../nodes/shared/partners-services/token-answer';
import { textOf, thrownBy } from './support/expect-error';

/** The example of the API page, with descriptive names as secrets. */
const AWS_CREDENTIALS = {
	AccessKeyId: 'ASIAQJARWRBBSH',
	SecretAccessKey: 'the-secret-access-key',
	SessionToken: 'the-session-token',
	Expiration: '2020-11-12T08:49:00.000Z',
};
const AWS_RESOURCES = ['arn:aws:s3:us-east-1:019364481091:accesspoint/example-emr-integration-1.1.1.1.1-accesspoint'];
const REQUEST_ID = 'e6950ef2-3c66-4d00-9aba-205fde0d3199';

const answer = (awsCredentials: unknown, awsResources: unknown = AWS_RESOURCES) =>
	JSON.stringify({ awsCredentials, awsResources });

/** The example with one changed part of the credentials. */
const withPart = (name: string, value: unknown) => answer({ ...AWS_CREDENTIALS, [name]: value });

describe('the answer to Get Token', () => {
	it('is read as in the example of the API page', () => {
		expect(readToken(answer(AWS_CREDENTIALS), REQUEST_ID)).toEqual({
			awsCredentials: AWS_CREDENTIALS,
			awsResources: AWS_RESOURCES,
			originRequestId: REQUEST_ID,
		});
	});

	it('may contain undocumented fields, which are not passed on', () => {
		const body = JSON.stringify({
			awsCredentials: { ...AWS_CREDENTIALS, extra: 'x' },
			awsResources: AWS_RESOURCES,
			extra: 'y',
		});
		expect(readToken(body, REQUEST_ID)).toEqual(readToken(answer(AWS_CREDENTIALS), REQUEST_ID));
	});

	it.each([
		['absent', JSON.stringify({ awsCredentials: AWS_CREDENTIALS })],
		['null', answer(AWS_CREDENTIALS, null)],
		['empty', answer(AWS_CREDENTIALS, [])],
	])('awsResources %s: no access point is granted', (_name, body) => {
		expect(readToken(body, REQUEST_ID).awsResources).toEqual([]);
	});

	it.each([
		['nothing', ''],
		['HTML of a proxy', '<html><body>the-session-token</body></html>'],
		['JSON that is cut off', answer(AWS_CREDENTIALS).slice(0, -20)],
	])('%s is an error: not JSON', (_name, body) => {
		const error = thrownBy(() => readToken(body, REQUEST_ID));
		expect(error).toBeInstanceOf(ServiceError);
		expect(error).toMatchObject({ code: 'ANSWER_NOT_JSON', message: 'The answer to Get Token is not JSON' });
		expect(error).toMatchObject({ statusCode: 200, retry: false });
		expect(textOf(error)).not.toMatch(/the-secret-access-key|the-session-token/);
	});

	it.each([
		['no object', '"text"'],
		['null', 'null'],
		['a list', '[]'],
		['an empty object', '{}'],
		['an error in JSON', '{"error":"Invalid Client"}'],
		['credentials as a text', answer('the-secret-access-key')],
		['empty credentials', answer({})],
		['no AccessKeyId', withPart('AccessKeyId', undefined)],
		['no SecretAccessKey', withPart('SecretAccessKey', undefined)],
		['no SessionToken', withPart('SessionToken', undefined)],
		['an empty SessionToken', withPart('SessionToken', '')],
		['a SecretAccessKey that is a number', withPart('SecretAccessKey', 1)],
		['no Expiration', withPart('Expiration', undefined)],
		['an Expiration that is no date', withPart('Expiration', 'tomorrow')],
		['an Expiration that is empty', withPart('Expiration', '')],
		['an Expiration that may be a duration', withPart('Expiration', 3600)],
		['awsResources that is a text of another kind', answer(AWS_CREDENTIALS, 'all')],
		['awsResources that is an object', answer(AWS_CREDENTIALS, { 0: AWS_RESOURCES[0] })],
		['awsResources with a number in it', answer(AWS_CREDENTIALS, [...AWS_RESOURCES, 1])],
	])('%s is an error: no complete credentials', (_name, body) => {
		const error = thrownBy(() => readToken(body, REQUEST_ID));
		expect(error).toBeInstanceOf(ServiceError);
		expect(error).toMatchObject({
			code: 'ANSWER_WITHOUT_CREDENTIALS',
			message: 'The answer to Get Token does not contain complete AWS credentials',
			statusCode: 200,
			retry: false,
		});
		expect(textOf(error)).not.toMatch(/the-secret-access-key|the-session-token/);
	});
});

describe('AWS credentials of an item', () => {
	it('are used unchanged', () => {
		expect(asAwsCredentials(AWS_CREDENTIALS)).toEqual(AWS_CREDENTIALS);
	});

	it.each([undefined, null, 'text', 1, [], {}])('%p are not valid', (value) => {
		expect(asAwsCredentials(value)).toBeUndefined();
	});

	it('the time left is counted to Expiration, and negative afterwards', () => {
		const expiration = Date.parse(AWS_CREDENTIALS.Expiration);
		expect(timeLeft(AWS_CREDENTIALS, expiration - 1500)).toBe(1500);
		expect(timeLeft(AWS_CREDENTIALS, expiration + 1)).toBe(-1);
		expect(timeLeft(AWS_CREDENTIALS)).toBeLessThan(0);
	});
});
