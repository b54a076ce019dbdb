import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { failureCode } from '../wire/failure-code';
import { s3Failure } from './failures';

/** How a file was packed before it was stored. */
export type Coding = 'gzip' | 'deflate' | 'br';

/**
 * Content codings by their names (RFC 9110, 8.4.1). Tools that upload in signed chunks leave `aws-chunked` behind: S3 has taken the chunks
 * apart (Amazon S3 API Reference, "Signature calculations: transferring payload in multiple chunks").
 */
const CODINGS: ReadonlyMap<string, Coding | undefined> = new Map([
	['gzip', 'gzip'],
	['x-gzip', 'gzip'],
	['deflate', 'deflate'],
	['br', 'br'],
	['identity', undefined],
	['aws-chunked', undefined],
]);
/** Nobody packs a file more often; each round costs time that a hostile file would be glad of. */
const MOST_CODINGS = 3;

/** Without "Max File Size": a file may unpack to so many times its stored size ... */
const LARGEST_RATIO = 200;
/** ... or to so many bytes, whichever is more. */
const ALWAYS_ALLOWED = 1024 ** 3;

/**
 * Files up to this stored size, in bytes, are unpacked once into nothing before anybody gets their bytes: what is damaged, or unpacks to far
 * too much, is then neither half written to a disk nor held in memory. Roche's largest files have about 15 MB before they are packed.
 */
const TRIED_UP_TO = 16 * 1024 * 1024;
/** Given out at once; zlib's own 16 KB cost four times the time. */
const CHUNK_BYTES = 256 * 1024;

/** Codes of zlib and Brotli; Node 20 aborts what it still has to give to a decoder that has come to its end. */
const DECODER_FAILURE = /^(Z_|ERR__|ERR_BROTLI|ABORT_ERR$)/;

/** Takes chunks and gives others; a stage of `pipeline`. */
type Stage = (source: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

/** The sizes that decide how far a file may unpack, in bytes. */
export interface UnpackLimits {
	/** Size limit; 0 for none. */
	maxBytes: number;
	/** As S3 announces it. */
	contentLength?: number;
	/** Stored bytes that came so far. */
	received(): number;
}

/**
 * Reads a `Content-Encoding` header.
 * @returns what to undo, in this order
 * @throws ServiceError for an encoding that is not known
 */
export function codingsOf(header = ''): Coding[] {
	const names = header.split(',').flatMap((name) => name.trim().toLowerCase() || []);
	const unknown = names.find((name) => !CODINGS.has(name));
	const codings = names.flatMap((name) => CODINGS.get(name) ?? []).reverse();
	if (unknown === undefined && codings.length <= MOST_CODINGS) return codings;
	throw s3Failure('ENCODING_UNKNOWN', undefined, undefined, unknown);
}

/** The stage that unpacks a file, for a pipeline behind its stored bytes. It fails in place of ending when anything is wrong. */
export function unpacking(codings: readonly Coding[], limits: UnpackLimits): Stage {
	const unpack: Stage = (source) => {
		let chunks = source;
		for (const coding of codings) chunks = withinLimit(unpacked(chunks, coding), limits);
		return chunks;
	};
	return (limits.contentLength ?? Infinity) <= TRIED_UP_TO ? triedBy(unpack) : unpack;
}

/** Holds the stored bytes until they have come through once. */
function triedBy(unpack: Stage): Stage {
	return async function* (source) {
		const stored = await buffer(source);
		for await (const _chunk of unpack(Readable.from([stored]))) {
			// Into nothing.
		}
		yield* unpack(Readable.from([stored]));
	};
}

/** Each round of unpacking has the limit: a small file could be packed into a huge one of no content. */
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
	// Nothing packed is nothing.
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
		// The decoders take no notice of what follows the end of the packed bytes.
		if (decoder.bytesWritten !== given) throw s3Failure('ENCODING_DAMAGED');
	} catch (error) {
		throw DECODER_FAILURE.test(failureCode(error)) ? s3Failure('ENCODING_DAMAGED') : error;
	} finally {
		decoder.destroy();
		// Not awaited: it ends behind a chunk that may never come.
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
