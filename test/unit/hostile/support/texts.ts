import fc from 'fast-check';

/** Any string that a field of n8n can contain: all of Unicode, and lone surrogates, which JavaScript allows and UTF-8 does not. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
	fc.string({ unit: 'binary' }),
	fc.string({ unit: 'grapheme' }),
	fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);

/** Changes a text in several places: removes some characters and inserts one of the pieces. */
export function changedText(original: string, pieces: readonly string[], most = 4): fc.Arbitrary<string> {
	const change = fc.record({
		at: fc.nat({ max: original.length }),
		cut: fc.oneof(fc.constant(0), fc.constant(1), fc.nat({ max: 40 })),
		put: fc.oneof(fc.constantFrom('', ...pieces), fc.string({ unit: 'binary', maxLength: 4 })),
	});
	return fc
		.array(change, { minLength: 1, maxLength: most })
		.map((changes) =>
			changes.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), original),
		);
}

/** Names with a meaning for JavaScript's own objects. */
export const PROTOTYPE_NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
