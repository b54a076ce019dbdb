import { once } from 'node:events';
import { connect } from 'node:net';
import { failureCode } from '../../nodes/shared/wire/failure-code';

const coded = (code: unknown, message = 'x', cause?: unknown) => Object.assign(new Error(message, { cause }), { code });

describe('the code of a failure', () => {
	it('is that of the error itself', () => {
		expect(failureCode(coded('ECONNRESET'))).toBe('ECONNRESET');
	});

	it('is that of the innermost cause: fetch hides it behind "fetch failed"', () => {
		expect(failureCode(new TypeError('fetch failed', { cause: coded('ENOTFOUND') }))).toBe('ENOTFOUND');
		const causes = coded('UND_ERR_ABORTED', 'x', coded('UND_ERR_SOCKET', 'x', coded('ERR_SSL_ALERT')));
		expect(failureCode(causes)).toBe('ERR_SSL_ALERT');
	});

	it('is that of the last cause that has one', () => {
		expect(failureCode(coded('EPIPE', 'x', new Error('no code')))).toBe('EPIPE');
	});

	it('is that of the first member of an aggregate: two address families were tried', () => {
		const aggregate = new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')], 'all failed');
		expect(failureCode(aggregate)).toBe('ECONNREFUSED');
		expect(failureCode(new TypeError('fetch failed', { cause: aggregate }))).toBe('ECONNREFUSED');
	});

	it('is that of an empty aggregate, or unknown', () => {
		expect(failureCode(Object.assign(new AggregateError([]), { code: 'ETIMEDOUT' }))).toBe('ETIMEDOUT');
		expect(failureCode(new AggregateError([]))).toBe('UNKNOWN');
	});

	it('is one of HTTP for an answer that is not HTTP, whose code undici drops', () => {
		const error = Object.assign(coded(undefined, 'Response does not match'), { name: 'HTTPParserError' });
		expect(failureCode(error)).toBe('HPE_INVALID');
	});

	it('is that of a real refused connection', async () => {
		const socket = connect(1, '127.0.0.1');
		const [error] = (await once(socket, 'error').catch((reason: unknown) => [reason])) as unknown[];
		expect(failureCode(error)).toBe('ECONNREFUSED');
	});

	it.each([undefined, null, 'ECONNRESET', 42, { code: 'ECONNRESET' }, new Error('x'), coded(42), coded(undefined)])(
		'is UNKNOWN for %p',
		(error) => {
			expect(failureCode(error)).toBe('UNKNOWN');
		},
	);
});

describe('the refusal of a proxy', () => {
	it.each([
		['Proxy response (407) !== 200 when HTTP Tunneling', 'PROXY_407'],
		['Proxy response (403) !== 200 when HTTP Tunneling', 'PROXY_403'],
		['Proxy response (502) !== 200 when HTTP Tunneling', 'PROXY_502'],
	])('%s', (message, code) => {
		expect(failureCode(coded('UND_ERR_ABORTED', message))).toBe(code);
	});

	it('is also found in a cause, and takes precedence over a code below it', () => {
		const refusal = coded('UND_ERR_ABORTED', 'Proxy response (407) !== 200', coded('ECONNRESET'));
		expect(failureCode(new TypeError('fetch failed', { cause: refusal }))).toBe('PROXY_407');
	});

	it('is not read from a message that only mentions one', () => {
		expect(failureCode(coded('EPIPE', 'After Proxy response (407)'))).toBe('EPIPE');
	});
});

describe('circular causes', () => {
	it('an error that is its own cause', () => {
		const error = coded('ECONNRESET');
		error.cause = error;
		expect(failureCode(error)).toBe('ECONNRESET');
	});

	it('two errors that are the cause of each other', () => {
		const [a, b] = [coded('EPIPE'), coded('EPIPE')];
		a.cause = b;
		b.cause = a;
		expect(failureCode(a)).toBe('EPIPE');
	});

	it('an aggregate that contains itself', () => {
		const aggregate = new AggregateError([]);
		aggregate.errors.push(aggregate);
		expect(failureCode(aggregate)).toBe('UNKNOWN');
	});
});

describe('an error without a code', () => {
	it('has the text of OpenSSL if Node has no name for the problem of a certificate', () => {
		const error = coded('UNSPECIFIED', 'CA signature digest algorithm too weak');
		expect(failureCode(error)).toBe('X509_CA_SIGNATURE_DIGEST_ALGORITHM_TOO_WEAK');
	});

	it('is an answer that is not HTTP if the parser of undici reports it only in words', () => {
		const error = Object.assign(new Error('Response does not match the HTTP/1.1 protocol'), {
			name: 'HTTPParserError',
			code: undefined,
		});
		expect(failureCode(error)).toBe('HPE_INVALID');
	});
});
