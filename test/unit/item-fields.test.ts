import { withoutSecrets } from '../../nodes/node-support/item-fields';

const SIGNED = 'https://bucket.s3.amazonaws.com/a/b.json?X-Amz-Signature=geheim';

describe('the fields that an item keeps', () => {
	it('are all but the AWS credentials', () => {
		const json = { MessageId: 'm', awsCredentials: { SecretAccessKey: 's' }, awsResources: ['arn'] };
		expect(withoutSecrets(json)).toEqual({ MessageId: 'm', awsResources: ['arn'] });
	});

	it.each([
		[SIGNED, 'https://bucket.s3.amazonaws.com/a/b.json'],
		[{ any: SIGNED }, { any: 'https://bucket.s3.amazonaws.com/a/b.json' }],
		[{ deep: [{ url: ` ${SIGNED}` }] }, { deep: [{ url: ' https://bucket.s3.amazonaws.com/a/b.json' }] }],
		[
			{ objectKey: 'a?b.json', accesspoint: 'arn' },
			{ objectKey: 'a?b.json', accesspoint: 'arn' },
		],
		[null, null],
	])('hold a pre-signed URL without its signature: %j', (reference, kept) => {
		expect(withoutSecrets({ MessageReference: reference })).toEqual({ MessageReference: kept });
	});

	it('have no reference when there was none, and the item itself is not changed', () => {
		const json = { awsCredentials: { a: 1 }, MessageReference: { url: SIGNED } };
		withoutSecrets(json);
		expect(json).toEqual({ awsCredentials: { a: 1 }, MessageReference: { url: SIGNED } });
		expect(withoutSecrets({})).toEqual({});
	});
});
