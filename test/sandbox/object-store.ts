import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import type { MadeFile } from './files';
import { uriEncode } from './sigv4';
import { SandboxRequestError } from './request-error';
import type { SandboxFile } from './types';

/** The S3 server accepts bodies of up to 11 MiB. Larger objects are uploaded in parts; S3's minimum for a part is 5 MiB. */
const PART_BYTES = 8 * 1024 * 1024;

/** The part of the S3 server, a Fastify application, that is used here. Its own types need Fastify, which is not a dependency of this package. */
interface S3App {
	listen: (options: { port: number; host: string }) => Promise<string>;
	close: () => Promise<void>;
	server: Server;
}

interface StoredFile extends SandboxFile {
	/** CRC-32 of the whole object, base64 as S3 sends it. */
	crc32: string;
}

/** Path of an object on the S3 server. */
function objectPath(bucket: string, key: string): string {
	return `/${bucket}/${uriEncode(Buffer.from(key, 'utf8'), true)}`;
}

/** The objects behind the access points, stored in an S3-compatible server (fauxqs) in this process. */
export class ObjectStore {
	private readonly files = new Map<string, StoredFile>();

	private constructor(
		private readonly port: number,
		/** Bucket of each access point, by ARN. */
		private readonly buckets: ReadonlyMap<string, string>,
		readonly close: () => Promise<void>,
	) {}

	/** @param buckets bucket name of each access point's ARN */
	static async start(buckets: ReadonlyMap<string, string>): Promise<ObjectStore> {
		// fauxqs is an ES module, this package is CommonJS. Its own start function would listen on all interfaces.
		const { buildApp } = (await import('fauxqs')) as unknown as { buildApp: (options: { logger: false }) => S3App };
		const app = buildApp({ logger: false });
		await app.listen({ port: 0, host: '127.0.0.1' });
		const { port } = app.server.address() as AddressInfo;
		const store = new ObjectStore(port, buckets, async () => {
			await app.close();
		});
		for (const bucket of buckets.values()) await store.call('PUT', `/${bucket}`);
		return store;
	}

	/**
	 * Stores a file, replacing one with the same key.
	 *
	 * @throws SandboxRequestError for an unknown access point
	 */
	async put(made: MadeFile, accessPoint: string): Promise<SandboxFile> {
		const { content, contentType, key } = made;
		const path = this.path(accessPoint, key);
		if (content.length > PART_BYTES) await this.putInParts(path, content, contentType);
		else await this.call('PUT', path, content, { 'content-type': contentType });
		const checksum = Buffer.alloc(4);
		checksum.writeUInt32BE(crc32(content));
		const file: StoredFile = {
			key,
			size: content.length,
			sha256: sha256(content),
			contentType,
			contentEncoding: made.contentEncoding,
			unpacked: made.unpacked && { size: made.unpacked.length, sha256: sha256(made.unpacked) },
			accessPoint,
			crc32: checksum.toString('base64'),
		};
		this.files.set(path, file);
		return publicFile(file);
	}

	/** @throws SandboxRequestError if the file does not exist */
	async remove(key: string, accessPoint: string): Promise<void> {
		const path = this.path(accessPoint, key);
		if (!this.files.delete(path)) throw new SandboxRequestError(`No file ${key} in ${accessPoint}`);
		await this.call('DELETE', path);
	}

	list(): SandboxFile[] {
		return [...this.files.values()].map(publicFile);
	}

	find(key: string, accessPoint: string): StoredFile | undefined {
		return this.files.get(this.path(accessPoint, key));
	}

	/** Forwards a client's GET or HEAD to the S3 server and returns the answer with its body unread. */
	async forward(
		method: string,
		key: string,
		accessPoint: string,
		headers: Record<string, string>,
	): Promise<IncomingMessage> {
		return await this.exchange(method, this.path(accessPoint, key), undefined, headers);
	}

	private path(accessPoint: string, key: string): string {
		const bucket = this.buckets.get(accessPoint);
		if (bucket === undefined) throw new SandboxRequestError(`No such access point: ${accessPoint}`);
		return objectPath(bucket, key);
	}

	private async putInParts(path: string, content: Buffer, contentType: string): Promise<void> {
		const started = await this.call('POST', `${path}?uploads`, undefined, { 'content-type': contentType });
		const upload = /<UploadId>([^<]+)</.exec(started.text)?.[1] ?? '';
		const parts: string[] = [];
		for (let at = 0; at < content.length; at += PART_BYTES) {
			const number = parts.length + 1;
			const query = `partNumber=${number}&uploadId=${encodeURIComponent(upload)}`;
			const part = await this.call('PUT', `${path}?${query}`, content.subarray(at, at + PART_BYTES));
			parts.push(`<Part><PartNumber>${number}</PartNumber><ETag>${part.etag}</ETag></Part>`);
		}
		const list = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
		await this.call('POST', `${path}?uploadId=${encodeURIComponent(upload)}`, list, {
			'content-type': 'application/xml',
		});
	}

	private async call(method: string, path: string, body?: Buffer, headers: Record<string, string> = {}) {
		const answer = await this.exchange(method, path, body, headers);
		const text = (await buffer(answer)).toString('utf8');
		if ((answer.statusCode ?? 500) >= 300) throw new Error(`${method} ${path}: ${String(answer.statusCode)} ${text}`);
		return { text, etag: answer.headers.etag ?? '' };
	}

	private async exchange(method: string, path: string, body: Buffer | undefined, headers: Record<string, string>) {
		return await new Promise<IncomingMessage>((resolve, reject) => {
			// S3 does not accept chunked bodies and requires Content-Length even for an empty PUT.
			const length = method === 'PUT' || method === 'POST' ? { 'content-length': String(body?.length ?? 0) } : {};
			const options = { host: '127.0.0.1', port: this.port, method, path, headers: { ...headers, ...length } };
			httpRequest(options, resolve).once('error', reject).end(body);
		});
	}
}

function publicFile({ crc32: _crc32, ...file }: StoredFile): SandboxFile {
	return file;
}

function sha256(content: Buffer): string {
	return createHash('sha256').update(content).digest('hex');
}
