import { fileInAccessPoint, fileOfNotification } from '../../nodes/shared/access-point/file-source';
import { notificationText } from '../../nodes/shared/notification/fields';
import { invalidInput, textOf } from './support/expect-error';

const ARN = 'arn:aws:s3:us-east-1:019364481091:accesspoint/2291405';
const KEY = 'delivery/2291405/cda/xxx.xml';
const URL_TEXT = 'https://bucket.s3.amazonaws.com/delivery/xxx.xml?X-Amz-Signature=geheim';

/** Returns the notification of the guide with another reference. */
const notification = (MessageReference: unknown) => ({
	EmrOid: '2.16.724.4.2',
	MessageId: 'e6950ef2-3c66-4d00-9aba-205fde0d3199',
	MessageType: 'Clinical Report',
	MessageCreatedAt: '1603778420307',
	MessageReference,
	MessageReceiptHandle: 'abc',
});
const inAccessPoint = { kind: 'accessPoint', accessPoint: { arn: ARN, name: '2291405' }, key: KEY };

describe('the file of a notification', () => {
	it('is the object in the access point', () => {
		expect(fileOfNotification(notification({ accesspoint: ARN, objectKey: KEY }), [])).toMatchObject(inAccessPoint);
	});

	it.each([
		['in a field of any name', { presignedUrl: URL_TEXT }],
		['in another field', { whatever: ` ${URL_TEXT}` }],
		['beside access point and key', { accesspoint: ARN, objectKey: KEY, url: URL_TEXT }],
		['instead of the object', URL_TEXT],
		['deeper in the reference', { options: [{ presigned: { url: URL_TEXT } }] }],
		['in upper case', { url: URL_TEXT.replace('https', 'HTTPS') }],
	])('is at the pre-signed URL if there is one: %s', (_name, reference) => {
		const source = fileOfNotification(notification(reference), []);
		expect(source).toMatchObject({ kind: 'presignedUrl', presigned: { key: 'delivery/xxx.xml' } });
	});

	it('also has access point and key if they are beside the URL and valid', () => {
		const fallbackOf = (reference: object) => {
			const source = fileOfNotification(notification({ ...reference, url: URL_TEXT }), []);
			return source.kind === 'presignedUrl' ? source.fallback : 'no URL';
		};
		expect(fallbackOf({ accesspoint: ARN, objectKey: KEY })).toMatchObject(inAccessPoint);
		for (const reference of [{}, { accesspoint: ARN }, { objectKey: KEY }, { accesspoint: 'x', objectKey: KEY }]) {
			expect(fallbackOf(reference)).toBeUndefined();
		}
	});

	it('is not at a URL without a signature if there is another source', () => {
		const help = 'https://developer.example/help?topic=1';
		const object = { help, accesspoint: ARN, objectKey: KEY };
		expect(fileOfNotification(notification(object), [])).toMatchObject(inAccessPoint);
		expect(fileOfNotification(notification({ help, url: URL_TEXT }), [])).toMatchObject({
			presigned: { key: 'delivery/xxx.xml' },
		});
		const alone = { url: 'https://bucket.s3.amazonaws.com/other?x=1' };
		expect(fileOfNotification(notification(alone), [])).toMatchObject({ presigned: { key: 'other' } });
	});

	it('is at the URL in the named field, whatever other URLs there are', () => {
		const reference = { first: 'https://bucket.s3.amazonaws.com/other?x=1', deeper: { link: URL_TEXT } };
		const source = fileOfNotification(notification(reference), [], 'deeper.link');
		expect(source).toMatchObject({ kind: 'presignedUrl', presigned: { key: 'delivery/xxx.xml' } });
	});

	it('is in the access point if the named field does not exist', () => {
		const reference = { accesspoint: ARN, objectKey: KEY, other: URL_TEXT };
		expect(fileOfNotification(notification(reference), [], 'link')).toMatchObject(inAccessPoint);
	});

	it.each(['link', 'url.deeper', '__proto__', 'toString'])(
		'is refused if neither the named field %s nor an access point exists',
		(field) => {
			const error = invalidInput(() => fileOfNotification(notification({ url: URL_TEXT }), [], field));
			expect(error.field).toBe('Pre-Signed URL Field');
			expect(textOf(error)).not.toContain('geheim');
		},
	);

	it('is refused if the named field contains something else', () => {
		const reference = { accesspoint: ARN, objectKey: KEY };
		const { message } = invalidInput(() => fileOfNotification(notification(reference), [], 'objectKey'));
		expect(message).toBe('Pre-Signed URL is not a URL');
	});

	it('is at a pre-signed URL on an allowed host', () => {
		const reference = { url: 'https://files.example.org/xxx.xml' };
		expect(fileOfNotification(notification(reference), ['files.example.org']).kind).toBe('presignedUrl');
	});

	it('is refused with the reason if there is only a URL that is not https', () => {
		const { message } = invalidInput(() => fileOfNotification(notification({ url: 'http://example.org/?secret' }), []));
		expect(message).toBe('Pre-Signed URL is not an https URL');
	});

	it('is in the access point if the URL is not https', () => {
		const reference = { accesspoint: ARN, objectKey: KEY, note: 'http://example.org/' };
		expect(fileOfNotification(notification(reference), [])).toMatchObject(inAccessPoint);
	});

	it.each<[string, unknown]>([
		['a key that only begins like a URL', { accesspoint: ARN, objectKey: 'https/x.json' }],
		['a key with a URL in it', { accesspoint: ARN, objectKey: 'x/https://y.json' }],
	])('is in the access point with %s', (_name, reference) => {
		expect(fileOfNotification(notification(reference), []).kind).toBe('accessPoint');
	});

	it.each<[string, unknown, string]>([
		['no notification', undefined, 'MessageReference is missing in the item'],
		['null', null, 'MessageReference is missing in the item'],
		['a text', 'text', 'MessageReference is missing in the item'],
		['an empty item', {}, 'MessageReference is missing in the item'],
		['a reference that is null', notification(null), 'MessageReference is missing in the item'],
		['a reference that is a string', notification('text'), 'MessageReference is missing in the item'],
		[
			'an inherited reference',
			Object.create(notification({ accesspoint: ARN, objectKey: KEY })),
			'MessageReference is missing in the item',
		],
		['an empty reference', notification({}), 'Access Point is empty'],
		['no access point', notification({ objectKey: KEY }), 'Access Point is empty'],
		['no object key', notification({ accesspoint: ARN }), 'Object Key is empty'],
		['an empty object key', notification({ accesspoint: ARN, objectKey: '' }), 'Object Key is empty'],
		['an object key that is a number', notification({ accesspoint: ARN, objectKey: 1 }), 'Object Key is empty'],
		[
			'a bucket as access point',
			notification({ accesspoint: 'arn:aws:s3:::b', objectKey: KEY }),
			'Access Point names a bucket or an object, not an access point',
		],
		[
			'a URL elsewhere',
			notification({ url: 'https://evil.example/geheim' }),
			'Pre-Signed URL leads to evil.example, which is not a host of Amazon S3',
		],
	])('%s is refused', (_name, item, message) => {
		const error = invalidInput(() => fileOfNotification(item, []));
		expect(error.message).toBe(message);
		expect(textOf(error)).not.toContain('geheim');
	});
});

describe('a file by access point and object key', () => {
	it.each(['ä b+c=(1)/%41 #?&.json', ' a ', '/a', 'a//b/../c', '日本語/😀.json', 'x'.repeat(1024)])(
		'the key is unchanged: %s',
		(key) => {
			expect(fileInAccessPoint(ARN, key)).toMatchObject({ kind: 'accessPoint', key });
		},
	);

	it.each(['x'.repeat(1025), 'ä'.repeat(513)])('a key of more than 1,024 bytes is refused', (key) => {
		expect(invalidInput(() => fileInAccessPoint(ARN, key)).message).toBe('Object Key is longer than 1,024 bytes');
	});
});

describe('the message type', () => {
	it.each<[unknown, string | undefined]>([
		[notification({}), 'Clinical Report'],
		[{ MessageType: 'Clinical Data' }, 'Clinical Data'],
		[{ MessageType: 1 }, undefined],
		[{}, undefined],
		[undefined, undefined],
	])('of %j is %s', (item, type) => {
		expect(notificationText(item, 'MessageType')).toBe(type);
	});
});
