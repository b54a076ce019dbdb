import fc from 'fast-check';
import { readClientIdentity } from '../../../nodes/shared/partners-services/client-identity';
import { makeSamples, PEM_FIELDS, type Sample } from './support/credentials';
import { isLinear, TIMES } from './support/growth';
import { outcomeOf } from './support/outcome';

/** In characters. */
const SMALL = 32_000;

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

/** A text with a beginning and a repeated part, which makes a backtracking pattern slow. */
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

/** Whether the work to read or refuse a text in a field is linear in its length. */
function isReadInLinearTime(field: (typeof PEM_FIELDS)[number], start: string, repeated: string): boolean {
	const [small, large] = [SMALL, SMALL * TIMES].map((size) => {
		const fields = { ...sample.fields, [field]: start + repeated.repeat(Math.ceil(size / repeated.length)) };
		return () => outcomeOf(() => readClientIdentity(fields));
	});
	return isLinear(small as () => unknown, large as () => unknown);
}

describe('the time for a huge text grows linearly with its length', () => {
	it.each(PEM_FIELDS)('in %s, whether it is read or refused', (field) => {
		const property = fc.property(pattern, ({ start, repeated }) => {
			expect(isReadInLinearTime(field, start, repeated)).toBe(true);
		});
		// Without shrinking, which would repeat the slow texts.
		fc.assert(property, { numRuns: 25, examples: EXAMPLES, endOnFailure: true });
	});

	it.each(PEM_FIELDS)('in %s, if it has many valid blocks', (field) => {
		const { authorities, keyBlocks, certificates } = sample;
		for (const block of [...authorities, ...keyBlocks, ...certificates]) {
			expect(isReadInLinearTime(field, sample.fields[field] ?? '', block)).toBe(true);
		}
	});
});
