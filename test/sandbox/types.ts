import type { FaultSpec } from './request-types';
import type { ClientIdentity, IdentityName } from './identity-types';

export type { ClientIdentity, IdentityName } from './identity-types';
export type { Fault, FaultSpec, FaultTarget, RecordedRequest, RequestTarget } from './request-types';

/** The fields of the n8n credential. */
export interface SandboxCredential extends ClientIdentity {
	environment: 'demo';
	baseUrl: '';
	orgId: string;
	clientId: string;
	clientSecret: string;
	/** Several PEM blocks: the root and two intermediates that sign the API's server certificate. */
	caCertificates: string;
}

/** Everything that a user or a test needs to use a running sandbox. */
export interface SandboxInfo {
	/** Plain HTTP on loopback. */
	controlUrl: string;
	/** For HTTPS_PROXY. */
	proxyUrl: string;
	/** The production base URL of the demo environment, reached through the proxy. */
	apiBaseUrl: string;
	/** The production base URL of the live environment, reached through the proxy. */
	liveApiBaseUrl: string;
	/** The API server without the proxy, for the credential's environment `custom`. Same CA and client certificates. */
	customApiBaseUrl: string;
	orgId: string;
	credential: SandboxCredential;
	identities: Record<IdentityName, ClientIdentity>;
	/** ARN that every token grants, unless the setting `awsResources` lists others. */
	accessPoint: string;
	/** ARN of an existing access point that no token grants. */
	otherAccessPoint: string;
	/** The "public" CA of the S3 hosts (PEM), for NODE_EXTRA_CA_CERTS or `tls.setDefaultCACertificates`. */
	s3Ca: string;
	/** Path of a file that contains `s3Ca`; deleted when the sandbox closes. */
	s3CaFile: string;
}

/** Settings that can be changed while the sandbox runs. Unset fields remain unchanged. */
export interface SandboxSettings {
	/** Lifetime of new tokens, in seconds; default 3600 (Roche's lifetime is not documented). */
	tokenLifetimeSeconds: number;
	/** 1 = redelivery after 30 minutes; 1800 = after one second. */
	redeliverySpeed: number;
	/** Answer to an ACK with the handle of an older delivery or of an acknowledged message: 400, or 200 without effect. */
	staleHandle: 'reject' | 'ignore';
	/** Status with which the proxy refuses every CONNECT, and the authentication methods it offers with 407 (default Basic); null = no refusal. */
	proxy: { status: number; offers?: string } | null;
	/** Added to the clocks of API and S3, in seconds. */
	clockOffsetSeconds: number;
	/** Access points that Get Token returns and grants; null = `[accessPoint]`. */
	awsResources: string[] | null;
	/** Round-trip time to Roche and S3, in ms; default 0. The proxy delays the data. */
	latencyMs: number;
	/** Status with which the stand-in EMR refuses files; null = it accepts them (201). */
	emrStatus: number | null;
	/** `Content-Encoding` of bundles and CDA reports, unless their request gives one; null = not compressed. */
	contentEncoding: string | null;
	/** Character encoding of bundles and CDA reports, unless their request gives one; null = UTF-8. */
	charset: FileCharset | null;
}

/** Issued for clients only; for another host name; expired; not yet valid. */
export type BadServerCertificate = 'clientOnly' | 'otherName' | 'expired' | 'notYetValid';

export interface SandboxOptions extends Partial<SandboxSettings> {
	/** 0 or unset: any free port. */
	controlPort?: number;
	proxyPort?: number;
	/** What the API server sends beside its own certificate; default `intermediates`. `caCertificates` is enough for both. */
	serverChain?: 'intermediates' | 'leaf';
	/** Flaw of the API server's certificate; unset: none. */
	serverCertificate?: BadServerCertificate;
}

/** How a generated file is stored. */
export interface StoredAs {
	/** Header `Content-Encoding`. The gzip, deflate and br in it are applied to the file, except for the kind `content`. */
	contentEncoding?: string;
	/** Character encoding of a bundle, declared in Content-Type, or of a CDA report, declared in its XML declaration. */
	charset?: FileCharset;
}

export type FileCharset = 'iso-8859-1' | 'windows-1252' | 'utf-16';

export type FileRequest = StoredAs & FileContent;

