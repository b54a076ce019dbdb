import { randomUUID } from 'node:crypto';
import { ServiceError } from '../errors/service-error';
import type { Pace } from '../wire/pace';
import { withRetries } from '../wire/retry';
import type { Token } from './token';
import { readToken } from './token-answer';
import { isWebPage } from './answer-texts';
import type { Connection } from './connection';
import { INVALID_RECEIPT_HANDLE, unusableAnswer } from './failures';
import { headerValue, organizationId, originRequestId } from './header-value';
import { post } from './post';
import { sandboxCall, type SandboxRequest } from './sandbox-call';

/** Settings of one call. */
export interface CallOptions {
	/** In place of the credential's organization. */
	orgId?: string;
	/** A UUID; a fresh one is made when it is left out. */
	originRequestId?: string;
	/** Per attempt, in ms. */
	timeout: number;
	/** Attempts in all. */
	maxAttempts: number;
	signal?: AbortSignal;
	/** Is told when Roche asks for fewer requests. */
	pace?: Pace;
}

/** What is known of an acknowledgement. */
export interface Acknowledgement {
	/** Roche refused a repeated receipt handle after the answer to the first attempt was lost: the first one had counted. */
	alreadyAcknowledged: boolean;
	statusCode: number;
	originRequestId: string;
	/** Echo of the notification's `x-operation-id`, when it was known. */
	operationId?: string;
	attempts: number;
	acknowledgedAt: Date;
}

/** A call whose parameters have been checked; nothing has been sent. */
interface PreparedCall {
	requestId: string;
	headers: Record<string, string>;
}

/**
 * Get Token: temporary AWS credentials for the organization's S3 access points. Safe to repeat, so it is retried.
 * @throws InvalidInputError before any request; ServiceError; CancelledError
 */
export async function getToken(connection: Connection, options: CallOptions): Promise<Token> {
	const { requestId, headers } = prepare(connection, options);
	return await identified(requestId, () =>
		withRetries(options, async () => {
			const { body } = await post(connection, { path: 'v1/token', headers, ...options });
			return readToken(body, requestId);
		}),
	);
}

/**
 * Notification ACK: tells Roche that the message was processed, so that it is not sent again. To be called only when the file
 * was delivered. Repeating it does no harm; a repetition that is refused after a lost answer means that the lost one succeeded.
 * @throws InvalidInputError before any request; ServiceError; CancelledError
 */
export async function acknowledge(
	connection: Connection,
	message: { receiptHandle: unknown; operationId?: unknown },
	options: CallOptions,
): Promise<Acknowledgement> {
	const { requestId, headers } = prepare(connection, options);
	headers.receiptHandle = headerValue('Receipt Handle', message.receiptHandle);
	const operationId = isGiven(message.operationId) ? headerValue('Operation ID', message.operationId) : undefined;
	if (operationId !== undefined) headers['x-operation-id'] = operationId;

	let answerLost = false;
	return await identified(requestId, () =>
		withRetries(options, async (attempts) => {
			const done = { originRequestId: requestId, operationId, attempts, acknowledgedAt: new Date() };
			try {
				const { status, body } = await post(connection, { path: 'v1/notification/ack', headers, ...options });
				// What Roche answers is not documented; a web page is of a device in between, and Roche knows of nothing.
				if (isWebPage(body)) throw unusableAnswer('ANSWER_IS_WEB_PAGE');
				return { ...done, alreadyAcknowledged: false, statusCode: status, acknowledgedAt: new Date() };
			} catch (error) {
				if (!(error instanceof ServiceError)) throw error;
				if (error.code === INVALID_RECEIPT_HANDLE && answerLost) {
					const { statusCode = 400 } = error;
					return { ...done, alreadyAcknowledged: true, statusCode, acknowledgedAt: new Date() };
				}
				answerLost ||= error.answerLost;
				throw error;
			}
		}),
	);
}

/**
 * Asks Roche's sandbox to send a notification (implementation guide). One attempt: a repetition would be one more notification. What
 * the sandbox answers is not documented, and might repeat the password of the callback: it is not given out.
 * @throws InvalidInputError before any request; ServiceError; CancelledError
 */
export async function requestSandboxNotification(
	connection: Connection,
	request: SandboxRequest,
	options: CallOptions,
): Promise<{ originRequestId: string; requestedAt: Date }> {
	const call = sandboxCall(connection, request);
	const { requestId, headers } = prepare(connection, options);
	const requestedAt = new Date();
	await identified(requestId, () => post(connection, { ...call, headers, ...options }));
	return { originRequestId: requestId, requestedAt };
}

/** The headers of all services (API page, "Request Headers"); `Accept` is in the guide's example. */
function prepare(connection: Connection, options: CallOptions): PreparedCall {
	const requestId = isGiven(options.originRequestId) ? originRequestId(options.originRequestId) : randomUUID();
	const orgId = isGiven(options.orgId) ? organizationId('Organization ID', options.orgId) : connection.orgId;
	const headers = {
		org_id: orgId,
		'x-origin-request-id': requestId,
		client_id: connection.clientId,
		client_secret: connection.clientSecret,
		'Content-Type': 'application/json',
		Accept: 'application/json',
	};
	return { requestId, headers };
}

/** Puts the request id into the error, by which Roche's support finds the request. */
async function identified<T>(requestId: string, call: () => Promise<T>): Promise<T> {
	try {
		return await call();
	} catch (error) {
		if (error instanceof ServiceError) error.originRequestId = requestId;
		throw error;
	}
}

function isGiven(value: unknown): boolean {
	return value !== undefined && value !== null && value !== '';
}
