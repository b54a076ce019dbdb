import { createHash } from 'node:crypto';
import { md5OfEtag } from '../../nodes/shared/access-point/digest';
import { parsePresignedUrl } from '../../nodes/shared/access-point/presigned-url';
import { withoutSecrets } from '../../nodes/shared/node-support/item-fields';
import { Roche } from '../engine/roche';
import { startStore } from './support/store';

const FETCH = 'rocheS3Fetch';
const NO_MD5 = '0123456789abcdef0123456789abcdef';
const url = (host: string) => `https://${host}/a.json?X-Amz-Signature=5e55`;

describe('an ETag of 32 hexadecimal digits', () => {
	const hasMd5 = (host: string, allowed: string[] = []) => parsePresignedUrl(url(host), allowed).hasMd5Etag;

	it.each(['b.s3.amazonaws.com', 's3.eu-central-1.amazonaws.com', 'b.s3-accelerate.amazonaws.com'])(
		'is an MD5 if AWS guarantees it: %s',
		(host) => {
			expect(hasMd5(host)).toBe(true);
			expect(hasMd5(host, [host])).toBe(true);
		},
	);

	it.each([
		'roche--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com',
		'roche-123456789012.s3-object-lambda.us-east-1.amazonaws.com',
	])('is not an MD5 if AWS does not: %s', (host) => {
		expect(hasMd5(host)).toBe(false);
	});

	it('is not an MD5 on an allowed host', () => {
		expect(hasMd5('files.example.org', ['files.example.org'])).toBe(false);
	});
});

describe('a store behind Allowed Hosts', () => {
	const roche = Roche.forAllTests();
	const CONTENT = Buffer.from('{"resourceType":"Bundle"}');

	it('is read although its ETag looks like an MD5 but is not', async () => {
		const { host, certificate, close } = await startStore((_request, response) => {
			response.writeHead(200, { ETag: `"${NO_MD5}"`, 'Content-Length': CONTENT.length }).end(CONTENT);
		});
		const local = await Roche.start({}, { NODE_EXTRA_CA_CERTS: certificate });
		try {
			const presignedUrl = '={{ $json.link }}';
			const parameters = { source: 'presignedUrl', presignedUrl, options: { allowedHosts: host } };
			const item = { link: `https://${host}/a.json?sv=1&sig=5e55e55e` };
			const run = await local.run([item], [{ type: FETCH, parameters }]);
			expect(run.json(FETCH)).toMatchObject([
				{ link: `https://${host}/a.json`, file: { etag: NO_MD5, sha256: sha256(CONTENT) } },
			]);
			expect(JSON.stringify(run.items(FETCH)) + run.log).not.toContain('5e55e55e');
		} finally {
			await Promise.all([local.stop(), close()]);
		}
	});

	it('while bytes from S3 that do not match the ETag are refused', async () => {
		const file = await roche.sandbox.addFile({ kind: 'bundle', observations: 1 });
		const link = await roche.sandbox.presign({ objectKey: file.key, expiresSeconds: 60 });
		const headers = { ETag: `"${NO_MD5}"` };
		await roche.sandbox.fault({ target: 's3', fault: { kind: 'status', status: 200, body: '{}', headers } });
		const parameters = { source: 'presignedUrl', presignedUrl: link, options: { maxAttempts: 1 } };
		const run = await roche.run([{}], [{ type: FETCH, parameters }]);
		expect(run.error?.message).toMatch(/the checksum differs$/);
		expect(md5OfEtag(headers.ETag, undefined, undefined)).toBe(NO_MD5);
	});

	const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
});

describe('a signature with another name', () => {
	const SECRET = '5e55e55e55e55e55';
	it.each([
		`https://acct.blob.core.windows.net/c/a.json?sv=2024-11-04&sig=${SECRET}%3D&se=2026`,
		`https://storage.googleapis.com/b/a.json?X-Goog-Signature=${SECRET}`,
		`https://d1.cloudfront.net/a.json?Expires=1&Signature=${SECRET}&Key-Pair-Id=K`,
		`https://b.oss-eu-central-1.aliyuncs.com/a.json?x-oss-signature=${SECRET}`,
		`https://b.cos.eu-frankfurt.myqcloud.com/a.json?q-signature=${SECRET}`,
		`https://cdn.example/a.json?__token__=${SECRET}`,
		`https://cdn.example/a.json?hdnts=exp=1~hmac=${SECRET}`,
		`https://files.example/a.json?access_token=${SECRET}`,
		`https://files.example/a.json?a=b;accessToken=${SECRET}`,
		`https://files.example/a.json?a=b&amp;sig=${SECRET}`,
		`https://files.example/a.json?apiKey=${SECRET}`,
		`https://files.example/a.json?X-Amz-Security-Token=${SECRET}`,
	])('is removed from an item: %s', (link) => {
		const kept = withoutSecrets({ deep: [{ link }], text: `see "${link}" there` });
		expect(kept).toEqual({ deep: [{ link: link.split('?')[0] }], text: `see "${link.split('?')[0] ?? ''}" there` });
		expect(withoutSecrets({ link: link.replace(/https:.*?\?/, '/relative?') })).toEqual({ link: '/relative' });
	});

	it.each([
		'https://fhir.example/Observation?code=15074-8&_sort=date',
		'https://a.example/search?design=1&assign=2&monkey=3&keyword=4',
		'signature is missing',
	])('while other queries are unchanged: %s', (link) => {
		expect(withoutSecrets({ link })).toEqual({ link });
	});
});
