import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { failureCode } from '../wire/failure-code';
import { s3Failure } from '../failures/s3';

/** How a file was packed before it was stored. */
export type Coding = 'gzip' | 'deflate' | 'br';

/**
 * Content codings by their names (RFC 9110, 8.4.1). Tools that upload in signed chunks leave `aws-chunked` behind: S3 has already removed
 * the chunks (Amazon S3 API Reference, "Signature calculations: transferring payload in multiple chunks").
 */
const CODINGS: ReadonlyMap<string, Coding | undefined> = new Map([
	['gzip', 'gzip'],
	['x-gzip', 'gzip'],
	['deflate', 'deflate'],
	['br', 'br'],
	['identity', undefined],
	['aws-chunked', undefined],
]);
/** Nobody packs a file more often, and each round costs time that a hostile file could exploit. */
const MOST_CODINGS = 3;

/** Without "Max File Size": a file may unpack to this many times its stored size ... */
const LARGEST_RATIO = 200;
/** ... or to this many bytes, whichever is more. */
const ALWAYS_ALLOWED = 1024 ** 3;

/**
 * Files up to this stored size, in bytes, are first unpacked once without output. A file that is damaged or unpacks to far too much is then
 * neither half written to a disk nor kept in memory. Roche's largest files are about 15 MB before they are packed.
 */
const TRIED_UP_TO = 16 * 1024 * 1024;
/** Size of the chunks returned; with zlib's own 16 KB, unpacking takes four times as long. */
const CHUNK_BYTES = 256 * 1024;

/** Codes of zlib and Brotli; Node 20 aborts what remains to be written to a decoder that has reached its end. */
const DECODER_FAILURE = /^(Z_|ERR__|ERR_BROTLI|ABORT_ERR$)/;

/** Turns chunks into other chunks; a stage of `pipeline`. */
type Stage = (source: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

/** The sizes that decide how far a file may unpack, in bytes. */
export interface UnpackLimits {
	/** Size limit; 0 for none. */
	maxBytes: number;
	/** As S3 announces it. */
	contentLength?: number;
	/** Stored bytes that have arrived so far. */
	received(): number;
}

/**
 * Reads a `Content-Encoding` header.
 * @returns the codings to undo, in this order
 * @throws ServiceError for an unknown encoding, or more than three
 */
export function codingsOf(header = ''): Coding[] {
	const names = header.split(',').flatMap((name) => name.trim().toLowerCase() || []);
	const unknown = names.find((name) => !CODINGS.has(name));
	const codings = names.flatMap((name) => CODINGS.get(name) ?? []).reverse();
	if (unknown === undefined && codings.length <= MOST_CODINGS) return codings;
	throw s3Failure('ENCODING_UNKNOWN', undefined, undefined, unknown);
}

/** Returns the stage that unpacks a file, for a pipeline after its stored bytes. It fails instead of ending if anything is wrong. */
export function unpacking(codings: readonly Coding[], limits: UnpackLimits): Stage {
	const unpack: Stage = (source) => {
		let chunks = source;
		for (const coding of codings) chunks = withinLimit(unpacked(chunks, coding), limits);
		return chunks;
	};
	return (limits.contentLength ?? Infinity) <= TRIED_UP_TO ? triedBy(unpack) : unpack;
}

/** Keeps the stored bytes in memory until they have been unpacked once without an error. */
function triedBy(unpack: Stage): Stage {
	return async function* (source) {
		const stored = await buffer(source);
		for await (const _chunk of unpack(Readable.from([stored]))) {
			// Discarded.
		}
		yield* unpack(Readable.from([stored]));
	};
}

/** The limit applies to each round of unpacking: a small file could unpack to a huge one that in turn unpacks to hardly anything. */
async function* withinLimit(chunks: AsyncIterable<Buffer>, limits: UnpackLimits): AsyncGenerator<Buffer> {
	const { maxBytes, contentLength } = limits;
	let size = 0;
	for await (const chunk of chunks) {
		size += chunk.length;
		if (maxBytes > 0 && size > maxBytes) throw s3Failure('TOO_LARGE');
		const stored = contentLength ?? limits.received();
		if (maxBytes === 0 && size > Math.max(LARGEST_RATIO * stored, ALWAYS_ALLOWED)) throw s3Failure('UNPACKS_TOO_FAR');
		yield chunk;
	}
}

async function* unpacked(source: AsyncIterable<Buffer>, coding: Coding): AsyncGenerator<Buffer> {
	const stored = source[Symbol.asyncIterator]();
	const first = await stored.next();
	// An empty file unpacks to an empty file.
	if (first.done || first.value.length === 0) return;
	const decoder = decoderFor(coding, first.value);
	let given = 0;
	const feed = async function* (): AsyncGenerator<Buffer> {
		for (let chunk: IteratorResult<Buffer> = first; !chunk.done; chunk = await stored.next()) {
			given += chunk.value.length;
			yield chunk.value;
		}
	};
	const fed = pipeline(feed, decoder);
	fed.catch(() => undefined);
	try {
		yield* decoder as AsyncIterable<Buffer>;
		await fed;
		// The decoders ignore what follows the end of the packed bytes.
		if (decoder.bytesWritten !== given) throw s3Failure('ENCODING_DAMAGED');
	} catch (error) {
		throw DECODER_FAILURE.test(failureCode(error)) ? s3Failure('ENCODING_DAMAGED') : error;
	} finally {
		// Not awaited: it ends only after a chunk that may never come.
		stored.return?.(undefined).catch(() => undefined);
	}
}

function decoderFor(coding: Coding, first: Buffer) {
	const options = { chunkSize: CHUNK_BYTES };
	if (coding === 'gzip') return createGunzip(options);
	if (coding === 'br') return createBrotliDecompress(options);
	// "deflate" means the zlib format (RFC 9110, 8.4.1.2), whose first byte ends in 8; some servers send the bare algorithm.
	return ((first[0] ?? 0) & 0x0f) === 8 ? createInflate(options) : createInflateRaw(options);
}
