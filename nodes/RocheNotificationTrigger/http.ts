import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { decoded } from '../shared/notification/charset';
import { RefusedNotification } from '../shared/notification/refused-notification';

/** In bytes. A notification is about a kilobyte, somewhat more with a pre-signed URL. */
const LARGEST_BODY = 256 * 1024;

const TOO_LARGE = `The body is larger than ${LARGEST_BODY / 1024} KB.`;

/** The parts of n8n's request that are used here. Its type is in a package that is not needed otherwise (Express). */
interface WebhookRequest {
	headers: Record<string, string | string[] | undefined>;
	/** Unset until the body has been read. */
	rawBody?: Buffer;
	readRawBody(): Promise<void>;
}

interface WebhookResponse {
	status(code: number): WebhookResponse;
	setHeader(name: string, value: string): void;
	json(body: IDataObject): void;
}

/** Encodings that n8n unpacks, and those that mean uncompressed; n8n compares as strictly. */
const UNPACKED = ['gzip', 'deflate', 'identity', ''];

/**
 * Returns the body of a webhook's request as a string. n8n has already read JSON, forms, XML and plain text, and has kept the bytes; it
 * reads other bodies now. It unpacks gzip and deflate.
 * @throws RefusedNotification 413 if the body is too large; 415 for another compression or encoding, or a form with several parts; 400 if
 * it cannot be read
 */
export async function requestBody(context: IWebhookFunctions): Promise<string> {
	const request = context.getRequestObject() as unknown as WebhookRequest;
	const { 'content-encoding': packed = '', 'content-type': contentType = '' } = request.headers;
	if (!UNPACKED.includes(String(packed))) {
		throw new RefusedNotification(415, 'The compression of the body is not supported; gzip and deflate are.');
	}
	if (/^\s*multipart\//i.test(String(contentType))) {
		throw new RefusedNotification(415, 'The body is a multipart form. Send the notification as JSON.');
	}
	try {
		// n8n's own limit (N8N_PAYLOAD_SIZE_MAX) applies while it reads.
		await request.readRawBody();
	} catch (error) {
		if (statusOf(error) === 413) throw new RefusedNotification(413, TOO_LARGE);
		throw new RefusedNotification(400, 'The body could not be read completely.');
	}
	const body = request.rawBody ?? Buffer.alloc(0);
	if (body.length > LARGEST_BODY) throw new RefusedNotification(413, TOO_LARGE);
	return decoded(body, String(contentType));
}

function statusOf(error: unknown): unknown {
	return typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
}

/** Answers a request that is refused. The workflow does not start. */
export function refuse(context: IWebhookFunctions, refused: RefusedNotification): IWebhookResponseData {
	const { status, message, field } = refused;
	const response = context.getResponseObject() as unknown as WebhookResponse;
	// Sent whatever the credential requires: some callers send user and password only when they are asked (RFC 7235, section 3.1).
	if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="webhook", charset="UTF-8"');
	return answer(context, status, { status: 'error', error: message, ...(field !== undefined && { field }) });
}

/** Answers at once. The workflow does not start. */
export function answer(context: IWebhookFunctions, status: number, body: IDataObject): IWebhookResponseData {
	const response = context.getResponseObject() as unknown as WebhookResponse;
	response.status(status).json(body);
	return { noWebhookResponse: true };
}
