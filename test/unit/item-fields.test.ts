import { withoutSecrets } from '../../nodes/shared/node-support/item-fields';

const SIGNED = 'https://bucket.s3.amazonaws.com/a/b.json?X-Amz-Signature=geheim';

describe('the output fields of an item', () => {
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
	])('contain a pre-signed URL without its signature: %j', (reference, kept) => {
		expect(withoutSecrets({ MessageReference: reference })).toEqual({ MessageReference: kept });
	});

	it.each([
		[SIGNED, 'https://bucket.s3.amazonaws.com/a/b.json'],
		[
			`see <${SIGNED}&X-Amz-Date=1> and https://a.example/b?c=d`,
			'see <https://bucket.s3.amazonaws.com/a/b.json> and https://a.example/b?c=d',
		],
		[{ links: ['x', SIGNED] }, { links: ['x', 'https://bucket.s3.amazonaws.com/a/b.json'] }],
		['https://a.example/search?q=word', 'https://a.example/search?q=word'],
	])('contain no signature in other fields either, and other queries unchanged: %j', (field, kept) => {
		expect(withoutSecrets({ field })).toEqual({ field: kept });
	});

	it('are the same objects if nothing was removed', () => {
		const json = { when: new Date(0), patients: [{ name: 'x' }], MessageReference: { objectKey: 'a' } };
		const kept = withoutSecrets(json);
		expect(kept).toEqual(json);
		expect([kept.when, kept.patients, kept.MessageReference].map((one, n) => one === Object.values(json)[n])).toEqual([
			true,
			true,
			true,
		]);
	});

	it('are omitted if they are nested too deeply to be searched', () => {
		const nested = `${'{"a":'.repeat(100_000)}"${SIGNED}"${'}'.repeat(100_000)}`;
		const json = { MessageId: 'm', MessageReference: JSON.parse(nested) as object };
		expect(withoutSecrets(json as never)).toMatchObject({ MessageId: 'm' });
		expect(JSON.stringify(withoutSecrets(json as never))).not.toContain('geheim');
	});

	it('are searched quickly, whatever text they contain', () => {
		const hostile = `${'https://a?'.repeat(200_000)}signature=`;
		expect(withoutSecrets({ hostile }).hostile).toBeDefined();
	});

	it('have no reference if there was none, and the item itself is not changed', () => {
		const json = { awsCredentials: { a: 1 }, MessageReference: { url: SIGNED } };
		withoutSecrets(json);
		expect(json).toEqual({ awsCredentials: { a: 1 }, MessageReference: { url: SIGNED } });
		expect(withoutSecrets({})).toEqual({});
	});
});
