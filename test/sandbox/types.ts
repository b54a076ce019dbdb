import type { ClientIdentity, IdentityName } from './identity-types';

export type { ClientIdentity, IdentityName } from './identity-types';

/** What the sandbox's user puts into the n8n credential, field by field. */
export interface SandboxCredential extends ClientIdentity {
	environment: 'demo';
	baseUrl: '';
	orgId: string;
	clientId: string;
	clientSecret: string;
	/** Several PEM blocks: the root and two intermediates that sign the API's server certificate. */
	caCertificates: string;
}

/** Everything that a user or a test needs to reach a running sandbox. */
export interface SandboxInfo {
	/** Plain HTTP on loopback. */
	controlUrl: string;
	/** For HTTPS_PROXY. */
	proxyUrl: string;
	/** The production base URL of the demo environment, reached through the proxy. */
	apiBaseUrl: string;
	/** The production base URL of the live environment, reached through the proxy. */
	liveApiBaseUrl: string;
	/** The API server without the proxy, for the credential's environment `custom`. Same CA, same client certificates. */
	customApiBaseUrl: string;
	orgId: string;
	credential: SandboxCredential;
	identities: Record<IdentityName, ClientIdentity>;
	/** ARN that every token grants, unless the setting `awsResources` says otherwise. */
	accessPoint: string;
	/** ARN that exists and that no token grants. */
	otherAccessPoint: string;
	/** The "public" CA of the S3 hosts (PEM), for NODE_EXTRA_CA_CERTS or `tls.setDefaultCACertificates`. */
	s3Ca: string;
	/** Path of a file that holds `s3Ca`; it is removed at close. */
	s3CaFile: string;
}

/** Settings that can be changed while the sandbox runs. Unset fields stay as they are. */
export interface SandboxSettings {
	/** Lifetime of tokens made from now on, in seconds; default 3600 (Roche's own is not documented). */
	tokenLifetimeSeconds: number;
	/** 1 = redelivery after 30 minutes; 1800 = after one second. */
	redeliverySpeed: number;
	/** What an ACK with an older delivery's handle, or of an acknowledged message, gets: 400, or 200 without effect. */
	staleHandle: 'reject' | 'ignore';
	/** Status with which the proxy refuses every CONNECT, and the ways to sign in that it offers with 407 (default Basic); null = it works. */
	proxy: { status: number; offers?: string } | null;
	/** Added to the clocks of API and S3, in seconds. */
	clockOffsetSeconds: number;
	/** What Get Token answers and grants; null = `[accessPoint]`. */
	awsResources: string[] | null;
	/** What the way to Roche and S3 takes, there and back, in ms; default 0. The proxy delays what it carries. */
	latencyMs: number;
	/** Status with which the stand-in EMR refuses files; null = it stores them (201). */
	emrStatus: number | null;
	/** How bundles and CDA reports are stored whose request says nothing of it; null = as they are, in UTF-8. */
	contentEncoding: string | null;
	charset: FileCharset | null;
}

/** For clients only; for another name; expired; not valid yet. */
export type BadServerCertificate = 'clientOnly' | 'otherName' | 'expired' | 'notYetValid';

export interface SandboxOptions extends Partial<SandboxSettings> {
	/** 0 or unset: any free port. */
	controlPort?: number;
	proxyPort?: number;
	/** What the API server sends beside its own certificate; default `intermediates`. `caCertificates` is enough for both. */
	serverChain?: 'intermediates' | 'leaf';
	/** What is wrong with the API server's certificate; nothing unless it is given. */
	serverCertificate?: BadServerCertificate;
}

