import fc from 'fast-check';
import type { INode } from 'n8n-workflow';
import { toNodeError } from '../../nodes/shared/node-support/node-error';
import { wordsOf } from '../../nodes/shared/partners-services/answer-words';
import { answerFailure } from '../../nodes/shared/partners-services/answer-failure';
import { RocheServer } from './support/roche-server';

const NODE: INode = { id: '1', name: 'Roche', type: 'x', typeVersion: 1, position: [0, 0], parameters: {} };
const HEADERS = {
	org_id: '3.16.724.4.41',
	client_id: 'klinik-am-see',
	client_secret: 'S3cr3t/Of+The=Clinic',
	receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a/With+Signs==',
	'x-operation-id': 'operation-0815-4711',
};
const SENT = { headers: HEADERS };
const outcome = (issue: unknown) => JSON.stringify({ resourceType: 'OperationOutcome', issue: [issue] });

describe('the reason in the answer is in the description', () => {
	it.each([
		[
			'OperationOutcome',
			outcome({ severity: 'error', details: { text: 'The header org_id is missing.' } }),
			'The header org_id is missing.',
		],
		['its diagnostics', outcome({ diagnostics: 'Subscription ended' }), 'Subscription ended'],
		[
			'its coding',
			outcome({ details: { coding: [{ code: 'X', display: 'Subscription ended' }] } }),
			'Subscription ended',
		],
		[
			'in XML',
			'<OperationOutcome xmlns="http://hl7.org/fhir"><issue><diagnostics value="Header &quot;org_id&quot; missing"/></issue></OperationOutcome>',
			'Header "org_id" missing',
		],
		['error', '{"error":"Quota exceeded"}', 'Quota exceeded'],
		['OAuth', '{"error":"invalid_client","error_description":"Client is locked"}', 'invalid_client; Client is locked'],
		[
			'detail',
			'{"status":"error","detail":"Validation policy error: no such policy."}',
			'Validation policy error: no such policy.',
		],
		[
			'a problem',
			'{"type":"about:blank","title":"Bad Request","detail":"Body must be empty"}',
			'Bad Request; Body must be empty',
		],
		['an object', '{"error":{"code":4,"message":"Body must be empty"}}', 'Body must be empty'],
		['a list', '{"errors":["Body must be empty","Header missing"]}', 'Body must be empty; Header missing'],
		[
			'SOAP',
			'<?xml version="1.0"?><e:Envelope xmlns:e="x"><faultstring>Body must be empty</faultstring></e:Envelope>',
			'Body must be empty',
		],
		['plain text', 'upstream connect error', 'upstream connect error'],
		['German', '{"message":"Ungültige Größe der Überschrift"}', 'Ungültige Größe der Überschrift'],
		['control characters', '{"message":"a\\u0000b\\u202e line\\r\\n  break"}', 'a b line break'],
	])('%s', (_what, body, said) => {
		const error = toNodeError(NODE, answerFailure(400, body, undefined, SENT), 0);
		expect(error.description).toContain(` The answer says: "${said}".`);
		expect(error.message).toBe('Roche refused the request as invalid (400)');
	});

	it.each([
		'',
		'{}',
		'[]',
		'null',
		'{"patient":"Mustermann"}',
		'<html><title>Mustermann</title></html>',
		'{"error":4711}',
		'"…"',
	])('no reason is read from %s', (body) => {
		expect(toNodeError(NODE, answerFailure(400, body, undefined, SENT), 0).description).not.toContain(
			'The answer says',
		);
	});

	it('an element name without an end is read quickly', () => {
		const refused = answerFailure(400, `<${'a'.repeat(1_000_000)}`, undefined, SENT);
		expect(refused.code).toBe('400');
	});

	it('a long reason is shortened between words', () => {
		const said = wordsOf(JSON.stringify({ message: 'many words '.repeat(1000) }), SENT) ?? '';
		expect(said.length).toBeLessThan(260);
		expect(said).toMatch(/^many words .* (many|words) …$/);
	});

	it('without the values that were sent', () => {
		const text = `Handle "${HEADERS.receiptHandle}" of ${HEADERS.client_id} (${HEADERS.org_id}) is not in flight`;
		expect(wordsOf(outcome({ details: { text } }), SENT)).toBe('Handle "…" of … (…) is not in flight');
	});
});

