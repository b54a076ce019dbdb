import fc from 'fast-check';
import { PROTOTYPE_NAMES } from './texts';

/** In strings and names of the input. It must never be in an error. */
export const MARKER = 'marker7f3a9c51';
export const ARN = 'arn:aws:s3:us-east-1:019364481091:accesspoint/2291405';
export const SIGNED = `https://bucket.s3.amazonaws.com/${MARKER}/b.json?X-Amz-Signature=${MARKER}`;

/** The text of a JSON value. Not an object, which cannot contain a name twice, and `__proto__` only with care. */
export type JsonText = string;

/** A name, perhaps with escapes, which hide it from a search of the text. */
const nameText: fc.Arbitrary<JsonText> = fc
	.tuple(
		fc.oneof(
			fc.constantFrom(...PROTOTYPE_NAMES, 'polluted', 'accesspoint', 'objectKey', 'url', 'a', '', '0', MARKER),
			fc.string({ unit: 'binary', maxLength: 6 }),
		),
		fc.boolean(),
	)
	.map(([name, escaped]) => (escaped ? `"${escapedText(name)}"` : JSON.stringify(name)));

function escapedText(text: string): string {
	return text
		.split('')
		.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
		.join('');
}

const scalarText: fc.Arbitrary<JsonText> = fc.oneof(
	fc.constantFrom(
		'null',
		'true',
		'0',
		'-0',
		'1e999',
		'1e-999',
		'12345678901234567890',
		'""',
		'" "',
		'"\\ud800"',
		'"\\u0000"',
	),
	fc
		.constantFrom(
			ARN,
			SIGNED,
			` ${SIGNED}`,
			SIGNED.replace('https', 'HTTP'),
			'https://',
			'Signature= of the doctor',
			MARKER,
		)
		.map((text) => JSON.stringify(text)),
	fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
);

/** Members of an object; names may be repeated. */
function objectText(members: fc.Arbitrary<ReadonlyArray<readonly [JsonText, JsonText]>>): fc.Arbitrary<JsonText> {
	return members.map((all) => `{${all.map(([name, value]) => `${name}:${value}`).join(',')}}`);
}

/** Any JSON value. */
export const valueText: fc.Arbitrary<JsonText> = fc.letrec<{ value: JsonText; list: JsonText; object: JsonText }>(
	(tie) => ({
		value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalarText, tie('list'), tie('object')),
		list: fc.array(tie('value'), { maxLength: 4 }).map((all) => `[${all.join(',')}]`),
		object: objectText(fc.array(fc.tuple(nameText, tie('value')), { maxLength: 4 })),
	}),
).value;

const FIELDS = {
	EmrOid: '"2.16.724.4.2"',
	MessageId: `"${MARKER}"`,
	MessageType: '"Clinical Report"',
	MessageReceiptHandle: `"${MARKER}"`,
	MessageReference: JSON.stringify({ accesspoint: ARN, objectKey: `${MARKER}.json` }),
};

/** A notification in which fields may be missing, of another type, repeated or added. */
export const notificationText: fc.Arbitrary<JsonText> = fc
	.tuple(
		fc.shuffledSubarray(Object.entries(FIELDS), { minLength: 4 }),
		fc.array(
			fc.tuple(
				fc.constantFrom(...Object.keys(FIELDS)).map((name) => JSON.stringify(name)),
				valueText,
			),
			{ maxLength: 1 },
		),
		fc.array(fc.tuple(nameText, valueText), { maxLength: 3 }),
		fc.boolean(),
	)
	.chain(([fields, wrong, more, wrongFirst]) => {
		const right = fields.map(([name, value]) => [JSON.stringify(name), value] as const);
		// If a name is repeated, the last member counts.
		return objectText(fc.constant(wrongFirst ? [...more, ...wrong, ...right] : [...right, ...more, ...wrong]));
	});

/** Ways to nest a value one level deeper: the text before it and the text after it. */
const LEVELS: ReadonlyArray<readonly [string, string]> = [
	['[', ']'],
	['{"a":', '}'],
	['{"__proto__":', '}'],
	['[{"constructor":', '}]'],
	['{"a":1,"b":[2,', ']}'],
];

/** How a value is nested. In numbers, because printing the value itself would exceed the stack, too. */
export interface Nesting {
	level: number;
	levels: number;
}

/** Nestings of up to `most` levels, mostly near the depth at which the stack overflows. */
export function nesting(most: number): fc.Arbitrary<Nesting> {
	const levels = fc.oneof(fc.integer({ min: 1, max: Math.min(most, 12_000) }), fc.integer({ min: 1, max: most }));
	return fc.record({ level: fc.nat({ max: LEVELS.length - 1 }), levels });
}

/** The value at this nesting. */
export function nested(value: JsonText, { level, levels }: Nesting): JsonText {
	const [before, after] = LEVELS[level] ?? ['', ''];
	return before.repeat(levels) + value + after.repeat(levels);
}

/** Returns all strings in a value, including names of fields. Without recursion, so it works for any depth. */
export function textsIn(value: unknown): string[] {
	return allIn(value).flatMap(({ name, text }) => [name ?? [], text ?? []].flat());
}

/** Returns the names of all fields in a value. */
export function namesIn(value: unknown): string[] {
	return allIn(value).flatMap(({ name }) => name ?? []);
}

function allIn(value: unknown): Array<{ name?: string; text?: string }> {
	const found: Array<{ name?: string; text?: string }> = [];
	const open = [value];
	while (open.length > 0) {
		const next = open.pop();
		if (typeof next === 'string') found.push({ text: next });
		if (typeof next !== 'object' || next === null) continue;
		for (const [name, member] of Object.entries(next)) {
			found.push({ name });
			open.push(member);
		}
	}
	return found;
}
