import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { RefusedNotification } from '../notification/refused-notification';

/** A notification has about a kilobyte, with a pre-signed URL some more. In bytes. */
const LARGEST_BODY = 256 * 1024;

const TOO_LARGE = `The body is larger than ${LARGEST_BODY / 1024} KB.`;

/** What is used of n8n's request, whose type comes from a package that is not needed otherwise (Express). */
interface WebhookRequest {
	headers: Record<string, string | string[] | undefined>;
	/** Unset until the body was read. */
	rawBody?: Buffer;
	readRawBody(): Promise<void>;
}

interface WebhookResponse {
	status(code: number): WebhookResponse;
	setHeader(name: string, value: string): void;
	json(body: IDataObject): void;
}

/**
 * The body of a webhook's request as text, unpacked by n8n where it came compressed.
 * @throws RefusedNotification 413 when it is too large, 400 when it cannot be read
 */
export async function requestBody(context: IWebhookFunctions): Promise<string> {
	const request = context.getRequestObject() as unknown as WebhookRequest;
	if (Number(request.headers['content-length']) > LARGEST_BODY) throw new RefusedNotification(413, TOO_LARGE);
	try {
		// n8n's own limit (N8N_PAYLOAD_SIZE_MAX) holds while it is read.
		await request.readRawBody();
	} catch (error) {
		if (statusOf(error) === 413) throw new RefusedNotification(413, TOO_LARGE);
		throw new RefusedNotification(400, 'The body could not be read to its end.');
	}
	// Compressed, or without a length in front, only the whole body tells.
	const body = request.rawBody ?? Buffer.alloc(0);
	if (body.length > LARGEST_BODY) throw new RefusedNotification(413, TOO_LARGE);
	return body.toString('utf8');
}

function statusOf(error: unknown): unknown {
	return typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
}

/** Answers a request that is not accepted; nothing starts. */
export function refuse(context: IWebhookFunctions, refused: RefusedNotification): IWebhookResponseData {
	const { status, message, field } = refused;
	const response = context.getResponseObject() as unknown as WebhookResponse;
	if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="Roche notifications", charset="UTF-8"');
	// What is left of the body is not read.
	if (status === 413) response.setHeader('Connection', 'close');
	return answer(context, status, { status: 'error', error: message, ...(field !== undefined && { field }) });
}

/** Answers at once; nothing starts. */
export function answer(context: IWebhookFunctions, status: number, body: IDataObject): IWebhookResponseData {
	const response = context.getResponseObject() as unknown as WebhookResponse;
	response.status(status).json(body);
	return { noWebhookResponse: true };
}
