import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Digest, type ExpectedBytes, md5OfEtag } from '../../nodes/shared/access-point/digest';

const CONTENT = Buffer.from('{"resourceType":"Bundle"}');
const md5 = createHash('md5').update(CONTENT).digest('hex');

/** Passes the content through a digest and asserts that a consumer receives it. Rejects with the error of the transfer. */
async function through(expected: Partial<ExpectedBytes>): Promise<Digest> {
	const transfer = { started: true, received: 0, resumed: 0, signal: new AbortController().signal };
	const digest = new Digest(transfer, { maxBytes: 0, ...expected });
	const source = Readable.from([CONTENT.subarray(0, 7), CONTENT.subarray(7)]);
	const [content] = await Promise.all([buffer(digest), pipeline(source, digest)]);
	expect(content).toEqual(CONTENT);
	return digest;
}

describe('the bytes of a file', () => {
	it('are passed on unchanged, counted and hashed', async () => {
		const digest = await through({ contentLength: CONTENT.length, md5 });
		expect(digest.size).toBe(CONTENT.length);
		expect(digest.sha256()).toBe(createHash('sha256').update(CONTENT).digest('hex'));
	});

	it('are passed on if S3 sends no checksum', async () => {
		expect((await through({})).size).toBe(CONTENT.length);
	});

	it('come through where they are exactly as many as allowed', async () => {
		expect((await through({ maxBytes: CONTENT.length })).size).toBe(CONTENT.length);
	});

	it.each<[string, Partial<ExpectedBytes>, string]>([
		['fewer than announced', { contentLength: CONTENT.length + 1 }, 'INCOMPLETE'],
		['more than announced', { contentLength: CONTENT.length - 1 }, 'INCOMPLETE'],
		['others than stored', { md5: md5.replace(/^./, (sign) => (sign === '0' ? '1' : '0')) }, 'CHECKSUM_MISMATCH'],
		['more than allowed', { maxBytes: CONTENT.length - 1 }, 'TOO_LARGE'],
	])('that are %s end in an error for the consumer', async (_what, expected, code) => {
		await expect(through(expected)).rejects.toMatchObject({ code });
	});
});

describe('an ETag is an MD5', () => {
	const tag = `"${md5}"`;

	it('for an object uploaded in one part, encrypted by S3 or not', () => {
		expect(md5OfEtag(tag, undefined, undefined)).toBe(md5);
		expect(md5OfEtag(tag, 'AES256', undefined)).toBe(md5);
	});

	it.each([
		['several parts', `"${md5}-2"`, undefined, undefined],
		['KMS', tag, 'aws:kms', undefined],
		['KMS twice', tag, 'aws:kms:dsse', undefined],
		["a customer's key", tag, undefined, 'AES256'],
		['a weak one of a cache', `W/${tag}`, undefined, undefined],
		['another store', '"0x8D4BCC2E4835CD0"', undefined, undefined],
		['none', undefined, undefined, undefined],
	])('not with %s', (_what, etag, encryption, customerAlgorithm) => {
		expect(md5OfEtag(etag, encryption, customerAlgorithm)).toBeUndefined();
	});
});
