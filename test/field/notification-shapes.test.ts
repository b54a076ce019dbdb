import { fileOfNotification } from '../../nodes/shared/access-point/file-source';
import { notificationText } from '../../nodes/shared/notification/fields';
import { withoutSecrets } from '../../nodes/shared/node-support/item-fields';
import { readNotification } from '../../nodes/shared/notification/read-notification';
import { RefusedNotification } from '../../nodes/shared/notification/refused-notification';
import { messageIn } from '../../nodes/shared/notification/message';
import { invalidInput } from '../unit/support/expect-error';

const ARN = 'arn:aws:s3:us-east-1:019364481091:accesspoint/2291405';
const KEY = 'delivery/2291405/cda/xxx.xml';
const SIGNED = 'https://bucket.s3.amazonaws.com/delivery/xxx.xml?X-Amz-Date=1&X-Amz-Signature=geheim';
const OBJECT = { accesspoint: ARN, objectKey: KEY };

const notification = (MessageReference: unknown) => ({
	EmrOid: '2.16.724.4.2',
	MessageId: 'e6950ef2-3c66-4d00-9aba-205fde0d3199',
	MessageType: 'Clinical Report',
	MessageReference,
	MessageReceiptHandle: 'AQEB+/abc=',
});
/** An item as n8n's Webhook node outputs it. */
const webhookItem = (body: unknown) => ({
	headers: { host: 'n8n.example', 'x-operation-id': 'operation-1' },
	params: {},
	query: {},
	body,
	webhookUrl: 'https://n8n.example/webhook/x',
	executionMode: 'production',
});

const inAccessPoint = { kind: 'accessPoint', accessPoint: { arn: ARN }, key: KEY };
const behindUrl = { kind: 'presignedUrl', presigned: { key: 'delivery/xxx.xml' } };

/** References, and the file they identify. */
const TELLING: Array<[string, unknown, object]> = [
	['the documented object', OBJECT, inAccessPoint],
	['the object with more in it', { ...OBJECT, versions: [{ accesspoint: 'x', objectKey: 'old' }] }, inAccessPoint],
	['its JSON in a string', JSON.stringify(OBJECT), inAccessPoint],
	['its JSON in a string, twice', JSON.stringify(JSON.stringify(OBJECT)), inAccessPoint],
	[
		'its JSON with escapes',
		JSON.stringify(OBJECT).replaceAll('/', '\\/').replaceAll(':', '\\u003a').replaceAll('\\u003a"', ':"'),
		inAccessPoint,
	],
	['a list of one', [OBJECT], inAccessPoint],
	['the object below another', { s3: { location: OBJECT } }, inAccessPoint],
	['JSON in a field of it', { s3: JSON.stringify(OBJECT) }, inAccessPoint],
	['fields on two levels', { accesspoint: ARN, object: { objectKey: KEY } }, inAccessPoint],
	['names in another style', { accessPoint: ARN, object_key: KEY }, inAccessPoint],
	['names in capitals', { ACCESSPOINT: ARN, 'Object-Key': KEY }, inAccessPoint],
	['the pre-signed URL as a string', SIGNED, behindUrl],
	['the URL with spaces around it', `\n ${SIGNED} `, behindUrl],
	['the URL as JSON in a string', JSON.stringify(SIGNED), behindUrl],
	['the URL in any field', { theLink: SIGNED }, behindUrl],
	['the URL in a list', [SIGNED], behindUrl],
	['an object with the URL, in a string', JSON.stringify({ url: SIGNED }), behindUrl],
	[
		'the URL with escaped characters',
		`{"url":"${SIGNED.replaceAll('&', '\\u0026').replaceAll('=', '\\u003d')}"}`,
		behindUrl,
	],
	['two signatures for one file', { url: SIGNED, again: SIGNED.replace('geheim', 'other') }, behindUrl],
	['the object beside the URL', { ...OBJECT, url: SIGNED }, { ...behindUrl, fallback: inAccessPoint }],
];

const other = SIGNED.replace('xxx', 'yyy');
/** References to no file or to several; the field named by the trigger, undefined if it accepts them. */
const NOT_TELLING: Array<[string, unknown, string | undefined, RegExp]> = [
	['nothing', undefined, 'MessageReference', /^MessageReference is missing/],
	['null', null, 'MessageReference', /^MessageReference is missing/],
	['an empty text', ' ', 'MessageReference', /^MessageReference is missing/],
	['a string that is not JSON', 'delivery/x.json', 'MessageReference', /^MessageReference is missing/],
	['a number', 7, 'MessageReference', /^MessageReference is missing/],
	['an empty object', {}, 'MessageReference.accesspoint', /^Access Point is empty/],
	['no key', { accesspoint: ARN }, 'MessageReference.objectKey', /^Object Key is empty/],
	[
		'a key that is not a string',
		{ accesspoint: ARN, objectKey: { a: 1 } },
		'MessageReference.objectKey',
		/^Object Key is empty/,
	],
	['plain HTTP', { url: 'http://a.example/?X-Amz-Signature=1' }, 'MessageReference.accesspoint', /not an https URL/],
	['two objects', [OBJECT, { ...OBJECT, objectKey: 'b' }], 'MessageReference', /names several files/],
	[
		'two keys',
		{ files: [{ ...OBJECT }, { accesspoint: ARN, objectKey: 'b' }] },
		'MessageReference',
		/names several files/,
	],
	[
		'two access points',
		{ a: { accesspoint: ARN }, b: { accesspoint: `${ARN}x`, objectKey: 'b' } },
		'MessageReference',
		/several/,
	],
	[
		'two URLs, signed in an unknown way',
		['https://a.example/x?t=1', 'https://a.example/y?t=1'],
		undefined,
		/several files/,
	],
	['two objects and a URL', { url: SIGNED, all: [OBJECT, { ...OBJECT, objectKey: 'b' }] }, undefined, /several files/],
	// Roche S3 Fetch has an option that selects one.
	['two pre-signed URLs', { file: SIGNED, report: other }, undefined, /names several files/],
];