type FileContent =
	/** Synthetic FHIR bundle; the same seed gives the same bytes. */
	| { kind: 'bundle'; observations: number; key?: string; seed?: number; accessPoint?: string }
	/** Synthetic CDA report. */
	| { kind: 'cda'; key?: string; seed?: number; accessPoint?: string }
	| { kind: 'content'; key: string; base64: string; contentType: string; accessPoint?: string }
	/** Pseudo-random bytes, for files of any size. */
	| { kind: 'bytes'; key: string; size: number; accessPoint?: string };

export interface SandboxFile {
	key: string;
	/** Bytes. */
	size: number;
	/** Hex. */
	sha256: string;
	contentType: string;
	/** Set if the file is stored with one. Size and hash are those of the stored bytes. */
	contentEncoding?: string;
	/** Size and hash before compression, in bytes and hex. */
	unpacked?: { size: number; sha256: string };
	/** ARN. */
	accessPoint: string;
}

/** The body that Roche posts to the middleware (Roche's implementation guide). */
export interface RocheNotification {
	EmrOid: string;
	MessageId: string;
	MessageType: string;
	/** Epoch milliseconds, as a string. */
	MessageCreatedAt: string;
	/** `accesspoint`, `objectKey` and, for the pre-signed option, one more field with the URL. */
	MessageReference: Record<string, string>;
	MessageReceiptHandle: string;
}

/** Form of a notification, to test how a webhook handles it. Unset fields: as Roche sends it. */
export interface NotificationForm {
	/**
	 * `url`: `MessageReference` is the pre-signed URL (requires `presigned`); `text`: `MessageReference` is JSON in a string; `list`: a list of
	 * one; `webhook`: below `body`, beside `headers`.
	 */
	shape?: 'object' | 'url' | 'text' | 'list' | 'webhook';
	/** Declared only if `contentType` names it. `bom` is UTF-8 with a byte order mark. */
	charset?: 'utf-8' | 'bom' | 'iso-8859-1' | 'utf-16le';
	compression?: 'gzip' | 'deflate' | 'br';
	/** Header `Content-Type`; default `application/json`. */
	contentType?: string;
}

export interface NotifyRequest {
	objectKey: string;
	/** Default: "Clinical Report" for XML, else "Clinical Data". */
	messageType?: string;
	/** Unset: the notification is only returned, not posted and not redelivered automatically. */
	callbackUrl?: string;
	callbackAuth?: { user: string; password: string } | { headerName: string; headerValue: string };
	/** true = a URL valid for one hour in `presignedUrl` (the real field's name and lifetime are unknown). */
	presigned?: boolean | { field: string; expiresSeconds: number };
	/** ARN; default the granted one. */
	accessPoint?: string;
	/** Form of the posted notification. */
	form?: NotificationForm;
}

export interface NotifyResult {
	notification: RocheNotification;
	/** Value of the header `x-operation-id`. */
	operationId: string;
	callbackStatus?: number;
	/** Why there is no status. */
	callbackError?: string;
}

export interface SandboxDelivery {
	receiptHandle: string;
	operationId: string;
	/** ISO. */
	at: string;
	callbackStatus?: number;
	callbackError?: string;
}

export interface SandboxMessage {
	messageId: string;
	objectKey: string;
	/** Oldest first. Only the handle of the last one is valid. */
	deliveries: SandboxDelivery[];
	acknowledged: boolean;
	/** ISO. */
	acknowledgedAt?: string;
	/** Handle and operation id sent with the ACK. */
	acknowledgedWith?: { receiptHandle: string; operationId: string | null };
}

export interface EmrFile {
	name: string;
	/** Bytes. */
	size: number;
	/** Hex. */
	sha256: string;
	contentType: string;
	/** ISO. */
	at: string;
}

export interface PresignRequest {
	objectKey: string;
	/** 1 to 604800. */
	expiresSeconds: number;
	/** ARN; default the granted one. */
	accessPoint?: string;
}

export interface SandboxState {
	files: SandboxFile[];
	messages: SandboxMessage[];
	settings: SandboxSettings;
	/** Pending faults. */
	faults: FaultSpec[];
	/** Connections since the start. `api` and `s3` count TLS handshakes that succeeded. */
	connections: { proxy: number; api: number; s3: number };
	/** Bytes that the API and S3 servers sent since the start, TLS included. */
	sentBytes: { api: number; s3: number };
	/** Refused TLS handshakes of the API and S3 servers, newest last. */
	tlsErrors: Array<{ server: 'api' | 's3'; code: string; at: string }>;
}
