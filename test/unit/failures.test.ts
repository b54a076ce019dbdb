import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { s3Failure } from '../../nodes/shared/failures/s3';
import { networkFailure } from '../../nodes/shared/failures/network';
import { ServiceError } from '../../nodes/shared/errors/service-error';
import { unusableAnswer } from '../../nodes/shared/failures/partners-services';
import { answerFailure } from '../../nodes/shared/partners-services/answer-failure';
import { textOf } from './support/expect-error';
import { DOCUMENTED_ANSWERS, GATEWAY_ANSWERS, UNUSABLE_ANSWERS } from './support/api-failures';
import { messagesIn } from './support/messages-in';
import { NETWORK_FAILURES } from './support/network-failures';
import { S3_FAILURES } from './support/s3-failures';

const HOST = 'api.example.org:8443';
const ANSWERS = [...DOCUMENTED_ANSWERS, ...GATEWAY_ANSWERS];

describe('every answer of the API has its message and advice', () => {
	it.each(ANSWERS.map((row) => [row.status, row.what, row] as const))('%i, %s', (status, _what, row) => {
		const error = answerFailure(status, row.body);
		const { code, message, retry } = row;
		expect(error).toBeInstanceOf(ServiceError);
		expect(error).toMatchObject({ code, message, retry, statusCode: status, answerLost: row.answerLost ?? false });
		expect(error.advice).toContain(row.advice);
		expect(error.retryAfterMs).toBeUndefined();
	});

	it.each(ANSWERS.map(({ status }) => status))('%i with any body returns an error and does not crash', (status) => {
		const bodies = ['', 'null', '[]', '{"issue":null}', '\u0000\ufffd', 'x'.repeat(100_000), '<Error/>'];
		for (const body of bodies) expect(answerFailure(status, body).statusCode).toBe(status);
	});

	it('the body is never repeated: it may contain a receipt handle or personal data', () => {
		const texts = ANSWERS.map(({ status, body }) => textOf(answerFailure(status, body)));
		expect(texts.filter((text) => text.includes('geheim'))).toEqual([]);
	});

	it('a pause requested by the server is in the error', () => {
		expect(answerFailure(503, '', 5000).retryAfterMs).toBe(5000);
	});

	it.each(UNUSABLE_ANSWERS)('200 that cannot be used: %s', (code, message) => {
		const error = unusableAnswer(code);
		expect(error).toMatchObject({ code, message, statusCode: 200, retry: false, answerLost: false });
		expect(error.advice).toContain('A proxy may answer instead of Roche');
	});

	it('every row of the table is tested here', () => {
		const tested = [...ANSWERS.map(({ message }) => message), ...UNUSABLE_ANSWERS.map(([, message]) => message)];
		const rows = messagesIn('partners-services.ts');
		expect(rows.length).toBeGreaterThan(15);
		expect(rows.filter((row) => !tested.some((message) => message.startsWith(row)))).toEqual([]);
	});
});

describe('every network failure has its message and advice', () => {
	const rows = NETWORK_FAILURES.flatMap((row) => row.codes.map((code) => [code, row] as const));

	it.each(rows)('%s', (code, row) => {
		const error = networkFailure(code, HOST);
		expect(error).toMatchObject({
			code,
			message: row.message.replace('HOST', HOST),
			retry: row.retry,
			answerLost: row.answerLost ?? false,
		});
		expect(error.advice).toContain(row.advice.replace(/\bHOST\b/, HOST));
		expect(error.statusCode).toBeUndefined();
		expect(error.message + error.advice).not.toMatch(/\bHOST\b/);
	});

	it('every row of the table is tested here', () => {
		const tested = NETWORK_FAILURES.map(({ message }) => message);
		const table = [...messagesIn('network.ts'), ...messagesIn('tls.ts')];
		expect(table.length).toBeGreaterThan(35);
		expect(table.filter((message) => !tested.includes(message))).toEqual([]);
	});

	/** Damage in transit, or a failure of the server. */
	const PASSING = /(EOF_WHILE_READING|INTERNAL_ERROR|USER_CANCELLED|BAD_RECORD\w*|DEC(ODE|RYPT)_ERROR)$/;

	it('only failures that a retry can fix are retried', () => {
		const codes = rows.map(([code]) => code).filter((code) => networkFailure(code, HOST).retry);
		expect(
			codes.filter(
				(code) => /^(ERR_|CERT|X509_|.*SIGNED|UNABLE|UND_ERR_INVALID|PROXY_4(?!29))/.test(code) && !PASSING.test(code),
			),
		).toEqual([]);
	});
});

describe('every S3 error has its message and advice', () => {
	const rows = S3_FAILURES.flatMap((row) => row.codes.map((code) => [code, row.status, row] as const));

	it.each(rows)('%s (%s)', (code, status, row) => {
		const error = s3Failure(code, status, 7000);
		const { message, retry } = row;
		expect(error).toMatchObject({ code, message, retry, statusCode: status, retryAfterMs: 7000, answerLost: false });
		expect(error.advice).toContain(row.advice);
	});

	it('every row of the table is tested here', () => {
		const source = readFileSync(join(__dirname, '../../nodes/shared/failures/s3.ts'), 'utf8');
		const [, table = ''] = /S3_FAILURES[^=]*= \[([\s\S]*?)\n\];/.exec(source) ?? [];
		const codes = [...table.matchAll(/codes: \[([^\]]+)\]/g)].flatMap(([, list = '']) => list.split(','));
		const named = codes.map((code) => code.replaceAll(/['\s]/g, '')).filter((code) => code !== '');
		const tested: string[] = [...rows.map(([code]) => code), 'EXPIRED_TOKEN', 'EXPIRED_URL'];
		expect(named.length).toBeGreaterThan(30);
		expect(named.filter((code) => !tested.includes(code))).toEqual([]);
	});
});
