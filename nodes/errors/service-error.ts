/** What a service error carries beside its message. */
export interface ServiceErrorDetails {
	/** What the user can do about it. */
	advice: string;
	/** Name of the row of a failure table: an HTTP status, a network code or an S3 error code. */
	code: string;
	/** HTTP status, when there was an answer. */
	statusCode?: number;
	/** Whether the same request may succeed when it is sent again. */
	retry: boolean;
	/** The request may have been carried out although no answer came back. */
	answerLost?: boolean;
	/** Earliest moment of the next attempt as the service asked for it, in ms from now. */
	retryAfterMs?: number;
	/** What the answer says of itself, without anything that was sent. */
	said?: string;
}

/**
 * The Partners Services API or S3 could not be reached, refused a request or answered with something unusable.
 * Message and advice come from a table, never from the answer's body or the request: neither a secret nor health data can get in. What the answer
 * says stands apart, cleaned of all that was sent.
 */
export class ServiceError extends Error implements ServiceErrorDetails {
	override readonly name = 'ServiceError';
	readonly advice: string;
	readonly code: string;
	readonly statusCode?: number;
	readonly retry: boolean;
	readonly answerLost: boolean;
	readonly retryAfterMs?: number;
	readonly said?: string;
	/** The `x-origin-request-id` of the request; Roche's support finds the request by it. Set by the caller that chose it. */
	originRequestId?: string;
	/** How many attempts were made. */
	attempts = 1;

	constructor(message: string, details: ServiceErrorDetails) {
		super(message);
		this.advice = details.advice;
		this.code = details.code;
		this.statusCode = details.statusCode;
		this.retry = details.retry;
		this.answerLost = details.answerLost ?? false;
		this.retryAfterMs = details.retryAfterMs;
		this.said = details.said;
	}

	/** What to do, and what the answer says. */
	get explanation(): string {
		return this.said === undefined ? this.advice : `${this.advice} The answer says: "${this.said}".`;
	}
}
