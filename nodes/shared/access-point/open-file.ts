import type { Readable } from 'node:stream';
import type { Token } from '../partners-services/token';
import { networkFailure } from '../failures/network';
import { ServiceError } from '../errors/service-error';
import { checkEgress } from '../wire/egress';
import { failureCode } from '../wire/failure-code';
import { resumingDispatcher } from '../wire/resuming-dispatcher';
import { s3Client } from '../wire/s3-client';
import { retryAfterMs } from '../wire/retry';
import { untilAborted } from '../wire/abort';
import { accessPointHost } from './access-point-arn';
import { md5OfEtag } from './digest';
import { EXPIRED_TOKEN, EXPIRED_URL, s3Failure } from '../failures/s3';
import type { ObjectSource } from './file-source';
import type { PresignedUrl } from './presigned-url';

/** S3's error bodies are small; reading stops after this many bytes. */
const LARGEST_ERROR_BODY = 64 * 1024;

const ENCRYPTION = 'x-amz-server-side-encryption';
const CUSTOMER_ENCRYPTION = `${ENCRYPTION}-customer-algorithm`;

/** A file whose bytes have not been read yet. */
export interface OpenedFile {
	body: Readable;
	/** As S3 announces it, in bytes. */
	contentLength?: number;
	contentType?: string;
	/** Header `Content-Encoding`. */
	contentEncoding?: string;
	/** Without the quotes around it. */
	etag?: string;
	lastModified?: Date;
	/** Hexadecimal, if the ETag is an MD5. */
	md5?: string;
}

export interface OpenOptions {
	/** Time without a byte, in ms. */
	timeout: number;
	/** Ends the request and the body. */
	signal: AbortSignal;
}

/**
 * Requests a file of an access point from S3; returns when the answer begins.
 * @throws ServiceError if there is no answer in time; otherwise the SDK's errors, see {@link toServiceError}
 */
export async function openInAccessPoint(source: ObjectSource, token: Token, options: OpenOptions): Promise<OpenedFile> {
	const { accessPoint, key } = source;
	const { AccessKeyId, SecretAccessKey, SessionToken } = token.awsCredentials;
	const client = await s3Client({
		region: accessPoint.region,
		accessKeyId: AccessKeyId,
		secretAccessKey: SecretAccessKey,
		sessionToken: SessionToken,
	});
	const { GetObjectCommand } = await import('../wire/vendor/aws-s3');
	const command = new GetObjectCommand({ Bucket: accessPoint.arn, Key: key });
	const url = new URL(`https://${accessPointHost(accessPoint)}/`);
	const answer = await begin(url, options, (abortSignal) =>
		client.send(command, { abortSignal, requestTimeout: options.timeout }),
	);
	return {
		body: answer.Body as Readable,
		contentLength: answer.ContentLength,
		contentType: answer.ContentType,
		contentEncoding: answer.ContentEncoding,
		etag: unquoted(answer.ETag),
		lastModified: answer.LastModified,
		md5: md5OfEtag(answer.ETag, answer.ServerSideEncryption, answer.SSECustomerAlgorithm),
	};
}

/**
 * Requests a file by its pre-signed URL; returns when the answer begins. Redirects are not followed: only this host was checked.
 * @throws ServiceError if S3 refuses, or there is no answer in time; otherwise undici's errors, see {@link toServiceError}
 */
export async function openPresigned(presigned: PresignedUrl, options: OpenOptions): Promise<OpenedFile> {
	const { url, target: path, hasMd5Etag } = presigned;
	const dispatcher = await resumingDispatcher();
	const timeouts = { headersTimeout: options.timeout, bodyTimeout: options.timeout };
	const request = { origin: url.origin, path, method: 'GET', ...timeouts } as const;
	const answer = await begin(url, options, (signal) => dispatcher.request({ ...request, signal }));
	const header = (name: string): string | undefined => [answer.headers[name] ?? []].flat()[0];
	if (answer.statusCode !== 200) {
		throw presignedFailure(answer.statusCode, await firstBytes(answer.body), retryAfterMs(header('retry-after')));
	}
	const [length, modified] = [header('content-length'), header('last-modified')];
	return {
		body: answer.body,
		contentLength: length === undefined ? undefined : Number(length),
		contentType: header('content-type'),
		contentEncoding: [answer.headers['content-encoding'] ?? []].flat().join(','),
		etag: unquoted(header('etag')),
		lastModified: dateOf(modified),
		md5: hasMd5Etag ? md5OfEtag(header('etag'), header(ENCRYPTION), header(CUSTOMER_ENCRYPTION)) : undefined,
	};
}

/**
 * Sends a request, and ends it if there is no answer in time or it is no longer wanted, whether or not it is connected yet.
 * @param request its signal ends the body, too
 */
async function begin<T>(url: URL, options: OpenOptions, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
	const { timeout, signal } = options;
	const late = new AbortController();
	const timer = setTimeout(() => {
		late.abort();
	}, timeout);
	const either = AbortSignal.any([signal, late.signal]);
	try {
		await untilAborted(either, checkEgress(url));
		return await untilAborted(either, request(either));
	} catch (error) {
		if (either.aborted) throw networkFailure('ATTEMPT_TIMEOUT', url.host);
		throw error;
	} finally {
		clearTimeout(timer);
	}
}

/** Converts whatever the SDK, undici or a stream threw while a file was opened or read to the error of the table. */
export function toServiceError(error: unknown, host: string): ServiceError {
	if (error instanceof ServiceError) return error;
	if (error instanceof Error && error.message.startsWith('Checksum mismatch')) return s3Failure('CHECKSUM_MISMATCH');
	const status = statusOf(error);
	if (status === undefined) return networkFailure(failureCode(error), host);
	// An answer to the attempt to continue after an interruption: 412 is about the object, 400 about the token.
	if (failureCode(error) === 'UND_ERR_REQ_RETRY') {
		return s3Failure({ 400: EXPIRED_TOKEN, 412: 'PreconditionFailed' }[status] ?? 'INCOMPLETE', status);
	}
	return s3Failure(error instanceof Error ? error.name : '', status, retryAfterOf(error));
}

function statusOf(error: unknown): number | undefined {
	const { $metadata, statusCode } = error as { $metadata?: { httpStatusCode?: number }; statusCode?: number };
	return $metadata?.httpStatusCode ?? statusCode;
}

/** Returns `Retry-After`, in ms, from the answer that the SDK keeps in its errors. */
function retryAfterOf(error: unknown): number | undefined {
	const { $response } = error as { $response?: { headers?: Record<string, string> } };
	return retryAfterMs($response?.headers?.['retry-after']);
}

function presignedFailure(statusCode: number, body: string, retryAfter?: number): ServiceError {
	const code = /<Code>(\w+)<\/Code>/.exec(body)?.[1] ?? '';
	const expired = code === 'AccessDenied' && /<Message>Request has expired/.test(body);
	return s3Failure(expired ? EXPIRED_URL : code, statusCode, retryAfter);
}

async function firstBytes(body: AsyncIterable<Buffer>): Promise<string> {
	let text = '';
	for await (const chunk of body) {
		text += chunk.toString('latin1');
		if (text.length > LARGEST_ERROR_BODY) break;
	}
	return text;
}

/** Returns undefined if the string is not a date: that is no reason to refuse the file. */
function dateOf(text: string | undefined): Date | undefined {
	const date = new Date(text ?? NaN);
	return Number.isNaN(date.getTime()) ? undefined : date;
}

function unquoted(etag: string | undefined): string | undefined {
	return etag?.replaceAll('"', '');
}
