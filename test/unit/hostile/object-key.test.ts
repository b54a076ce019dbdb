import fc from 'fast-check';
import { fileName } from '../../../nodes/shared/access-point/file-name';
import { fileInAccessPoint } from '../../../nodes/shared/access-point/file-source';
import { outcomeOf } from './support/outcome';
import { requestedObject } from './support/requested-object';
import { anyText, PROTOTYPE_NAMES } from './support/texts';

const ARN = 'arn:aws:s3:us-east-1:019364481091:accesspoint/2291405';

const PIECES = [
	...[
		'/',
		'//',
		'.',
		'..',
		'../',
		'./',
		'\\',
		'..\\',
		'?',
		'#',
		'%',
		'%2e',
		'%2f',
		'%252e',
		'%00',
		'&',
		'=',
		'+',
		' ',
		';',
	],
	...[
		'\0',
		'\n',
		'\r',
		'\t',
		'\u001b[2J',
		'\u007f',
		'\u0085',
		'\u009b31m',
		'\u2028',
		'\u202e',
		'\ufeff',
		'\ud800',
		'\udc00',
	],
	...[
		'C:',
		'CON',
		'~',
		'$HOME',
		'`id`',
		'"',
		"'",
		'*',
		'|',
		'delivery',
		'2291405',
		'a.json',
		'ä',
		'😀',
		'日本語',
		'e\u0301',
	],
	...PROTOTYPE_NAMES,
];
const composed = fc.array(fc.oneof(fc.constantFrom(...PIECES), anyText), { minLength: 1, maxLength: 8 });
const key = fc.oneof(
	{ arbitrary: composed.map((pieces) => pieces.join('')), weight: 4 },
	anyText,
	// About the maximum length of a key in S3, in characters of one to four bytes.
	fc
		.tuple(fc.constantFrom('x', 'ä', '語', '😀'), fc.integer({ min: 250, max: 1030 }))
		.map(([sign, n]) => sign.repeat(n)),
);

describe('any value for the object key', () => {
	it('is unchanged, or refused', () => {
		const property = fc.property(key, (text) => {
			const outcome = outcomeOf(() => fileInAccessPoint(ARN, text));
			if (outcome.kind === 'used') expect(outcome.value.key).toBe(text);
			else expect(outcome.error.field).toBe('Object Key');
			// S3's own limit, in bytes of UTF-8.
			if (text === '' || new TextEncoder().encode(text).length > 1024) expect(outcome.kind).toBe('refused');
		});
		fc.assert(property, { numRuns: 3000 });
	});

	it('is the key requested from S3, if it is not refused', async () => {
		const property = fc.asyncProperty(key, async (text) => {
			const outcome = outcomeOf(() => fileInAccessPoint(ARN, text));
			if (outcome.kind === 'refused') return;
			const { hostname, path, query } = await requestedObject(outcome.value);
			expect(hostname).toBe('2291405-019364481091.s3-accesspoint.us-east-1.amazonaws.com');
			expect(decodeURIComponent(path.slice(1))).toBe(text);
			// No part of the key may become a query, which selects another operation of S3 (?acl, ?versionId).
			expect({ query, unsafe: /[^\x21-\x7e]|[?#\\]/.test(path) }).toEqual({
				query: { 'x-id': 'GetObject' },
				unsafe: false,
			});
		});
		await fc.assert(property, { numRuns: 500 });
	});

	it.each<unknown>([undefined, null, 7, true, [], ['a.json'], {}, { toString: () => 'a.json' }])(
		'is refused if it is not a string: %p',
		(value) => {
			expect(outcomeOf(() => fileInAccessPoint(ARN, value)).kind).toBe('refused');
		},
	);
});

describe('the name of a file', () => {
	it('is never a path or empty, and contains no control characters of a terminal, whatever the key', () => {
		const property = fc.property(key, (text) => {
			const name = fileName(text);
			expect(['', '.', '..']).not.toContain(name);
			// Cc: C0, DEL and C1, among them U+009B, which begins a terminal's commands as ESC [ does.
			expect(name).not.toMatch(/[/\\]|\p{Cc}/u);
		});
		fc.assert(property, { numRuns: 5000 });
	});

	it('is the last part of a usual key', () => {
		const part = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
		const property = fc.property(fc.array(part, { maxLength: 4 }), part, (folders, last) => {
			expect(fileName([...folders, `${last}.json`].join('/'))).toBe(`${last}.json`);
		});
		fc.assert(property, { numRuns: 300 });
	});
});
