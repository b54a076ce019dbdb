import { randomBytes } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type Coding, unpacking } from '../../nodes/shared/access-point/unpack';

const MB = 1024 * 1024;

/** The limits of a file whose size S3 does not announce. */
const unannounced = (received = 0) => ({ maxBytes: 0, received: () => received });

describe('a compressed file whose size is not announced', () => {
	it('is not kept in memory until its end: it is passed on as it arrives', async () => {
		const content = randomBytes(2 * MB);
		const packed = gzipSync(content);
		const arriving = new PassThrough();
		arriving.write(packed.subarray(0, MB));
		const unpacked = unpacking(['gzip'], unannounced())(arriving)[Symbol.asyncIterator]();
		const { value: first } = (await unpacked.next()) as IteratorYieldResult<Buffer>;
		expect(first.equals(content.subarray(0, first.length))).toBe(true);
		arriving.end(packed.subarray(MB));
	});

	it('may not unpack to any size: the bytes that have arrived count', async () => {
		const tenMb = gzipSync(Buffer.alloc(10 * MB), { level: 9 });
		const chunks = Readable.from(Array.from({ length: 110 }, () => tenMb));
		const unpacked = unpacking(['gzip'], unannounced(110 * tenMb.length))(chunks);
		const reading = async () => {
			for await (const _chunk of unpacked);
		};
		await expect(reading()).rejects.toMatchObject({ code: 'UNPACKS_TOO_FAR' });
	});
});

describe('the limit', () => {
	it('holds for a round whose result unpacks to nothing in the next one', async () => {
		const inner = Buffer.alloc(2 * MB, gzipSync(''));
		const whole = inner.subarray(0, inner.length - (inner.length % gzipSync('').length));
		const unpacked = unpacking(['gzip', 'gzip'], { ...unannounced(), maxBytes: MB })(Readable.from([gzipSync(whole)]));
		await expect(buffer(unpacked)).rejects.toMatchObject({ code: 'TOO_LARGE' });
	});
});

describe('a file of which enough is known', () => {
	it.each<[string, readonly Coding[], Buffer, number]>([
		['is damaged', ['gzip'], Buffer.from('not compressed'), 0],
		['is damaged inside', ['gzip', 'gzip'], gzipSync('not compressed twice'), 0],
		['is too large', ['gzip'], gzipSync(Buffer.alloc(MB)), 1],
	])('is not read further if it %s', async (_how, codings, beginning, maxBytes) => {
		let isLeft = false;
		async function* stored() {
			try {
				yield beginning;
				// More would come, and does.
				for (;;) {
					await setImmediate();
					yield Buffer.from('more');
				}
			} finally {
				isLeft = true;
			}
		}
		await expect(buffer(unpacking(codings, { ...unannounced(), maxBytes })(stored()))).rejects.toMatchObject({
			name: 'ServiceError',
		});
		for (let round = 0; round < 1000 && !isLeft; round += 1) await setImmediate();
		expect(isLeft).toBe(true);
	});
});