/** How a made file is stored. */
export interface StoredAs {
	/** Header `Content-Encoding`; what it names of gzip, deflate and br is done to the file, but to one of the kind `content`. */
	contentEncoding?: string;
	/** Character encoding of a bundle, which Content-Type names, or of a CDA report, whose XML declaration names it. */
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
	/** Set for a file that is stored with one. Size and hash are of the stored bytes. */
	contentEncoding?: string;
	/** Before it was packed: bytes, and hex. */
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

/** How a notification is written down, for trying what a webhook makes of it. Unset fields: as Roche does it. */
export interface NotificationForm {
	/** `url` (with `presigned`) and `text`: what `MessageReference` is; `list`: of one; `webhook`: below `body`, beside `headers`. */
	shape?: 'object' | 'url' | 'text' | 'list' | 'webhook';
	/** Not declared by itself: see `contentType`. `bom` is UTF-8 with a byte order mark. */
	charset?: 'utf-8' | 'bom' | 'iso-8859-1' | 'utf-16le';
	compression?: 'gzip' | 'deflate' | 'br';
	/** Value of the header; default `application/json`. */
	contentType?: string;
}

export interface NotifyRequest {
	objectKey: string;
	/** Default: "Clinical Report" for XML, else "Clinical Data". */
	messageType?: string;
	/** Unset: nothing is posted, the notification is only returned (and never redelivered by the clock). */
	callbackUrl?: string;
	callbackAuth?: { user: string; password: string } | { headerName: string; headerValue: string };
	/** true = a URL for one hour in `presignedUrl` (the real field's name and lifetime are unknown). */
	presigned?: boolean | { field: string; expiresSeconds: number };
	/** ARN; default the granted one. */
	accessPoint?: string;
	/** Of what is posted. */
	form?: NotificationForm;
}

export interface NotifyResult {
	notification: RocheNotification;
	/** Value of the header `x-operation-id`. */
	operationId: string;
	callbackStatus?: number;
	/** Why the callback gave no status. */
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
	/** Oldest first; only the last one's handle is fresh. */
	deliveries: SandboxDelivery[];
	acknowledged: boolean;
	/** ISO. */
	acknowledgedAt?: string;
	/** Handle and operation id that came with the ACK. */
	acknowledgedWith?: { receiptHandle: string; operationId: string | null };
}

export type Fault =
	/** Answered instead of carrying out the request. S3 gets AWS's XML when there is no body. */
	| { kind: 'status'; status: number; body?: string; headers?: Record<string, string> }
	/** Nothing is carried out, the connection is cut. */
	| { kind: 'drop'; when: 'before-headers' }
	/** Headers with the full length, `afterBytes` bytes of the body, then the connection is cut. */
	| { kind: 'drop'; when: 'in-body'; afterBytes: number }
	/** The request is carried out, then the connection is cut without an answer. */
	| { kind: 'process-then-drop' }
	/** Nothing is carried out and nothing is answered; the connection stays open. */
	| { kind: 'stall'; when: 'headers' }
	/** Headers and `afterBytes` (default 0) bytes of the body, then silence. */
	| { kind: 'stall'; when: 'body'; afterBytes?: number }
	/** Carried out after `ms` milliseconds. */
	| { kind: 'delay'; ms: number }
	/** One byte of the answer's body is changed; length and headers are the right ones. */
	| { kind: 'corrupt' }
	/** The header Content-Length differs from the body's length by so many bytes; then the connection is closed. */
	| { kind: 'length'; by: number };

export type FaultTarget = 'token' | 'ack' | 's3';

export interface FaultSpec {
	target: FaultTarget;
	/** How many requests it meets; default 1. */
	times?: number;
	/** Only requests whose object key (s3) or receipt handle (ack) contains this. */
	match?: string;
	fault: Fault;
}

/** `sandbox` is the call that has Roche's own sandbox send notifications. */
export type RequestTarget = FaultTarget | 'sandbox' | 'api-other' | 'proxy';

export interface RecordedRequest {
	target: RequestTarget;
	method: string;
	host: string;
	/** As on the wire, query included. */
	path: string;
	/** Names in lower case. */
	headers: Record<string, string>;
	/** Names in the sender's case and order. */
	rawHeaders: Array<[string, string]>;
	/** null: cut or never answered. */
	status: number | null;
	/** ISO. */
	at: string;
	/** Kind of the fault that it met. */
	fault?: Fault['kind'];
	/** Decoded (s3 only). */
	objectKey?: string;
	/** AWS error code (s3 only). */
	errorCode?: string;
	/** Bytes of the request's body. */
	bodyBytes: number;
	clientCertificateSubject: string | null;
	/** Requests with the same target and number came over the same TLS connection. */
	connectionId: number;
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
	/** Faults that still wait for their request. */
	faults: FaultSpec[];
	/** Connections since the start. `api` and `s3` count TLS handshakes that succeeded. */
	connections: { proxy: number; api: number; s3: number };
	/** Bytes that the API and S3 servers sent since the start, TLS included. */
	sentBytes: { api: number; s3: number };
	/** Refused TLS handshakes of the API and S3 servers, newest last. */
	tlsErrors: Array<{ server: 'api' | 's3'; code: string; at: string }>;
}
