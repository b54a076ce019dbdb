import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import { respond, textAnswer, type Answer, type FaultQueue } from './faults';
import type { ServerIdentity } from './identities';
import type { ObjectStore } from './object-store';
import type { RequestLog } from './request-log';
import { authenticate } from './s3-auth';
import { S3Refusal, errorXml, refusalForStatus, requestId } from './s3-errors';
import { httpsServer } from './servers';
import { splitUrl, uriDecode } from './sigv4';
import type { TokenStore } from './tokens';
import type { RecordedRequest } from './types';

export interface S3Parts {
	identity: ServerIdentity;
	/** Bucket of each access point, by ARN. */
	buckets: ReadonlyMap<string, string>;
	store: ObjectStore;
	tokens: TokenStore;
	faults: FaultQueue;
	log: RequestLog;
	/** Epoch milliseconds. */
	now: () => number;
}

/** The access point and region that an S3 host name refers to. */
interface Place {
	accessPoint: string;
	region: string;
	/** Whether the request goes to the bucket's own host, which a token's policy does not allow. */
	direct: boolean;
}

/** Request headers forwarded to the S3 server after the signature has been checked. */
const FORWARDED = [
	'range',
	'if-match',
	'if-none-match',
	'if-modified-since',
	'if-unmodified-since',
	'x-amz-checksum-mode',
];
/** Headers of the S3 server's answer that concern its connection, not the object. */
const NOT_RETURNED = ['connection', 'keep-alive', 'date', 'transfer-encoding', 'x-amz-request-id', 'x-amz-id-2'];

/** Returns host name and region of an access point (Amazon S3 user guide, "Referencing access points"). */
export function accessPointHost(arn: string): { host: string; region: string } {
	const [, , , region = '', account = '', resource = ''] = arn.split(':');
	const name = resource.replace('accesspoint/', '');
	return { host: `${name}-${account}.s3-accesspoint.${region}.amazonaws.com`, region };
}

/** Creates the TLS front of the S3 server: checks host, signature, token and grant as AWS does, then serves the object. */
export function s3Front(parts: S3Parts): Server {
	const server = httpsServer({ key: parts.identity.key, cert: parts.identity.cert });
	server.on('request', (request, response) => {
		const entry = parts.log.record('s3', request);
		entry.objectKey = keyOf(request) ?? '';
		const fault = parts.faults.take('s3', entry.objectKey);
		const answer = async () => await serve(request, entry, parts);
		const statusAnswer = (status: number) => refuse(entry, refusalForStatus(status), status);
		void respond({ request, response, entry, fault, answer, statusAnswer });
	});
	return server;
}

/** Returns the decoded object key; undefined if the path cannot be decoded. */
function keyOf(request: IncomingMessage): string | undefined {
	try {
		return uriDecode(splitUrl(request.url ?? '/').path.slice(1)).toString('utf8');
	} catch {
		return undefined;
	}
}

function refuse(entry: RecordedRequest, refusal: S3Refusal, status = refusal.status): Answer {
	entry.errorCode = refusal.code;
	const id = requestId();
	const answer = textAnswer(status, errorXml(refusal, id), 'application/xml');
	return { ...answer, headers: { ...answer.headers, ...amazonHeaders(id) } };
}

const amazonHeaders = (id: string) => ({ 'x-amz-request-id': id, 'x-amz-id-2': `${id}/sandbox=`, Server: 'AmazonS3' });

async function serve(request: IncomingMessage, entry: RecordedRequest, parts: S3Parts): Promise<Answer> {
	try {
		const { place, key } = admit(request, parts);
		return await readObject(request, place, key, parts);
	} catch (error) {
		if (error instanceof S3Refusal) return refuse(entry, error);
		throw error;
	}
}

/** @throws S3Refusal if the request is not allowed to read the object */
function admit(request: IncomingMessage, parts: S3Parts): { place: Place; key: string } {
	const key = keyOf(request);
	if (key === undefined) throw new S3Refusal('InvalidURI');
	const place = placeOf(request.headers.host ?? '', parts.buckets);
	const method = request.method ?? '';
	if (method !== 'GET' && method !== 'HEAD') throw new S3Refusal('MethodNotAllowed', { Method: method });
	const headers = headerMap(request);
	const find = (id: string) => parts.tokens.find(id);
	const signed = authenticate({ method, url: request.url ?? '/', headers, region: place.region }, find, parts.now());
	const granted = signed.grants === 'all' || (!place.direct && signed.grants.includes(place.accessPoint));
	// An empty key would list the bucket, which Roche's tokens do not allow.
	if (!granted || key === '') throw new S3Refusal('AccessDenied');
	return { place, key };
}

function placeOf(hostHeader: string, buckets: S3Parts['buckets']): Place {
	const host = hostHeader.replace(/:\d+$/, '').toLowerCase();
	const point = /^(.+)-(\d{12})\.s3-accesspoint\.([a-z0-9-]+)\.amazonaws\.com$/.exec(host);
	if (point?.[1] && point[2] && point[3]) {
		const accessPoint = `arn:aws:s3:${point[3]}:${point[2]}:accesspoint/${point[1]}`;
		if (buckets.has(accessPoint)) return { accessPoint, region: point[3], direct: false };
		throw new S3Refusal('NoSuchAccessPoint', { AccessPointName: point[1] });
	}
	const bucketHost = /^(.+)\.s3\.([a-z0-9-]+)\.amazonaws\.com$/.exec(host);
	for (const [accessPoint, bucket] of buckets) {
		const { region } = accessPointHost(accessPoint);
		if (bucket === bucketHost?.[1] && region === bucketHost[2]) return { accessPoint, region, direct: true };
	}
	throw new S3Refusal('NoSuchBucket', { BucketName: bucketHost?.[1] ?? host });
}

function headerMap(request: IncomingMessage): Map<string, string[]> {
	const headers = new Map<string, string[]>();
	for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
		const name = (request.rawHeaders[i] ?? '').toLowerCase();
		headers.set(name, [...(headers.get(name) ?? []), request.rawHeaders[i + 1] ?? '']);
	}
	return headers;
}

async function readObject(request: IncomingMessage, place: Place, key: string, { store }: S3Parts): Promise<Answer> {
	const file = store.find(key, place.accessPoint);
	if (!file) throw new S3Refusal('NoSuchKey', { Key: key });
	const forwarded: Record<string, string> = {};
	for (const name of FORWARDED) {
		const value = request.headers[name];
		if (typeof value === 'string') forwarded[name] = value;
	}
	const answer = await store.forward(request.method ?? 'GET', key, place.accessPoint, forwarded);
	const status = answer.statusCode ?? 500;
	const headers: Record<string, string> = { ...amazonHeaders(requestId()), 'Accept-Ranges': 'bytes' };
	for (const [name, value] of Object.entries(answer.headers)) {
		if (typeof value === 'string' && !NOT_RETURNED.includes(name)) headers[name] = value;
	}
	if (file.contentEncoding !== undefined) headers['Content-Encoding'] = file.contentEncoding;
	// The S3 server has no checksum for objects uploaded in parts. S3 sends one for whole objects only, not for ranges.
	if (status === 200 && forwarded['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED') {
		headers['x-amz-checksum-crc32'] = file.crc32;
		headers['x-amz-checksum-type'] = 'FULL_OBJECT';
	}
	return { status, headers, body: answer };
}
