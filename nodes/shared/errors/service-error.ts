import type { Cause, Failure } from './failure';

/** What a service error contains besides its message. */
export interface ServiceErrorDetails extends Omit<Failure, 'message' | 'answerLost'> {
	/** Identifies the kind of failure: the code of a row in a failure table, or the network code. */
	code: string;
	/** HTTP status, when there was an answer. */
	statusCode?: number;
	/** The request may have been carried out although no answer came back. */
	answerLost?: boolean;
	/** How long the service asked to wait before the next attempt, in ms. */
	retryAfterMs?: number;
	/** The reason that the answer gives, without anything that was sent. */
	said?: string;
}

/**
 * The Partners Services API or S3 could not be reached, refused a request, or sent an unusable answer.
 * Message and advice come from a table, never from the answer's body or the request, so they cannot contain secrets or health data. The answer's own
 * words are kept separately, in `said`, without anything that was sent.
 */
export class ServiceError extends Error implements ServiceErrorDetails {
	override readonly name = 'ServiceError';
	readonly advice: string;
	readonly code: string;
	readonly statusCode?: number;
	readonly retry: boolean;
	readonly answerLost: boolean;
	readonly causedBy?: Cause;
	readonly retryAfterMs?: number;
	readonly said?: string;
	/** The `x-origin-request-id` of the request, by which Roche's support finds it. Set by the caller that chose it. */
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
		this.causedBy = details.causedBy;
		this.retryAfterMs = details.retryAfterMs;
		this.said = details.said;
	}

	/** What to do, and the reason that the answer gives. */
	get explanation(): string {
		return this.said === undefined ? this.advice : `${this.advice} The answer says: "${this.said}".`;
	}
}
