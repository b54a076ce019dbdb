import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessPointHost, parseAccessPointArn } from '../../nodes/shared/access-point/access-point-arn';
import { fileInAccessPoint } from '../../nodes/shared/access-point/file-source';
import { parsePresignedUrl } from '../../nodes/shared/access-point/presigned-url';
import { Roche } from '../engine/roche';
import { requestedObject } from '../unit/hostile/support/requested-object';
import { invalidInput } from '../unit/support/expect-error';

const FETCH = 'rocheS3Fetch';
const at = (host: string) => `https://${host}/delivery/a.json?X-Amz-Signature=5e55`;
/** The SDK's own list of AWS regions. */
const SDK = join(__dirname, '../../node_modules/@aws-sdk/util-endpoints/dist-cjs/lib/aws/partitions.json');
const { partitions } = JSON.parse(readFileSync(SDK, 'utf8')) as {
	partitions: Array<{ id: string; regions: Record<string, object> }>;
};
const PUBLIC = ['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'];

describe('regions of AWS', () => {
	const regions = partitions
		.filter(({ id }) => PUBLIC.includes(id))
		.flatMap(({ id, regions: names }) => Object.keys(names).map((region) => [id, region] as const))
		.filter(([, region]) => !region.endsWith('-global'));

	it.each(regions)('%s, %s: the SDK calls the host named in errors', async (partition, region) => {
		const arn = `arn:${partition}:s3:${region}:123456789012:accesspoint/roche`;
		const { hostname } = await requestedObject(fileInAccessPoint(arn, 'a.json'));
		expect(hostname).toBe(accessPointHost(parseAccessPointArn(arn)));
		expect(parsePresignedUrl(at(hostname)).url.host).toBe(hostname);
	});

	it('the European Sovereign Cloud has its own domain', () => {
		const arn = parseAccessPointArn('arn:aws-eusc:s3:eusc-de-east-1:123456789012:accesspoint/roche');
		expect(accessPointHost(arn)).toBe('roche-123456789012.s3-accesspoint.eusc-de-east-1.amazonaws.eu');
		const elsewhere = 'arn:aws:s3:eusc-de-east-1:123456789012:accesspoint/roche';
		expect(invalidInput(() => parseAccessPointArn(elsewhere)).message).toContain('names a region that is not one');
	});
});

describe('hosts of pre-signed URLs', () => {
	it.each([
		'bucket.s3-accelerate.amazonaws.com',
		'bucket.s3-accelerate.dualstack.amazonaws.com',
		'bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com',
		'name.bucket.vpce-1a2b3c4d-5e6f.s3.eu-central-1.vpce.amazonaws.com',
		'bucket.vpce-1a2b3c4d-5e6f-us-east-1a.s3.us-east-1.vpce.amazonaws.com',
		'roche-123456789012.accesspoint.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com',
		'mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com',
		'roche--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com',
		'roche-123456789012.s3-object-lambda.us-east-1.amazonaws.com',
		'roche-123456789012.op-01ac5d28a6a232904.s3-outposts.us-east-1.amazonaws.com',
		'bucket.s3.eusc-de-east-1.amazonaws.eu',
		'bucket.s3-external-1.amazonaws.com',
	])('%s is one of S3', (host) => {
		expect(parsePresignedUrl(at(host)).url.host).toBe(host);
	});

	it.each([
		'vpce-1a2b3c4d-5e6f.vpce-svc-0123456789abcdef0.us-east-1.vpce.amazonaws.com',
		'bucket.vpce-1a2b3c4d-5e6f.sqs.us-east-1.vpce.amazonaws.com',
		'bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com.evil.example',
		's3-accelerate.amazonaws.com.evil.example',
		'evils3-accelerate.amazonaws.com',
		'evil.accesspoint.s3-global.amazonaws.com',
		'bucket.s3.amazonaws.eu.evil.example',
		'bucket.s3.amazonaws.de',
		'a.s3express-use1-az4.evil.amazonaws.com',
	])('%s is not', (host) => {
		expect(invalidInput(() => parsePresignedUrl(at(host))).message).toContain('is not a host of Amazon S3');
	});
});

describe('an object key is requested byte for byte', () => {
	const roche = Roche.forAllTests();
	const KEYS = [
		'a/../b/./c.json',
		'../secret.json',
		'./a.json',
		'a/%2e%2e/b.json',
		'x//y/..',
		'a/.../b',
		'%2F..%2Fä.json',
	];

	it.each(KEYS)('by access point and by pre-signed URL: %s', async (key) => {
		const decoys = ['b/c.json', 'secret.json', 'a.json', 'b.json', 'x/', 'c.json'];
		const base64 = Buffer.from(key).toString('base64');
		for (const decoy of decoys) {
			await roche.sandbox.addFile({ kind: 'content', key: decoy, base64: 'WA==', contentType: 'text/plain' });
		}
		const file = await roche.sandbox.addFile({ kind: 'content', key, base64, contentType: 'text/plain' });
		for (const presigned of [false, true]) {
			const { notification } = await roche.sandbox.notify({ objectKey: key, presigned });
			const run = await roche.run([notification], [{ type: FETCH, parameters: { output: 'text' } }]);
			expect(run.json(FETCH)[0]).toMatchObject({
				data: key,
				file: { key, sha256: file.sha256, source: presigned ? 'presignedUrl' : 'accessPoint' },
			});
			expect((await roche.sandbox.requests('s3')).at(-1)?.objectKey).toBe(key);
		}
	});

	it('also after a cut', async () => {
		const file = await roche.sandbox.addFile({ kind: 'bytes', key: 'a/../large.bin', size: 500_000 });
		const url = await roche.sandbox.presign({ objectKey: file.key, expiresSeconds: 60 });
		await roche.sandbox.fault({ target: 's3', fault: { kind: 'drop', when: 'in-body', afterBytes: 200_000 } });
		const run = await roche.run([{ MessageReference: { url } }], [{ type: FETCH }]);
		expect(run.json(FETCH)[0]).toMatchObject({ file: { resumed: 1, sha256: file.sha256 } });
	});

	it.each(['https://b.s3.amazonaws.com\\a/b.json', 'https://b.s3.amazonaws.com/a\\..\\b.json'])(
		'and a URL with a backslash is refused: %s',
		(url) => {
			expect(invalidInput(() => parsePresignedUrl(url)).message).toBe('Pre-Signed URL contains a backslash');
		},
	);

	it('characters that a request cannot contain are encoded, all others are unchanged', () => {
		const { target, key } = parsePresignedUrl('https://b.s3.amazonaws.com/ä/{a}/%7E~?X-Amz-Signature=a%2fB#frag');
		expect(target).toBe('/%C3%A4/{a}/%7E~?X-Amz-Signature=a%2fB');
		expect(key).toBe('ä/{a}/~~');
	});

	it('a URL without a path requests the root', () => {
		expect(parsePresignedUrl('https://b.s3.amazonaws.com?X-Amz-Signature=a').target).toBe('/?X-Amz-Signature=a');
	});
});
