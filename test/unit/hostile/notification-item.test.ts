import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { fileOfNotification } from '../../../nodes/shared/access-point/file-source';
import { withoutSecrets } from '../../../nodes/shared/node-support/item-fields';
import { isLinear, TIMES } from './support/growth';
import {
	ARN,
	MARKER,
	nested,
	nesting,
	type Nesting,
	notificationText,
	SIGNED,
	textsIn,
	valueText,
} from './support/json';
import { leaksOf, outcomeOf } from './support/outcome';
import { anyText, PROTOTYPE_NAMES } from './support/texts';

/** n8n's items come from any source. Parsed, so `__proto__` is a normal name. */
const parsed = (text: string): unknown => JSON.parse(text);
const any = valueText.map(parsed);
const item = fc.oneof(
	{ arbitrary: notificationText.map(parsed), weight: 3 },
	any,
	fc
		.tuple(any, fc.constantFrom(undefined, ARN), fc.constantFrom(undefined, 'a.json'))
		.map(([more, accesspoint, objectKey]) => ({
			MessageReference: { more, accesspoint, objectKey },
		})),
);
const urlField = fc.oneof(
	{ arbitrary: fc.constant(''), weight: 3 },
	fc
		.array(fc.constantFrom('url', 'a', '0', '', 'accesspoint', ...PROTOTYPE_NAMES), { maxLength: 4 })
		.map((names) => names.join('.')),
	anyText,
);

/** Asserts the property that every item must have. */
function isFoundOrRefused(json: unknown, field = ''): void {
	const outcome = outcomeOf(() => fileOfNotification(json, ['files.example.org'], field));
	if (outcome.kind === 'refused') {
		// An error names a URL's host; the marker is in path and query.
		expect(leaksOf(outcome.error, MARKER, MARKER.length)).toEqual([]);
		return;
	}
	const source = outcome.value;
	const object = source.kind === 'presignedUrl' ? source.fallback : source;
	if (source.kind === 'presignedUrl') expect(source.presigned.url.protocol).toBe('https:');
	if (object) expect({ arn: object.accessPoint.arn, key: typeof object.key }).toEqual({ arn: ARN, key: 'string' });
}

/** A value many levels below the reference, beside its other fields. */
function deepItem(value: string, levels: Nesting, place: number): IDataObject {
	const deep = nested(JSON.stringify(value), levels);
	const beside = `"first":${deep},"accesspoint":"${ARN}","objectKey":"a.json"`;
	const reference = [deep, `{"first":${deep}}`, `{${beside}}`][place] ?? '';
	return parsed(`{"MessageReference":${reference}}`) as IDataObject;
}
const place = fc.nat({ max: 2 });

describe('any item', () => {
	it('its file is found, or it is refused', () => {
		fc.assert(fc.property(item, urlField, isFoundOrRefused), { numRuns: 4000 });
	});

	it('its file is found, or it is refused, however deep it is nested', () => {
		const value = fc.constantFrom('x', SIGNED, SIGNED.replace('https', 'http'), 'https://evil.example/');
		const property = fc.property(value, nesting(50_000), place, (...where) => {
			const json = deepItem(...where);
			isFoundOrRefused(json);
			isFoundOrRefused(json, 'first.a.a');
		});
		fc.assert(property, { numRuns: 200 });
	});

	it('the time grows with its width and with the path of its field, not with their square', () => {
		const reading = (width: number) => {
			const wide = Object.fromEntries(Array.from({ length: width }, (_, n) => [`${MARKER}${n}`, [{ n }, 'https']]));
			return () => {
				isFoundOrRefused({ MessageReference: wide });
				isFoundOrRefused({ MessageReference: { ...wide, accesspoint: ARN, objectKey: 'a.json' } });
				isFoundOrRefused({ MessageReference: wide }, 'a.'.repeat(2 * width));
			};
		};
		expect(isLinear(reading(10_000), reading(10_000 * TIMES))).toBe(true);
	});
});

describe('the signature of a pre-signed URL', () => {
	const FORMS = [
		SIGNED,
		` ${SIGNED}`,
		`\n\t${SIGNED}`,
		`\ufeff${SIGNED}`,
		SIGNED.replace('https', 'HttpS'),
		SIGNED.replace('https', 'http'),
		`${SIGNED}&a=1&b=2`,
	];
	const signatures = (json: IDataObject) => textsIn(json).filter((text) => text.includes('X-Amz-Signature='));
	/** An item with a URL among other values, below MessageReference or elsewhere. */
	const withUrl = fc
		.record({
			url: fc.constantFrom(...FORMS).map((url) => JSON.stringify(url)),
			before: valueText,
			after: valueText,
			name: fc.constantFrom(...PROTOTYPE_NAMES, 'url').map((name) => JSON.stringify(name)),
			field: fc.constantFrom('MessageReference', 'MessageReference', 'more'),
			shape: fc.nat({ max: 3 }),
		})
		.map(({ url, before, after, name, field, shape }) => {
			const list = `[${before},${url},${after}]`;
			const object = `{"before":${before},${name}:${url},"after":[${after}]}`;
			const value = [url, list, object, `{"a":[[{"b":${url}}],${before}],"c":${after}}`][shape] ?? '';
			return parsed(`{"a":1,"awsCredentials":{"a":1},"${field}":${value}}`) as IDataObject;
		});

	it('is removed from every item, wherever it is', () => {
		const property = fc.property(withUrl, (json) => {
			expect(signatures(json).length).toBeGreaterThan(0);
			const kept = withoutSecrets(json);
			expect(signatures(kept)).toEqual([]);
			expect(Object.keys(kept)).toEqual(Object.keys(json).filter((name) => name !== 'awsCredentials'));
		});
		fc.assert(property, { numRuns: 2000 });
	});

	it('is removed from every item, however deep it is nested', () => {
		const property = fc.property(fc.constantFrom(...FORMS), nesting(50_000), place, (...where) => {
			expect(signatures(withoutSecrets(deepItem(...where)))).toEqual([]);
		});
		fc.assert(property, { numRuns: 200 });
	});

	it('and the AWS credentials are the only data removed from an item', () => {
		const property = fc.property(item, (json) => {
			const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
			if (!isObject || textsIn(json).some((text) => /https?:/i.test(text))) return;
			const fields = { ...(json as IDataObject) };
			const kept = withoutSecrets({ ...fields, awsCredentials: { a: 1 } });
			// Compared as strings: a comparison of objects would treat the name `__proto__` as a prototype.
			expect(JSON.stringify(kept)).toBe(JSON.stringify(fields));
			expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
		});
		fc.assert(property, { numRuns: 2000 });
	});
});