/** Encodings in which an answer may repeat a value. */
const ENCODINGS: Array<(value: string) => string> = [
	(value) => value,
	(value) => value.toUpperCase(),
	(value) => value.toLowerCase(),
	(value) => encodeURIComponent(value),
	(value) => encodeURIComponent(encodeURIComponent(value)),
	(value) => Buffer.from(value).toString('hex').replaceAll(/../g, '%$&'),
	(value) => Buffer.from(value).toString('hex'),
	(value) => Buffer.from(value).toString('hex').toUpperCase(),
	(value) => Buffer.from(value).toString('base64'),
	(value) => Buffer.from(value).toString('base64url'),
	(value) => Buffer.from(`klinik-am-see:${value}`).toString('base64'),
	(value) => Buffer.from(Buffer.from(value).toString('base64')).toString('base64'),
	(value) => Buffer.from(value, 'utf16le').toString('base64'),
	(value) => JSON.stringify(JSON.stringify(value)),
	(value) => Array.from(value, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
	(value) => Array.from(value, (sign) => `&#${sign.charCodeAt(0)};`).join(''),
	(value) => Buffer.from(value).toString('hex').toUpperCase().replaceAll(/../g, '=$&'),
	(value) => value.slice(0, Math.ceil(value.length / 2)),
	(value) => value.slice(-10),
	(value) => `${value.slice(0, 8)}...`,
	(value) => `xx${value}yy`,
];

const PLACES: Array<(text: string) => string> = [
	(text) => outcome({ details: { text: `The input "${text}" is not valid` } }),
	(text) => outcome({ diagnostics: `Bad value: ${text}.` }),
	(text) => JSON.stringify({ error: text }),
	(text) => JSON.stringify({ error: { message: `value=${text}&more` } }),
	(text) => JSON.stringify({ errors: [{ detail: JSON.stringify({ message: text }) }] }),
	(text) => JSON.stringify({ detail: `Authorization: Basic ${text}` }),
	(text) =>
		`<?xml version="1.0"?><Error><Message>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</Message></Error>`,
	(text) => `refused ${text}`,
	(text) => JSON.stringify({ message: `${'long '.repeat(40)}${text}` }),
];

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_.~!$ %&"\\<';
const secretValue = fc.oneof(
	fc
		.array(fc.constantFrom(...alphabet.split('')), { minLength: 12, maxLength: 60 })
		.map((signs) => `x${signs.join('').trim()}x`),
	fc.constantFrom(
		'correct horse battery staple',
		'sandbox-client-secret-of-clinic',
		'0123456789012345',
		'geheim',
		'AQEB+a b/c d==',
	),
);

/** Letters and digits, whatever the case. */
const bare = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/**
 * Returns each string that n8n shows or stores separately: the end of one and the start of the next are not a piece of a value. The reason
 * from the answer and the text around it are also separate. Omits numbers and the lines of the stack, which may match a hexadecimal
 * value by chance.
 */
function textsOf(shown: unknown, said: string | undefined): string[] {
	const texts = said === undefined ? [] : [said];
	JSON.stringify(shown, (key, value: unknown) => {
		const text = typeof value === 'string' ? value.replaceAll(/^\s+at .*$/gm, '') : '';
		texts.push(key, ...(said === undefined ? [text] : text.split(said)));
		return value;
	});
	return texts;
}

/** Returns the pieces that would reveal the value; for a short value the whole. */
function piecesOf(value: string, most: number): string[] {
	const length = Math.min(most, value.length);
	const starts = Array.from({ length: value.length - length + 1 }, (_, at) => at);
	return starts.map((at) => value.slice(at, at + length)).filter((piece) => piece.length > 2);
}

describe('no sent value is in the data that n8n shows and stores', () => {
	it.each(['client_secret', 'receiptHandle', 'client_id', 'org_id', 'x-operation-id'])(
		'%s, in any form and place',
		(name) => {
			fc.assert(
				fc.property(secretValue, fc.constantFrom(...ENCODINGS), fc.constantFrom(...PLACES), (value, encode, place) => {
					const planted = encode(value);
					const error = answerFailure(400, place(planted), undefined, { headers: { ...HEADERS, [name]: value } });
					const nodeError = toNodeError(NODE, error, 0);
					const seen = textsOf([nodeError, nodeError.message, nodeError.stack], error.said);
					const own = bare(`${error.message} ${error.advice} ${place('')}`);
					const part = /secret|Handle/.test(name) ? 6 : 8;
					const encoded = planted.length < 12 ? [] : piecesOf(bare(planted), part);
					const pieces = [...piecesOf(bare(value), part), ...encoded];
					const found = pieces.filter(
						(piece) => !own.includes(piece) && seen.some((text) => bare(text).includes(piece)),
					);
					expect(found).toEqual([]);
				}),
				{ numRuns: 400 },
			);
		},
	);

	it('the search finds values that are there', () => {
		const failure = answerFailure(400, '{"error":"plain words"}', undefined, SENT);
		expect(textsOf(toNodeError(NODE, failure, 0), failure.said)).toContain('plain words');
		const leak = new Error('of plain words and others', { cause: failure });
		expect(textsOf([leak.message, leak.stack], failure.said).join('')).toContain('of  and others');
	});

	it('of a body: user and password of the callback, which are sent in base64', () => {
		const body = JSON.stringify({
			patientId: 'SandboxPat1',
			callbackUsername: Buffer.from('roche-user').toString('base64'),
			callbackPwd: Buffer.from('wort der klinik').toString('base64'),
		});
		const says = (text: string) => wordsOf(JSON.stringify({ error: text }), { headers: HEADERS, body });
		expect(says('User roche-user with wort der klinik is unknown')).toBe('User … with … is unknown');
		expect(says(`Patient SandboxPat1: ${Buffer.from('wort der klinik').toString('base64')}`)).toBe('Patient …');
	});

	it('nor an e-mail address, an id or an encoded value that was not sent', () => {
		const text =
			'Ask a.b@clinic.example about e6950ef2-3c66-4d00-9aba-205fde0d3199, ASIAQJARWRBBSH4X, 2.16.724.4 and 019364481091';
		expect(wordsOf(JSON.stringify({ error: text }), SENT)).toBe('Ask … about …, …, … and …');
	});
});

describe('of a real answer', () => {
	let roche: RocheServer;
	beforeAll(async () => (roche = await RocheServer.start(HEADERS.client_secret)));
	afterAll(async () => await roche.close());

	it('that repeats all headers, the words are shown and no value', async () => {
		const echo = (status: number) => (request: { headers: object }) => ({
			status,
			body: JSON.stringify({ error: `Policy refused ${Object.entries(request.headers).flat().join(' ')}` }),
		});
		for (const status of [400, 401, 403, 404, 409, 500]) {
			const error = await roche
				.ack({ receiptHandle: HEADERS.receiptHandle }, [echo(status)])
				.catch((reason: unknown) => reason);
			const seen = JSON.stringify(toNodeError(NODE, error, 0));
			expect(seen).toContain('Policy refused');
			for (const value of [HEADERS.client_secret, HEADERS.receiptHandle, '1.2.840.4711', 'klinik-am-see']) {
				expect(seen).not.toContain(value);
			}
		}
	});
});
