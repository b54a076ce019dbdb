export type Fault =
	/** Sent instead of executing the request. Without `body`, S3 sends the XML of AWS. */
	| { kind: 'status'; status: number; body?: string; headers?: Record<string, string> }
	/** The request is not executed and the connection is cut. */
	| { kind: 'drop'; when: 'before-headers' }
	/** Headers with the full length and `afterBytes` bytes of the body are sent, then the connection is cut. */
	| { kind: 'drop'; when: 'in-body'; afterBytes: number }
	/** The request is executed, then the connection is cut without an answer. */
	| { kind: 'process-then-drop' }
	/** The request is neither executed nor answered; the connection stays open. */
	| { kind: 'stall'; when: 'headers' }
	/** Headers and `afterBytes` (default 0) bytes of the body are sent, then nothing more; the connection stays open. */
	| { kind: 'stall'; when: 'body'; afterBytes?: number }
	/** The request is executed after `ms` milliseconds. */
	| { kind: 'delay'; ms: number }
	/** One byte of the answer's body is changed; length and headers are correct. */
	| { kind: 'corrupt' }
	/** Content-Length differs from the body's length by `by` bytes; the connection is closed after the body. */
	| { kind: 'length'; by: number };

export type FaultTarget = 'token' | 'ack' | 's3';

export interface FaultSpec {
	target: FaultTarget;
	/** Number of requests it applies to; default 1. */
	times?: number;
	/** Only requests whose object key (s3) or receipt handle (ack) contains this. */
	match?: string;
	fault: Fault;
}

/** `sandbox` is the call that makes Roche's own sandbox send notifications. */
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
	/** null: cut, or not answered. */
	status: number | null;
	/** ISO. */
	at: string;
	/** Kind of the fault applied to it. */
	fault?: Fault['kind'];
	/** Decoded (s3 only). */
	objectKey?: string;
	/** AWS error code (s3 only). */
	errorCode?: string;
	/** Bytes of the request's body. */
	bodyBytes: number;
	clientCertificateSubject: string | null;
	/** Requests with the same target and number used the same TLS connection. */
	connectionId: number;
}
