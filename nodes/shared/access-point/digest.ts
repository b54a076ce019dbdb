import { createHash, getFips, type Hash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import type { Transfer } from '../wire/resuming-dispatcher';
import { s3Failure } from '../failures/s3';

/** What is known about a file's bytes before they arrive. */
export interface ExpectedBytes {
	/** Size limit in bytes; 0 for none. */
	maxBytes: number;
	/** In bytes, as S3 announces it. */
	contentLength?: number;
	/** Hexadecimal, if S3 provides it. */
	md5?: string;
}

/**
 * Passes a file's bytes through, counts and hashes them, and fails at the size limit. Whether the bytes are right is known only at the end:
 * if not, the stream fails instead of ending, so a wrong file is never taken for a complete one.
 */
export class Digest extends Transform {
	private readonly hash = createHash('sha256');

	private readonly md5: Hash | undefined;

	/** @param transfer its `received` counts the bytes that arrived */
	constructor(
		private readonly transfer: Transfer,
		private readonly expected: ExpectedBytes,
	) {
		super();
		// In FIPS mode there is no MD5.
		if (expected.md5 !== undefined && getFips() === 0) this.md5 = createHash('md5');
	}

	/** Bytes so far. */
	get size(): number {
		return this.transfer.received;
	}

	/** Returns the SHA-256 in hexadecimal, lower case. It can be called once, at the end. */
	sha256(): string {
		return this.hash.digest('hex');
	}

	override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
		const { maxBytes } = this.expected;
		this.transfer.received += chunk.length;
		if (maxBytes > 0 && this.size > maxBytes) {
			callback(s3Failure('TOO_LARGE'));
			return;
		}
		this.hash.update(chunk);
		this.md5?.update(chunk);
		callback(null, chunk);
	}

	override _flush(callback: TransformCallback): void {
		const { contentLength = this.size, md5 } = this.expected;
		if (contentLength !== this.size) callback(s3Failure('INCOMPLETE'));
		else if (this.md5 && this.md5.digest('hex') !== md5) callback(s3Failure('CHECKSUM_MISMATCH'));
		else callback();
	}
}

/**
 * Returns the MD5 that an ETag is for objects that were stored at once, unencrypted or encrypted by S3 itself. ETags of several parts
 * contain a dash; with KMS or a customer's key they are something else (Amazon S3 API Reference, "Object", ETag).
 * @param encryption header `x-amz-server-side-encryption`
 * @param customerAlgorithm header `x-amz-server-side-encryption-customer-algorithm`
 * @returns hexadecimal, or undefined if the ETag is not an MD5
 */
export function md5OfEtag(
	etag: string | undefined,
	encryption: string | undefined,
	customerAlgorithm: string | undefined,
): string | undefined {
	if (customerAlgorithm !== undefined || (encryption ?? 'AES256') !== 'AES256') return undefined;
	return /^"([0-9a-f]{32})"$/.exec(etag ?? '')?.[1];
}
