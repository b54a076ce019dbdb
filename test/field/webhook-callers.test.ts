import fc from 'fast-check';
import { checkCaller, type ExpectedCaller, type Headers } from '../../nodes/shared/notification/caller';
import { RefusedNotification } from '../../nodes/shared/notification/refused-notification';

type Encoding = 'utf8' | 'latin1';

const encoded = (text: string, encoding: Encoding = 'utf8') => Buffer.from(text, encoding).toString('base64');
const basic = (text: string, encoding: Encoding = 'utf8'): Headers => ({
	authorization: `Basic ${encoded(text, encoding)}`,
});
/** As Node reads a header from the wire. */
const header = (value: string, encoding: Encoding = 'utf8', name = 'x-webhook-key'): Headers => ({
	[name]: Buffer.from(value, encoding).toString('latin1'),
});

const user = (password: string, name = 'roche'): ExpectedCaller => ({
	authentication: 'basicAuth',
	user: name,
	password,
});
const key = (headerValue: string, headerName = 'X-Webhook-Key'): ExpectedCaller => ({
	authentication: 'headerAuth',
	headerName,
	headerValue,
});

function answer(expected: ExpectedCaller, headers: Headers): { status: number; message: string } {
	try {
		checkCaller(expected, headers);
		return { status: 200, message: '' };
	} catch (error) {
		if (error instanceof RefusedNotification) return { status: error.status, message: error.message };
		throw error;
	}
}
const status = (expected: ExpectedCaller, headers: Headers) => answer(expected, headers).status;

describe('a password with non-ASCII characters', () => {
	const composed = 'pässwörd-é'.normalize('NFC');
	const decomposed = composed.normalize('NFD');

	it.each<[string, string, Encoding]>([
		['UTF-8', composed, 'utf8'],
		['decomposed UTF-8, as written by macOS', decomposed, 'utf8'],
		['Latin-1', composed, 'latin1'],
	])('is accepted in %s, whichever form the credential has', (_name, given, encoding) => {
		for (const expected of [composed, decomposed]) {
			expect(status(user(expected), basic(`roche:${given}`, encoding))).toBe(200);
			expect(status(user('p', expected), basic(`${given}:p`, encoding))).toBe(200);
			expect(status(key(expected), header(given, encoding))).toBe(200);
		}
	});

	it('is accepted with the characters that Windows adds to Latin-1', () => {
		const bytes = Buffer.from([...Buffer.from('roche:'), 0x80, 0x35, 0x96]);
		expect(status(user('€5–'), { authorization: `Basic ${bytes.toString('base64')}` })).toBe(200);
		expect(status(key('€5–'), { 'x-webhook-key': '\x805\x96' })).toBe(200);
	});

	it('is accepted although its Latin-1 bytes are UTF-8 of another text', () => {
		expect(status(user('Ã¤'), basic('roche:Ã¤', 'latin1'))).toBe(200);
		expect(status(user('Ã¤'), basic('roche:Ã¤'))).toBe(200);
	});

	it.each([
		['another accent', basic('roche:pàsswörd-é')],
		['no accents', basic('roche:password-e')],
		['question marks instead of the characters', basic('roche:p?ssw?rd-?')],
		['replacement characters', basic('roche:p\uFFFDssw\uFFFDrd-\uFFFD')],
		['encoded twice', basic(`roche:${Buffer.from(composed).toString('latin1')}`)],
	])('is refused with %s', (_name, headers) => {
		expect(status(user(composed), headers)).toBe(401);
	});

	it('is accepted in every form, and no other password is', () => {
		const texts = fc.string({ unit: 'grapheme-composite', minLength: 1 }).filter((text) => /^\S+$/.test(text));
		const property = fc.property(texts, texts, (password, other) => {
			for (const form of ['NFC', 'NFD'] as const) {
				expect(status(user(password), basic(`roche:${password.normalize(form)}`))).toBe(200);
			}
			const isSame = password.normalize('NFC') === other.normalize('NFC');
			expect(status(user(password), basic(`roche:${other}`))).toBe(isSame ? 200 : 401);
		});
		fc.assert(property, { numRuns: 500 });
	});
});

describe('a pasted value', () => {
	it.each([' ', '\n', '\r\n', '\t', '\u00A0', '\u200B', '\uFEFF', ' \u2028'])(
		'with %j around it is accepted',
		(blank) => {
			const around = (text: string) => `${blank}${text}${blank}`;
			expect(status(user(around('pass word'), around('roche')), basic('roche:pass word'))).toBe(200);
			expect(status(user('pass word'), basic(`${around('roche')}:${around('pass word')}`))).toBe(200);
			expect(status(key(around('v 1'), around('X-Webhook-Key')), header('v 1'))).toBe(200);
			expect(status(key('v 1'), header(around('v 1')))).toBe(200);
		},
	);

	it('may be the name of a header with a colon', () => {
		expect(status(key('v1', 'X-Webhook-Key: '), header('v1'))).toBe(200);
	});

	it('is refused if a space in it is missing', () => {
		expect(status(user('pass word'), basic('roche:password'))).toBe(401);
		expect(status(key('v 1'), header('v1'))).toBe(401);
	});

	it('accepts no caller if it is only whitespace', () => {
		for (const blank of [' ', '\u200B\u00A0', '\n']) {
			for (const expected of [user(blank), user('p', blank), key(blank), key('v', blank), key('v', ' : ')]) {
				for (const headers of [{}, basic(':'), basic(`roche:${blank}`), header(''), header(blank)]) {
					expect(status(expected, headers)).toBe(500);
				}
			}
		}
	});

	it('may contain colons, also in the user', () => {
		expect(status(user('c:d', 'a:b'), basic('a:b:c:d'))).toBe(200);
		expect(status(user(' c : d ', ' a'), basic('a:c : d'))).toBe(200);
	});
});

describe('a stranger', () => {
	const secrets = /roche|x-webhook|basic|header|user|password|geheim/i;

	it('receives the same answer, whatever the credential requires and the request contains', () => {
		const answers = [user('geheim-1'), key('geheim-2')].flatMap((expected) =>
			[{}, basic('roche:x'), basic('x'), header('x'), { authorization: 'Bearer x' }].map((headers) => {
				return JSON.stringify(answer(expected, headers));
			}),
		);
		expect(new Set(answers).size).toBe(1);
		expect(answers[0]).toContain('401');
		expect(answers[0]).not.toMatch(secrets);
	});

	it('cannot keep the node busy with a header of spaces or colons', () => {
		// Node accepts 16 KB of headers. A search with backtracking at each space would take minutes for these requests.
		for (const text of [' '.repeat(12_000), ':'.repeat(12_000), `${' '.repeat(11_000)}x:`]) {
			for (let request = 0; request < 300; request += 1) expect(status(user('geheim'), basic(text))).toBe(401);
		}
	});

	it('may use base64 for URLs', () => {
		const password = '?>?>~~~ü';
		const authorization = `Basic ${Buffer.from(`roche:${password}`).toString('base64url')}`;
		expect(authorization).toMatch(/[-_]/);
		expect(status(user(password), { authorization })).toBe(200);
	});
});
