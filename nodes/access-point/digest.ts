import { createHash, getFips, type Hash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import type { Transfer } from '../wire/resuming-dispatcher';
import { s3Failure } from './failures';

/** What is known of a file's bytes before they come. */
export interface ExpectedBytes {
	/** Size limit in bytes; 0 for none. */
	maxBytes: number;
	/** In bytes, as S3 announces it. */
	contentLength?: number;
	/** Hexadecimal, where S3 tells it. */
	md5?: string;
}

/**
 * Lets a file's bytes through, counts and hashes them, and stops at the size limit. Whether they are the right ones is known at the end:
 * then it fails in place of ending, so that nobody takes a wrong file for a whole one.
 */
export class Digest extends Transform {
	private readonly hash = createHash('sha256');

	private readonly md5: Hash | undefined;

	/** @param transfer is told how many bytes came */
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

	/** SHA-256 in hexadecimal, lower case; once, at the end. */
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
 * The MD5 that an ETag is for objects that were stored at once, as they are or encrypted by S3 itself. Those of several parts have a dash
 * in it; with KMS or a customer's key it is something else (Amazon S3 API Reference, "Object", ETag).
 * @param encryption header `x-amz-server-side-encryption`
 * @param customerAlgorithm header `x-amz-server-side-encryption-customer-algorithm`
 * @returns hexadecimal, or undefined where the ETag is no MD5
 */
export function md5OfEtag(
	etag: string | undefined,
	encryption: string | undefined,
	customerAlgorithm: string | undefined,
): string | undefined {
	if (customerAlgorithm !== undefined || (encryption ?? 'AES256') !== 'AES256') return undefined;
	return /^"([0-9a-f]{32})"$/.exec(etag ?? '')?.[1];
}
