import fc from 'fast-check';
import { decodeText } from '../../nodes/shared/access-point/text';
import { Roche } from '../engine/roche';

const NAME = 'Jürgen Groß';
const FETCH = 'rocheS3Fetch';
const xml = (encoding: string, text = NAME) => `<?xml version="1.0" encoding="${encoding}"?><name>${text}</name>`;
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('a text is decoded as declared', () => {
	it.each<[string, Buffer, string, string]>([
		['the XML declaration', latin1(xml('ISO-8859-1')), 'application/xml', xml('ISO-8859-1')],
		['single quotes and spaces', latin1(`<?xml version='1.0' encoding = 'latin1' ?>${NAME}`), '', NAME],
		['the content type', latin1(`{"n":"${NAME}"}`), 'application/json; charset=ISO-8859-1', `{"n":"${NAME}"}`],
		['the content type, quoted', latin1(NAME), 'text/plain; Charset="iso-8859-15"', NAME],
		['nothing: UTF-8', Buffer.from(NAME), 'text/plain', NAME],
		['the mark of UTF-8', Buffer.from(`\ufeff${NAME}`), 'text/xml', NAME],
		['the mark of UTF-16', Buffer.from(`\ufeff${xml('UTF-16')}`, 'utf16le'), '', xml('UTF-16')],
		['the mark of UTF-16, big-endian', utf16be(`\ufeff${NAME}`), 'text/plain', NAME],
		['a mark that contradicts the content type', Buffer.from(`\ufeff${NAME}`), 'text/plain; charset=iso-8859-1', NAME],
		['UTF-16 without a mark', Buffer.from(xml('UTF-16'), 'utf16le'), 'text/xml', xml('UTF-16')],
		['UTF-16 without a mark, big-endian', utf16be(`{"n":"${NAME}"}`), '', `{"n":"${NAME}"}`],
		['declared as UTF-16, but UTF-8', Buffer.from(xml('utf-16')), '', xml('utf-16')],
		['declared as ASCII, but UTF-8', Buffer.from(NAME), 'text/plain; charset=US-ASCII', NAME],
		['two names of the same encoding', Buffer.from(xml('UTF-8')), 'text/xml; charset=utf8', xml('UTF-8')],
		[
			'two encodings, of which one is impossible',
			Buffer.from(xml('UTF-8')),
			'text/xml; charset=shift_jis',
			xml('UTF-8'),
		],
		[
			'two encodings with the same result',
			Buffer.from(xml('UTF-8', 'Anna')),
			'text/xml; charset=iso-8859-1',
			xml('UTF-8', 'Anna'),
		],
		['Shift JIS', Buffer.from([0x93, 0xfa, 0x96, 0x7b]), 'text/plain; charset=shift_jis', '日本'],
	])('%s', (_what, bytes, contentType, text) => {
		const decoded = decodeText(bytes, contentType);
		expect('text' in decoded ? decoded.text.slice(-text.length) : decoded).toBe(text);
	});

	it('Windows-1252 with the characters that ISO 8859-1 lacks, on every Node', () => {
		const bytes = Buffer.from([0x93, 0x35, 0x80, 0x94, 0x96, 0xfc]);
		expect(decodeText(bytes, 'text/plain; charset=windows-1252')).toEqual({ text: '“5€”–ü' });
	});

	it('nothing at all', () => {
		expect(decodeText(Buffer.alloc(0), 'text/plain')).toEqual({ text: '' });
	});
});

