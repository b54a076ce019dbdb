import fc from 'fast-check';
import { readToken } from '../../nodes/shared/partners-services/token-answer';
import { RocheServer } from './support/roche-server';

const CREDENTIALS = {
	AccessKeyId: 'ASIAQJARWRBBSH',
	SecretAccessKey: 'the-secret-access-key',
	SessionToken: 'the-session-token',
	Expiration: '2031-11-12T08:49:00.000Z',
};
const ARN = 'arn:aws:s3:us-east-1:019364481091:accesspoint/2291405';
const ANSWER = { awsCredentials: CREDENTIALS, awsResources: [ARN] };
const MS = Date.parse(CREDENTIALS.Expiration);

let roche: RocheServer;

beforeAll(async () => (roche = await RocheServer.start('geheim')));
afterAll(async () => await roche.close());

describe('an acknowledgement', () => {
	it.each([
		[200, '', undefined],
		[200, 'OK', 'text/plain'],
		[200, '{"status":"done"}', 'text/html'],
		[200, '', 'text/html'],
		[200, '<?xml version="1.0"?><ack/>', 'application/xml'],
		[200, '<DeleteMessageResponse xmlns="http://queue.amazonaws.com/"/>', 'text/xml'],
		[201, '{}', undefined],
		[202, 'Accepted', undefined],
		[204, '', undefined],
		[207, '[]', undefined],
	])('is successful with any success: %i %s', async (status, body, type) => {
		expect(await roche.ack({ receiptHandle: 'a' }, [{ status, body, type }])).toMatchObject({ statusCode: status });
	});

	it.each([
		'<html>Sign in</html>',
		'\ufeff\n<!DOCTYPE html><title>Sign in</title>',
		'<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"/>',
		'<!-- proxy --><center>Blocked</center>',
		'<script>location="/login"</script>',
		'<section>Blocked</section>',
		'<Error><Code>AccessDenied</Code></Error>',
		'<ErrorResponse><Error/></ErrorResponse>',
	])('is not successful with a web page, whatever its type: %s', async (body) => {
		for (const type of ['text/html', 'application/json']) {
			await expect(roche.ack({ receiptHandle: 'a' }, [{ status: 200, body, type }])).rejects.toThrow(
				'The answer to Notification ACK is a web page',
			);
		}
	});

	it('is not successful with a redirect', async () => {
		await expect(roche.ack({ receiptHandle: 'a' }, [{ status: 302 }])).rejects.toMatchObject({ statusCode: 302 });
	});
});

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
const snake = (text: string) => lower(text).replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const named = (rename: (name: string) => string) => {
	const credentials = Object.fromEntries(Object.entries(CREDENTIALS).map(([name, value]) => [rename(name), value]));
	return { [rename('awsCredentials')]: credentials, [rename('awsResources')]: [ARN] };
};
const expiring = (Expiration: unknown) => ({ ...ANSWER, awsCredentials: { ...CREDENTIALS, Expiration } });

describe('a token', () => {
	it.each<[string, string | Buffer]>([
		['in camel case', JSON.stringify(named(lower))],
		['in snake case', JSON.stringify(named(snake))],
		['in capitals', JSON.stringify(named((name) => name.toUpperCase()))],
		['in an object', JSON.stringify({ status: 'ok', data: ANSWER })],
		['in a list', JSON.stringify([ANSWER])],
		['in a text', JSON.stringify(JSON.stringify(ANSWER))],
		[
			'as a gateway passes on the output of a function',
			JSON.stringify({ statusCode: 200, body: JSON.stringify(ANSWER) }),
		],
		[
			'with the access points beside the object of the credentials',
			JSON.stringify({ Credentials: CREDENTIALS, awsResources: [ARN] }),
		],
		['without an object around the credentials', JSON.stringify({ ...CREDENTIALS, awsResources: [ARN] })],
		['twice the same', JSON.stringify({ first: ANSWER, second: ANSWER })],
		['with one access point without a list', JSON.stringify({ ...ANSWER, awsResources: ARN })],
		['that expires in seconds', JSON.stringify(expiring(MS / 1000))],
		['that expires in milliseconds', JSON.stringify(expiring(MS))],
		['that expires in digits', JSON.stringify(expiring(String(MS)))],
		['with a byte-order mark', `\ufeff${JSON.stringify(ANSWER)}`],
		['in UTF-16', Buffer.from(`\ufeff${JSON.stringify(ANSWER)}`, 'utf16le')],
		['with blanks around', `\r\n ${JSON.stringify(ANSWER)}\n\n`],
	])('%s is read', async (_what, body) => {
		for (const [status, type] of [
			[200, 'text/plain'],
			[201, 'application/json'],
		] as const) {
			const token = await roche.token({ status, body, type });
			expect(token).toMatchObject({ awsCredentials: CREDENTIALS, awsResources: [ARN] });
		}
	});

	it.each<[string, unknown]>([
		['two tokens', [ANSWER, { ...ANSWER, awsCredentials: { ...CREDENTIALS, AccessKeyId: 'other' } }]],
		['two names for one part', { ...ANSWER, awsCredentials: { ...CREDENTIALS, accessKeyId: 'other' } }],
		['a time that may be a duration', expiring(3600)],
		['a time in microseconds', expiring(MS * 1000)],
		['a time below zero', expiring(-MS)],
		['parts that are not strings', { ...ANSWER, awsCredentials: { ...CREDENTIALS, SessionToken: { value: 'x' } } }],
		['several access points in a string', { ...ANSWER, awsResources: `${ARN},${ARN}` }],
		['nothing', []],
	])('%s is refused: no complete credentials', async (_what, answer) => {
		const refused = roche.token({ status: 200, body: JSON.stringify(answer) });
		await expect(refused).rejects.toThrow('The answer to Get Token does not contain complete AWS credentials');
	});

	it('is unchanged if it is as documented, and no other JSON is read as a token', () => {
		fc.assert(
			fc.property(fc.json(), (json) => {
				expect(() => readToken(json, 'id')).toThrow(
					expect.objectContaining({ code: 'ANSWER_WITHOUT_CREDENTIALS' }) as Error,
				);
			}),
		);
		expect(readToken(JSON.stringify(ANSWER), 'id')).toEqual({ ...ANSWER, originRequestId: 'id' });
	});
});