function refusal(body: unknown): RefusedNotification | undefined {
	try {
		readNotification(JSON.stringify(body));
		return undefined;
	} catch (error) {
		if (error instanceof RefusedNotification) return error;
		throw error;
	}
}

describe('a reference to exactly one file', () => {
	it.each(TELLING)('is accepted by the trigger and by Roche S3 Fetch: %s', (_name, reference, file) => {
		const sent = notification(reference);
		expect(readNotification(JSON.stringify(sent)).notification).toEqual(sent);
		for (const item of [sent, webhookItem(sent), webhookItem(JSON.stringify(sent)), webhookItem([sent])]) {
			expect(fileOfNotification(item, [])).toMatchObject(file);
			expect(notificationText(item, 'MessageType')).toBe('Clinical Report');
		}
	});

	it.each(NOT_TELLING)('is not: %s', (_name, reference, field, message) => {
		expect(refusal(notification(reference))?.field).toBe(field);
		for (const item of [notification(reference), webhookItem(notification(reference))]) {
			const error = invalidInput(() => fileOfNotification(item, []));
			expect(error.message).toMatch(message);
			expect(error.message + error.advice).not.toContain('geheim');
		}
	});

	it('is one of several pre-signed URLs if its field is named', () => {
		const reference = { file: SIGNED, links: [{ report: other }] };
		for (const [field, key] of [
			['file', 'delivery/xxx.xml'],
			['links.0.report', 'delivery/yyy.xml'],
			['links.report', 'delivery/yyy.xml'],
		] as const) {
			for (const shape of [
				reference,
				JSON.stringify(reference),
				{ ...reference, links: JSON.stringify(reference.links) },
			]) {
				expect(fileOfNotification(notification(shape), [], field)).toMatchObject({ presigned: { key } });
			}
		}
	});

	it('leaves no signature in later items, whatever its shape', () => {
		for (const [, reference] of TELLING) {
			for (const item of [
				notification(reference),
				webhookItem(notification(reference)),
				webhookItem(JSON.stringify(notification(reference))),
			]) {
				const kept = withoutSecrets(item as never);
				expect(JSON.stringify(kept)).not.toContain('geheim');
				expect(messageIn(kept)).toEqual(messageIn(item as never));
			}
		}
		// It is not documented which part of a query is the secret.
		const unknown = {
			body: { MessageReference: JSON.stringify({ url: 'https:\/\/a.example\/x?token=geheim', ...OBJECT }) },
		};
		const kept = withoutSecrets(unknown);
		expect(JSON.stringify(kept)).not.toContain('geheim');
		expect(fileOfNotification(kept, [])).toMatchObject(inAccessPoint);
	});
});

describe('a notification', () => {
	const sent = notification(OBJECT);
	const WRAPPED: Array<[string, unknown]> = [
		['by itself', sent],
		['in a list of one', [sent]],
		['as JSON in a string', JSON.stringify(sent)],
		['as JSON in a string in a list', [JSON.stringify(sent)]],
		['below body', { body: sent }],
		["as an item of n8n's Webhook node", webhookItem(sent)],
		['as JSON in a string below body', { body: JSON.stringify(sent) }],
		['as items that another n8n passes on', [webhookItem(sent)]],
	];

	it.each(WRAPPED)('is received %s', (_name, body) => {
		expect(readNotification(JSON.stringify(body)).notification).toEqual(sent);
	});

	it('keeps the operation id of its headers', () => {
		for (const name of ['x-operation-id', 'X-Operation-Id']) {
			const body = { headers: { [name]: ' operation-1' }, body: sent };
			expect(readNotification(JSON.stringify(body)).operationId).toBe('operation-1');
			expect(messageIn(body as never)).toMatchObject({ receiptHandle: 'AQEB+/abc=', operationId: 'operation-1' });
		}
		expect(readNotification(JSON.stringify(sent)).operationId).toBeUndefined();
	});

	it.each<[string, unknown, string]>([
		['two of them', [sent, sent], 'The body contains several notifications; send each separately.'],
		['none', [], 'The body is not a JSON object.'],
		['a string', 'notification', 'The body is not a JSON object.'],
		['two below body', { body: [sent, sent] }, 'EmrOid is missing or is not a string.'],
	])('is refused if there are %s', (_name, body, message) => {
		expect(refusal(body)).toMatchObject({ status: 400, message });
	});

	it('of FHIR R5 subscriptions is also refused below body', () => {
		const r5 = { resourceType: 'Bundle', type: 'subscription-notification' };
		for (const body of [r5, [r5], { body: r5 }, JSON.stringify(r5)]) expect(refusal(body)?.status).toBe(422);
	});

	it('of an item is its own one, even if a system has added another below body', () => {
		const item = { ...sent, operationId: 'own', body: notification({ ...OBJECT, objectKey: 'other' }), headers: {} };
		expect(fileOfNotification(item, [])).toMatchObject(inAccessPoint);
		expect(messageIn(item as never)).toMatchObject({ receiptHandle: 'AQEB+/abc=', operationId: 'own' });
	});
});
