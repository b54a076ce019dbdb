import { S3Refusal } from './s3-errors';
import {
	ALGORITHM,
	EMPTY_SHA256,
	UNSIGNED_PAYLOAD,
	canonicalRequest,
	formatTimestamp,
	parseScope,
	parseTimestamp,
	queryPairs,
	sameSignature,
	scopeText,
	signature,
	splitUrl,
	uriEncode,
	type CredentialScope,
	type SignedParts,
} from './sigv4';
import type { AwsKey } from './tokens';

/** AWS refuses requests whose time differs by more than this. */
const MAX_SKEW_MS = 15 * 60 * 1000;
/** The longest lifetime of a pre-signed URL: seven days. */
const MAX_PRESIGN_SECONDS = 604_800;

export interface S3Request {
	method: string;
	/** Path and query as on the wire. */
	url: string;
	headers: ReadonlyMap<string, readonly string[]>;
	/** Region of the host that was called. */
	region: string;
}

interface Presented {
	scope: CredentialScope;
	signedHeaders: string[];
	signature: string;
	timestamp: string;
	payloadHash: string;
	sessionToken: string | undefined;
	/** Set for a pre-signed URL. */
	expiresSeconds?: number;
}

/**
 * Authenticates a request as S3 does and returns the key that signed it.
 *
 * @param now epoch milliseconds
 * @throws S3Refusal with AWS's code, in about the order in which AWS checks
 */
export function authenticate(request: S3Request, find: (id: string) => AwsKey | undefined, now: number): AwsKey {
	const presented = readPresented(request);
	checkScope(presented, request.region);
	checkTime(presented, now);
	const key = find(presented.scope.accessKeyId);
	if (!key) throw new S3Refusal('InvalidAccessKeyId', { AWSAccessKeyId: presented.scope.accessKeyId });
	checkSession(key, presented.sessionToken, now);
	checkSignedHeaders(request, presented);
	const parts: SignedParts = { ...request, ...presented, secretAccessKey: key.secretAccessKey };
	if (!sameSignature(signature(parts), presented.signature)) {
		throw new S3Refusal('SignatureDoesNotMatch', {
			AWSAccessKeyId: key.accessKeyId,
			SignatureProvided: presented.signature,
			CanonicalRequest: canonicalRequest(parts),
		});
	}
	return key;
}

function readPresented(request: S3Request): Presented {
	const query = new Map(queryPairs(splitUrl(request.url).query));
	const header = request.headers.get('authorization')?.[0];
	const inQuery = query.has('X-Amz-Algorithm') || query.has('X-Amz-Signature');
	if (header !== undefined && inQuery) throw new S3Refusal('InvalidArgument');
	if (header !== undefined) return fromHeader(header, request.headers);
	if (inQuery) return fromQuery(query);
	throw new S3Refusal('AccessDenied');
}

function fromHeader(header: string, headers: S3Request['headers']): Presented {
	const match = /^AWS4-HMAC-SHA256 +Credential=([^, ]+), *SignedHeaders=([^, ]+), *Signature=([0-9a-f]{64})$/.exec(
		header,
	);
	const scope = match?.[1] === undefined ? undefined : parseScope(match[1]);
	if (!match?.[2] || !match[3] || !scope) throw new S3Refusal('AuthorizationHeaderMalformed');
	const payloadHash = headers.get('x-amz-content-sha256')?.[0];
	if (payloadHash === undefined) throw new S3Refusal('InvalidRequest');
	// Only GET and HEAD reach this point, so the body is empty.
	if (payloadHash !== UNSIGNED_PAYLOAD && payloadHash !== EMPTY_SHA256) {
		throw new S3Refusal('XAmzContentSHA256Mismatch', { ClientComputedContentSHA256: payloadHash });
	}
	return {
		scope,
		signedHeaders: match[2].split(';'),
		signature: match[3],
		timestamp: headers.get('x-amz-date')?.[0] ?? '',
		payloadHash,
		sessionToken: headers.get('x-amz-security-token')?.[0],
	};
}

function fromQuery(query: ReadonlyMap<string, string>): Presented {
	const scope = parseScope(query.get('X-Amz-Credential') ?? '');
	const expiresSeconds = Number(query.get('X-Amz-Expires') ?? Number.NaN);
	const signedHeaders = query.get('X-Amz-SignedHeaders');
	if (!scope || query.get('X-Amz-Algorithm') !== ALGORITHM || !signedHeaders) {
		throw new S3Refusal('AuthorizationQueryParametersError');
	}
	if (!(expiresSeconds >= 0 && expiresSeconds <= MAX_PRESIGN_SECONDS)) {
		throw new S3Refusal('AuthorizationQueryParametersError', {}, 'X-Amz-Expires must be between 0 and 604800 seconds');
	}
	return {
		scope,
		signedHeaders: signedHeaders.split(';'),
		signature: query.get('X-Amz-Signature') ?? '',
		timestamp: query.get('X-Amz-Date') ?? '',
		payloadHash: UNSIGNED_PAYLOAD,
		sessionToken: query.get('X-Amz-Security-Token'),
		expiresSeconds,
	};
}

