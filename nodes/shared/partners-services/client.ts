import { randomUUID } from 'node:crypto';
import { ServiceError } from '../errors/service-error';
import type { Pace } from '../wire/pace';
import { withRetries } from '../wire/retry';
import type { Token } from './token';
import { readToken } from './token-answer';
import { isWebPage } from './answer-texts';
import type { Connection } from './connection';
import { INVALID_RECEIPT_HANDLE, unusableAnswer } from '../failures/partners-services';
import { headerValue, organizationId, originRequestId } from './header-value';
import { post } from './post';
import { sandboxCall, type SandboxRequest } from './sandbox-call';

/** Settings of one call. */
export interface CallOptions {
	/** Used instead of the credential's organization. */
	orgId?: string;
	/** A UUID; a new one is generated if it is left out. */
	originRequestId?: string;
	/** Per attempt, in ms. */
	timeout: number;
	/** Attempts in all. */
	maxAttempts: number;
	signal?: AbortSignal;
	/** Notified when Roche asks for fewer requests. */
	pace?: Pace;
}

/** Result of an acknowledgement. */
export interface Acknowledgement {
	/** Roche refused the receipt handle on a retry after the answer to an earlier attempt was lost: the earlier one had succeeded. */
	alreadyAcknowledged: boolean;
	statusCode: number;
	originRequestId: string;
	/** The notification's `x-operation-id`, if it was known. */
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
 * Calls Get Token, which returns temporary AWS credentials for the organization's S3 access points. Safe to repeat, so it is retried.
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
 * Calls Notification ACK, which tells Roche that the message was processed and must not be sent again. Must be called only after the file was
 * delivered. Safe to repeat: if a retry is refused after an answer was lost, the attempt with the lost answer succeeded.
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
			const done = { originRequestId: requestId, operationId, attempts };
			try {
				const { status, body } = await post(connection, { path: 'v1/notification/ack', headers, ...options });
				// Roche's answer is not documented. A web page comes from a device in between: Roche has not received the request.
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
 * Asks Roche's sandbox to send a notification (implementation guide). Never retried: each request may cause another notification. The
 * sandbox's answer is not documented and might repeat the password of the callback, so it is not returned.
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

/** Builds the headers that all services need (API page, "Request Headers"); `Accept` is from the guide's example. */
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

/** Adds the request id, by which Roche's support finds the request, to a ServiceError. */
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
