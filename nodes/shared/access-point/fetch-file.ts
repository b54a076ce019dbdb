import { type Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { ServiceError } from '../errors/service-error';
import { failureCode } from '../wire/failure-code';
import type { Pace } from '../wire/pace';
import { withRetries } from '../wire/retry';
import { inTransfer, type Transfer } from '../wire/resuming-dispatcher';
import { accessPointHost } from './access-point-arn';
import { attemptsAt, type Opening, type TokenSource } from './attempts';
import { contentTypeOf, fileName } from './file-name';
import { Digest } from './digest';
import { EXPIRED_TOKEN, EXPIRED_URL, s3Failure } from '../failures/s3';
import type { FileSource } from './file-source';
import { type OpenedFile, toServiceError } from './open-file';
import { codingsOf, unpacking } from './unpack';

/** What is known about a file before its bytes arrive. */
export interface FileAbout {
	key: string;
	name: string;
	contentType: string;
}

export interface FetchRequest<T> {
	source: FileSource;
	tokens: TokenSource;
	/** Read only access points that the token names. */
	restrictToGranted: boolean;
	/** Size limit in bytes; 0 for none. */
	maxBytes: number;
	/** Time without a byte, in ms. */
	timeout: number;
	maxAttempts: number;
	signal?: AbortSignal;
	/** Is notified when S3 asks for fewer requests. */
	pace?: Pace;
	/** Reads the bytes. Called again from the first byte if a file must be read anew; its result counts only if the whole file is right. */
	consume(content: Readable, about: FileAbout): Promise<T>;
}

/** A file that was read completely, and what is known about it. */
export interface FetchedFile<T> {
	content: T;
	name: string;
	key: string;
	/** ARN; undefined for a pre-signed URL. */
	accessPoint?: string;
	/** In bytes, unpacked. */
	size: number;
	/** How it was packed in S3, if it was; it has been unpacked. */
	contentEncoding?: string;
	/** In bytes, if it was packed. Checksums are of these bytes. */
	storedSize?: number;
	contentType: string;
	etag?: string;
	/** ISO 8601. */
	lastModified?: string;
	/** Hexadecimal. */
	sha256: string;
	source: FileSource['kind'];
	/** How often the download was continued after an interruption. */
	resumed: number;
}

/**
 * Reads a file from S3, completely or not at all: size and checksum are verified before the result is returned. An interrupted download
 * continues where it stopped; an expired token is renewed once; a file whose pre-signed URL has expired is read from its access point.
 * @throws InvalidInputError before any request to S3; ServiceError; CancelledError; the errors of `consume`
 */
export async function fetchFile<T>(request: FetchRequest<T>): Promise<FetchedFile<T>> {
	const { source } = request;
	try {
		return await fetchFrom(request);
	} catch (error) {
		// Only time has passed. After any other failure, the fallback would hide what is wrong (a host that is not allowed, a file that was
		// removed, bytes that were changed).
		if (source.kind !== 'presignedUrl' || source.fallback === undefined || !hasExpired(error)) throw error;
		return await fetchFrom({ ...request, source: source.fallback });
	}
}

/** A URL expires no later than the credentials that signed it: S3 then reports their token as expired. */
function hasExpired(error: unknown): boolean {
	return error instanceof ServiceError && (error.code === EXPIRED_URL || error.code === EXPIRED_TOKEN);
}

async function fetchFrom<T>(request: FetchRequest<T>): Promise<FetchedFile<T>> {
	const attempt = await attemptsAt<FetchedFile<T>>(request);
	return await withRetries(request, () => attempt((open) => readWhole(request, open)));
}

async function readWhole<T>(request: FetchRequest<T>, open: Opening): Promise<FetchedFile<T>> {
	const { source, signal } = request;
	const end = new AbortController();
	const until = AbortSignal.any(signal ? [signal, end.signal] : [end.signal]);
	const transfer: Transfer = { started: false, received: 0, resumed: 0, signal: until };
	try {
		return await inTransfer(transfer, async () => {
			const opened = await open(until).catch((error: unknown) => {
				throw toServiceError(error, hostOf(source));
			});
			// An error that comes when nothing reads any more is of no interest, but without a listener it would end the n8n process.
			opened.body.on('error', () => undefined);
			transfer.started = true;
			return await readOpened(request, opened, transfer);
		});
	} catch (error) {
		// The rest of the answer is not needed. After a complete file, this would close a connection that can be reused.
		end.abort();
		throw error;
	}
}

async function readOpened<T>(
	request: FetchRequest<T>,
	opened: OpenedFile,
	transfer: Transfer,
): Promise<FetchedFile<T>> {
	const { source, maxBytes } = request;
	const key = source.kind === 'accessPoint' ? source.key : source.presigned.key;
	const codings = codingsOf(opened.contentEncoding);
	const isPacked = codings.length > 0;
	const name = fileName(key, codings);
	const contentType = contentTypeOf(name, opened.contentType, isPacked);
	// A web page with which a device in between answers would be passed on as the patient's file, and acknowledged.
	if (opened.etag === undefined) throw s3Failure('NOT_S3');
	if (maxBytes > 0 && (opened.contentLength ?? 0) > maxBytes) throw s3Failure('TOO_LARGE');
	const digest = new Digest(transfer, { ...opened, maxBytes });
	const { contentLength } = opened;
	const unpack = unpacking(codings, { maxBytes, contentLength, received: () => transfer.received });
	const content = isPacked ? new Counter() : digest;
	const piping = isPacked ? pipeline(opened.body, digest, unpack, content) : pipeline(opened.body, digest);
	const consuming = request.consume(content, { key, name, contentType });
	const result = await whenBothEnd(piping, content, consuming, hostOf(source));
	// undici takes the connection back in the next round of the event loop; a request that follows at once would open another one.
	await setImmediate();
	return {
		content: result,
		name,
		key,
		accessPoint: source.kind === 'accessPoint' ? source.accessPoint.arn : undefined,
		size: content.size,
		contentEncoding: isPacked ? opened.contentEncoding : undefined,
		storedSize: isPacked ? digest.size : undefined,
		contentType,
		etag: opened.etag,
		lastModified: opened.lastModified?.toISOString(),
		sha256: digest.sha256(),
		source: source.kind,
		resumed: transfer.resumed,
	};
}

/**
 * Waits until the pipeline and the consumer of its last stream have ended.
 * @returns the consumer's result
 * @throws the consumer's error if it gave up, otherwise the pipeline's, as one of the host
 */
async function whenBothEnd<T>(
	piping: Promise<void>,
	content: Readable,
	consuming: Promise<T>,
	host: string,
): Promise<T> {
	const [piped, consumed] = await Promise.allSettled([
		piping,
		consuming.catch((error: unknown) => {
			// A consumer that gave up must not leave the stream waiting for it. After a failure of the stream itself this does nothing.
			content.destroy(new ConsumerFailure(error));
			throw error;
		}),
	]);
	if (piped.status === 'rejected' && !isOnlyLeft(piped.reason, consumed)) {
		throw piped.reason instanceof ConsumerFailure ? piped.reason.cause : toServiceError(piped.reason, host);
	}
	if (consumed.status === 'rejected') throw consumed.reason;
	return consumed.value;
}

/** Passes bytes through, and counts them. */
class Counter extends Transform {
	size = 0;

	override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
		this.size += chunk.length;
		callback(null, chunk);
	}
}

/** Node's codes for a stream that was left before its end. */
const EARLY: readonly string[] = ['ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR'];

/** Whether the stream ended early because its consumer left it for a reason of its own. */
function isOnlyLeft(reason: unknown, consumed: PromiseSettledResult<unknown>): boolean {
	const isEarly = (error: unknown): boolean => EARLY.includes(failureCode(error));
	return isEarly(reason) && consumed.status === 'rejected' && !isEarly(consumed.reason);
}

/** Carries an error of the consumer through the stream, distinguishable from errors of the stream. */
class ConsumerFailure extends Error {
	override readonly name = 'ConsumerFailure';

	constructor(cause: unknown) {
		super('The bytes were not taken', { cause });
	}
}

/** Returns the host of the request, for messages. */
function hostOf(source: FileSource): string {
	return source.kind === 'accessPoint' ? accessPointHost(source.accessPoint) : source.presigned.url.host;
}
