import fc from 'fast-check';

/** Replacements of a line break by single-line fields, JSON, editors and web pages. */
const LINE_BREAKS = ['\n', '\r\n', '\r', ' ', '\t', '\u00a0', '\\n', '\\r\\n', '', '\n\n', '  \n', '\n\ufeff'];
const AROUND = [
	...[
		'',
		'',
		'"',
		"'",
		'\\',
		'-----',
		'--',
		'-----\\n',
		'-----END CERTIFICATE-----\n',
		'{"certificate":"',
		'",',
		'\ufffd',
	],
	...[
		'Bag Attributes\n    localKeyID: 01 02\nsubject=CN = x\n',
		'Certificate:\n    Data:\n',
		'Dear partner,\n\n',
		'END',
	],
];

/** The damage to a text. The repair must undo all of it. */
interface Damage {
	breaks: string[];
	indents: string[];
	quote: string;
	bom: string;
	/** Text before the first block, between blocks and after the last. */
	around: string[];
}

/** Text around the blocks: anything except the beginning of another block. */
const junk = fc.oneof(
	fc.constantFrom(...AROUND),
	fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !text.includes('BEGIN')),
	fc.string({ maxLength: 40 }).filter((text) => !text.includes('BEGIN')),
);

const damage: fc.Arbitrary<Damage> = fc.record({
	breaks: fc.array(fc.constantFrom(...LINE_BREAKS), { minLength: 1, maxLength: 4 }),
	indents: fc.array(fc.constantFrom('', '', '  ', '\t', '\u00a0'), { minLength: 1, maxLength: 3 }),
	quote: fc.constantFrom('', '', '"', "'"),
	bom: fc.constantFrom('', '\ufeff'),
	around: fc.array(junk, { minLength: 1, maxLength: 4 }),
});

const nth = (list: readonly string[], n: number): string => list[n % list.length] ?? '';

/** Blocks of PEM as they may be in a field after pasting. */
export function pastedPem(blocks: fc.Arbitrary<readonly string[]>): fc.Arbitrary<string> {
	return fc.tuple(blocks, damage).map(([texts, { breaks, indents, quote, bom, around }]) => {
		const pasted = texts.map((text) =>
			text
				.trimEnd()
				.split('\n')
				.map((line, n) => nth(indents, n) + quote + line + quote + nth(breaks, n))
				.join(''),
		);
		return bom + pasted.map((text, n) => nth(around, n) + text).join('') + nth(around, texts.length);
	});
}