describe('a text is refused instead of guessing', () => {
	it.each<[string, Buffer, string, string]>([
		['bytes that are not UTF-8', latin1(NAME), 'text/plain', 'notUtf8'],
		['bytes that are not in the declared encoding', latin1(xml('UTF-8')), 'text/xml', 'notUtf8'],
		['half a character of UTF-16', Buffer.from([0xff, 0xfe, 0x41, 0, 0x42]), '', 'invalid'],
		['half a surrogate pair of UTF-16', Buffer.from([0xff, 0xfe, 0, 0xd8]), '', 'invalid'],
		['a byte that Windows-1252 does not define', Buffer.from([0x41, 0x81]), 'text/plain; charset=cp1252', 'invalid'],
		['declared as ASCII, but is not', latin1(NAME), 'text/plain; charset=ascii', 'invalid'],
		['an unknown encoding', Buffer.from(NAME), 'text/plain; charset=ebcdic-de', 'unknown'],
		['an unknown encoding of XML', latin1(xml('CP850')), 'text/xml', 'unknown'],
		['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0]), '', 'unknown'],
		['UTF-7, in which anything can be hidden', Buffer.from(NAME), 'text/plain; charset=utf-7', 'unknown'],
		['two encodings with different results', Buffer.from(xml('UTF-8')), 'text/xml; charset=iso-8859-1', 'ambiguous'],
		['UTF-16 in the type of what may be UTF-8', Buffer.from('abcd'), 'text/plain; charset=utf-16', 'ambiguous'],
		['an image', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d]), 'image/png', 'notUtf8'],
	])('%s', (_what, bytes, contentType, refused) => {
		expect(decodeText(bytes, contentType)).toEqual({ refused });
	});

	it('no unreadable character is ever replaced by another, whatever the bytes and types', () => {
		const labels = fc.constantFrom('', '; charset=iso-8859-1', '; charset=utf-16', '; charset=gb18030', ';charset=x');
		const beginnings = fc.constantFrom('', '\ufeff', xml('ISO-8859-1', ''), xml('UTF-8', ''));
		const property = fc.property(fc.uint8Array({ maxLength: 40 }), beginnings, labels, (rest, beginning, label) => {
			const bytes = Buffer.concat([Buffer.from(beginning), rest]);
			const decoded = decodeText(bytes, `text/xml${label}`);
			// A text that contains the replacement character itself keeps it.
			if ('text' in decoded && !bytes.includes('\ufffd'))
				expect(decoded.text.replaceAll('\ufffd', '')).toBe(decoded.text);
		});
		fc.assert(property, { numRuns: 3000 });
	});

	it('any text is decoded unchanged, in each encoding of Unicode', () => {
		const text = fc.string({ unit: 'grapheme', minLength: 2 }).filter((made) => /^[a-z<{]{2}/.test(made));
		const any = fc.oneof(
			text,
			fc.string({ unit: 'grapheme' }).map((made) => `<a>${made}`),
		);
		const property = fc.property(any, (made) => {
			for (const bytes of [Buffer.from(made), Buffer.from(made, 'utf16le'), utf16be(`\ufeff${made}`)]) {
				expect(decodeText(bytes, 'text/xml')).toEqual({ text: made });
			}
		});
		fc.assert(property, { numRuns: 1000 });
	});
});

describe('Roche S3 Fetch', () => {
	const roche = Roche.forAllTests();

	async function fetched(key: string, output: string) {
		const { notification } = await roche.sandbox.notify({ objectKey: key });
		return await roche.run([notification], [{ type: FETCH, parameters: { output } }]);
	}

	it.each(['iso-8859-1', 'windows-1252', 'utf-16'] as const)('reads reports and bundles in %s', async (charset) => {
		const report = await roche.sandbox.addFile({ kind: 'cda', charset, contentEncoding: 'gzip' });
		const text = (await fetched(report.key, 'text')).json(FETCH)[0]?.data;
		expect(text).toMatch(/größer als null/);
		const bundle = await roche.sandbox.addFile({ kind: 'bundle', observations: 40, charset });
		const run = await fetched(bundle.key, 'json');
		expect(JSON.stringify(run.json(FETCH)[0]?.data)).toContain('vor dem Frühstück – synthetic');
	});

	it('outputs binary data unchanged, in any encoding', async () => {
		const report = await roche.sandbox.addFile({ kind: 'cda', charset: 'iso-8859-1' });
		const run = await fetched(report.key, 'binary');
		const bytes = await roche.engine.readBinary(run.items(FETCH)[0]?.binary?.data);
		expect(bytes.length).toBe(report.size);
		expect(bytes.includes(latin1('größer'))).toBe(true);
	});

	it.each([
		['text/plain; charset=ebcdic-de', 'The file declares an unknown character encoding'],
		['text/xml; charset=iso-8859-1', 'The file declares two character encodings, and its text differs between them'],
		['text/xml; charset=utf-8', 'The file is not text in the character encoding that it declares'],
	])('reports why a text is refused (%s), without repeating it', async (contentType, message) => {
		const bytes = contentType.endsWith('-1') ? Buffer.from(xml('UTF-8')) : latin1(xml('us-ascii'));
		const base64 = bytes.toString('base64');
		await roche.sandbox.addFile({ kind: 'content', key: 'odd.xml', base64, contentType });
		const run = await fetched('odd.xml', 'text');
		expect(run.error).toMatchObject({ message, description: 'Choose the output "Binary".' });
		expect(run.persisted + run.log).not.toContain('rgen');
	});
});
