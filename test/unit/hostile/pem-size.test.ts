import fc from 'fast-check';
import { readClientIdentity } from '../../../nodes/shared/partners-services/client-identity';
import { makeSamples, PEM_FIELDS, type Sample } from './support/credentials';
import { outcomeOf } from './support/outcome';

/** In characters. */
const SMALL = 32_000;
const TIMES = 8;
/** Eight times the text takes eight times as long, and 64 times where time grows as the square of the length. */
const MOST_TIMES = 24;
/** What is faster cannot be compared, in ms. */
const MEASURABLE = 2;
const REPETITIONS = 3;

const PARTS = [
	'-----',
	'-----BEGIN ',
	'BEGIN',
	'-----END ',
	'END',
	'A',
	'CERTIFICATE',
	' ',
	'\n',
	'\\n',
	'\\',
	'"',
	'=',
	'-',
];
const HEADERS = ['Proc-Type: 4,ENCRYPTED', 'DEK-Info:', ' AES-256-CBC,', '0'];

/** A text that begins somehow, and then repeats itself: what a backtracking pattern is slow with. */
interface Pattern {
	start: string;
	repeated: string;
}

const parts = (minLength: number) =>
	fc.array(fc.constantFrom(...PARTS, ...HEADERS), { minLength, maxLength: 4 }).map((all) => all.join(''));
const pattern: fc.Arbitrary<Pattern> = fc.record({ start: parts(0), repeated: parts(1) });
const EXAMPLES: Array<[Pattern]> = [
	[{ start: '', repeated: '-----BEGIN A-----' }],
	[{ start: '', repeated: '-----BEGIN A' }],
	[{ start: '', repeated: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END A-----\n' }],
	[{ start: '-----BEGIN A', repeated: ' ' }],
	[{ start: '-----BEGIN A-----', repeated: '-----END B' }],
	[{ start: '-----BEGIN A-----', repeated: '----- ' }],
	[{ start: '-----BEGIN A-----Proc-Type:', repeated: ' ' }],
];

let sample: Sample;

beforeAll(async () => {
	[sample] = await makeSamples();
});

/** How long a text in a field takes until it is read or refused, at best, in ms. */
function timeOf(field: (typeof PEM_FIELDS)[number], text: string): number {
	const times = Array.from({ length: REPETITIONS }, () => {
		const from = performance.now();
		outcomeOf(() => readClientIdentity({ ...sample.fields, [field]: text }));
		return performance.now() - from;
	});
	return Math.max(MEASURABLE, Math.min(...times));
}

/** How many times as long the longer text takes. */
function growth(field: (typeof PEM_FIELDS)[number], start: string, repeated: string): number {
	const [small, large] = [SMALL, SMALL * TIMES].map((size) =>
		timeOf(field, start + repeated.repeat(Math.ceil(size / repeated.length))),
	);
	return (large ?? 0) / (small ?? 1);
}

describe('the time that a huge text takes grows as the text does', () => {
	it.each(PEM_FIELDS)('in %s, whether it is read or refused', (field) => {
		const property = fc.property(pattern, ({ start, repeated }) => {
			expect(growth(field, start, repeated)).toBeLessThan(MOST_TIMES);
		});
		// Without shrinking, which would repeat the slow ones.
		fc.assert(property, { numRuns: 25, examples: EXAMPLES, endOnFailure: true });
	});

	it.each(PEM_FIELDS)('in %s, when it is many good blocks', (field) => {
		const { authorities, keyBlocks, certificates } = sample;
		for (const block of [...authorities, ...keyBlocks, ...certificates]) {
			expect(growth(field, sample.fields[field] ?? '', block)).toBeLessThan(MOST_TIMES);
		}
	});
});
