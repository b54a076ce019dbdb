import fc from 'fast-check';
import { fileOfNotification } from '../../../nodes/shared/access-point/file-source';
import { withoutSecrets } from '../../../nodes/shared/node-support/item-fields';
import {
	type FileAvailabilityNotification,
	readNotification,
} from '../../../nodes/shared/notification/read-notification';
import { readReference } from '../../../nodes/shared/notification/reference';
import { RefusedNotification } from '../../../nodes/shared/notification/refused-notification';
import { MARKER, namesIn, nested, nesting, notificationText, SIGNED, textsIn, valueText } from './support/json';
import { leaksOf, outcomeOf } from './support/outcome';
import { shareOf } from './support/share';
import { anyText, changedText } from './support/texts';

const TEXTS = ['EmrOid', 'MessageId', 'MessageType', 'MessageReceiptHandle'];
const FIELDS = [...TEXTS, 'MessageReference', 'MessageReference.accesspoint', 'MessageReference.objectKey'];
const ARN = 'arn:aws:s3:us-east-1:1:accesspoint/a';
const WHOLE = `{"EmrOid":"1","MessageId":"${MARKER}","MessageType":"a","MessageReceiptHandle":"b","MessageReference":{"accesspoint":"${ARN}","objectKey":"c"}}`;

/** A notification with a value in its reference, and one in an unknown field. */
const around = (value: string): string[] => [
	value,
	WHOLE.replace('{', `{"more":${value},`),
	WHOLE.replace('"c"', `"c","more":${value}`),
	WHOLE.replace('"accesspoint"', `"more":${value},"_"`),
	WHOLE.replace(/"MessageReference":.*\}\}/, `"MessageReference":${value}}`),
];

const tellsOneFile = (value: unknown): boolean => {
	const { accessPoint, objectKey, urls } = readReference(value);
	return urls.length > 0 || (accessPoint !== undefined && objectKey !== undefined);
};

/** Asserts the property that every body must have. Returns the notification, unless it was refused. */
function isTakenOrRefused(body: string): FileAvailabilityNotification | undefined {
	try {
		const { notification } = readNotification(body);
		for (const name of TEXTS) expect(notification[name]).toMatch(/\S/);
		expect(tellsOneFile(notification.MessageReference)).toBe(true);
		expect(namesIn(notification)).not.toContain('__proto__');
		return notification;
	} catch (error) {
		if (!(error instanceof RefusedNotification)) throw error;
		expect([400, 422]).toContain(error.status);
		expect([undefined, ...FIELDS]).toContain(error.field);
		// JSON's own errors quote a few characters of the text.
		expect(leaksOf(error, MARKER, 6)).toEqual([]);
		return undefined;
	} finally {
		expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
		expect(Object.keys(Object.prototype)).toEqual([]);
	}
}

/** The nodes after the trigger must accept every notification that it has accepted. */
function isReadByLaterNodes(notification: FileAvailabilityNotification): void {
	outcomeOf(() => fileOfNotification(notification, []));
	const kept = withoutSecrets(notification as Parameters<typeof withoutSecrets>[0]);
	expect(textsIn(kept.MessageReference).filter((text) => /^\s*https:.*X-Amz-Signature/is.test(text))).toEqual([]);
}

describe('any body posted to the trigger', () => {
	it('is a notification that later nodes can read, or is refused without being repeated: JSON', () => {
		const body = fc
			.tuple(fc.constantFrom('', '', '\ufeff', '\n'), fc.oneof({ arbitrary: notificationText, weight: 4 }, valueText))
			.map((parts) => parts.join(''));
		const property = fc.property(body, (json) => {
			const notification = isTakenOrRefused(json);
			if (notification !== undefined) isReadByLaterNodes(notification);
		});
		fc.assert(property, { numRuns: 3000 });
		expect(shareOf(body, (json) => isTakenOrRefused(json) !== undefined)).toBeGreaterThan(0.2);
	});

	it('also any text, or a notification that was damaged in transit', () => {
		const pieces = [
			'{',
			'}',
			'[',
			']',
			'"',
			',',
			':',
			'\\',
			'\\u',
			'\0',
			'\ufeff',
			'\ud800',
			'"__proto__":{"polluted":1},',
			MARKER,
		];
		const body = fc.oneof(
			anyText,
			changedText(WHOLE, pieces),
			notificationText.chain((text) => changedText(text, pieces)),
		);
		fc.assert(
			fc.property(body, (text) => void isTakenOrRefused(text)),
			{ numRuns: 2000 },
		);
	});

	it('also nested to any depth, in any place', () => {
		const value = fc.constantFrom('1', '{}', '"x"', JSON.stringify(SIGNED));
		const property = fc.property(value, nesting(100_000), fc.nat({ max: 4 }), (inner, levels, place) => {
			const notification = isTakenOrRefused(around(nested(inner, levels))[place] ?? '');
			if (notification) isReadByLaterNodes(notification);
		});
		fc.assert(property, { numRuns: 300 });
	});

	it.each<[string, string]>([
		['a text', `"${'x'.repeat(10_000_000)}"`],
		['a list of numbers', `[${'123456789,'.repeat(1_000_000)}1]`],
		['many names', `{${Array.from({ length: 300_000 }, (_, n) => `"${n}_${MARKER}":{}`).join(',')}}`],
		['one name many times', `{${'"__proto__":{"polluted":1},'.repeat(300_000)}"a":1}`],
		['spaces', ' '.repeat(10_000_000)],
		['a number', '1'.repeat(10_000_000)],
		['escapes', `"${'\\u0041'.repeat(1_600_000)}"`],
		['unclosed brackets', '['.repeat(10_000_000)],
	])('also of 10 MB, with %s alone or in a reference', (_name, value) => {
		const [alone = '', , , inReference = ''] = around(value);
		for (const body of [alone, inReference]) isTakenOrRefused(body);
	});
});
