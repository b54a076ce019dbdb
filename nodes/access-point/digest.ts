import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import type { Transfer } from '../wire/resuming-dispatcher';
import { s3Failure } from './failures';

/** Lets a file's bytes through, counts and hashes them, and stops at the size limit. */
export class Digest extends Transform {
	private readonly hash = createHash('sha256');

	/**
	 * @param transfer is told how many bytes came
	 * @param maxBytes size limit; 0 for none
	 */
	constructor(
		private readonly transfer: Transfer,
		private readonly maxBytes: number,
	) {
		super();
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
		this.transfer.received += chunk.length;
		if (this.maxBytes > 0 && this.size > this.maxBytes) {
			callback(s3Failure('TOO_LARGE'));
			return;
		}
		this.hash.update(chunk);
		callback(null, chunk);
	}
}