function checkScope({ scope, timestamp }: Presented, region: string) {
	if (scope.region !== region) {
		const text = `The authorization header is malformed; the region '${scope.region}' is wrong; expecting '${region}'`;
		throw new S3Refusal('AuthorizationHeaderMalformed', { Region: region }, text);
	}
	if (scope.service !== 's3' || !timestamp.startsWith(scope.date)) throw new S3Refusal('AuthorizationHeaderMalformed');
}

function checkTime({ timestamp, expiresSeconds }: Presented, now: number) {
	const at = parseTimestamp(timestamp);
	if (Number.isNaN(at)) {
		throw new S3Refusal('AccessDenied', {}, 'AWS authentication requires a valid Date or x-amz-date header');
	}
	const ServerTime = new Date(now).toISOString();
	if (expiresSeconds === undefined) {
		if (Math.abs(now - at) <= MAX_SKEW_MS) return;
		const details = { RequestTime: timestamp, ServerTime, MaxAllowedSkewMilliseconds: String(MAX_SKEW_MS) };
		throw new S3Refusal('RequestTimeTooSkewed', details);
	}
	if (at - now > MAX_SKEW_MS) throw new S3Refusal('AccessDenied', { ServerTime }, 'Request is not valid yet');
	const expires = at + expiresSeconds * 1000;
	if (now > expires) {
		const details = { 'X-Amz-Expires': String(expiresSeconds), Expires: new Date(expires).toISOString(), ServerTime };
		throw new S3Refusal('AccessDenied', details, 'Request has expired');
	}
}

function checkSession(key: AwsKey, presented: string | undefined, now: number) {
	// AWS does not recognise a temporary key without its token.
	if (key.session && presented === undefined) {
		throw new S3Refusal('InvalidAccessKeyId', { AWSAccessKeyId: key.accessKeyId });
	}
	if (presented !== undefined && (!key.session || !sameSignature(key.session.token, presented))) {
		throw new S3Refusal('InvalidToken', { 'Token-0': presented });
	}
	if (key.session && now >= key.session.expiresAt) {
		throw new S3Refusal('ExpiredToken', { 'Token-0': key.session.token });
	}
}

/** Checks that `host` and every `x-amz-*` header are signed, as AWS requires. */
function checkSignedHeaders({ headers }: S3Request, { signedHeaders }: Presented) {
	const required = [...headers.keys()].filter((name) => name === 'host' || name.startsWith('x-amz-'));
	const unsigned = required.filter((name) => !signedHeaders.includes(name));
	if (unsigned.length > 0) {
		const text = 'There were headers present in the request which were not signed';
		throw new S3Refusal('AccessDenied', { HeadersNotSigned: unsigned.join(', ') }, text);
	}
}

/** What a pre-signed URL is created from. */
export interface PresignParts {
	host: string;
	region: string;
	objectKey: string;
	expiresSeconds: number;
	/** Epoch milliseconds. */
	now: number;
}

/** Returns a pre-signed GET URL. Only the host header is signed, as by the SDK's presigner. */
export function presignUrl(key: AwsKey, { host, region, objectKey, expiresSeconds, now }: PresignParts): string {
	const timestamp = formatTimestamp(now);
	const scope = { accessKeyId: key.accessKeyId, date: timestamp.slice(0, 8), region, service: 's3' };
	const encode = (text: string) => uriEncode(Buffer.from(text, 'utf8'), false);
	const query = Object.entries({
		'X-Amz-Algorithm': ALGORITHM,
		'X-Amz-Credential': `${scope.accessKeyId}/${scopeText(scope)}`,
		'X-Amz-Date': timestamp,
		'X-Amz-Expires': String(expiresSeconds),
		...(key.session ? { 'X-Amz-Security-Token': key.session.token } : {}),
		'X-Amz-SignedHeaders': 'host',
	}).map(([name, value]) => `${encode(name)}=${encode(value)}`);
	const url = `/${uriEncode(Buffer.from(objectKey, 'utf8'), true)}?${query.join('&')}`;
	const signed = signature({
		method: 'GET',
		url,
		headers: new Map([['host', [host]]]),
		signedHeaders: ['host'],
		payloadHash: UNSIGNED_PAYLOAD,
		timestamp,
		scope,
		secretAccessKey: key.secretAccessKey,
	});
	return `https://${host}${url}&X-Amz-Signature=${signed}`;
}
