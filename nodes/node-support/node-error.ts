import {
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type JsonObject,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';
import { CancelledError } from '../errors/cancelled-error';
import { InvalidInputError } from '../errors/invalid-input-error';
import { ServiceError } from '../errors/service-error';
import { failureOf } from './failure-cause';
import { withoutSecrets } from './item-fields';

/** An error as n8n knows it. */
export type NodeFailure = NodeApiError | NodeOperationError;
/** Makes more fields for the item of a failure, of its message. */
export type WhenFailed = (message: string) => IDataObject;
/** What an item holds. */
export type ItemData = Pick<INodeExecutionData, 'json' | 'binary'>;

/**
 * The error as n8n shows and stores it. It is made from a bare Error: n8n logs and persists what it is made from, and takes codes such
 * as ECONNRESET in it as a reason to replace our message by its own.
 */
export function toNodeError(node: INode, error: unknown, itemIndex: number): NodeFailure {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	if (error instanceof ServiceError) {
		// The type asks for JSON, yet JSON is what n8n would persist whole.
		const bare = bareError(error.message) as unknown as JsonObject;
		const httpCode = error.statusCode === undefined ? undefined : String(error.statusCode);
		const nodeError = new NodeApiError(node, bare, {
			message: error.message,
			description: describe(error),
			httpCode,
			itemIndex,
			// n8n 1.x knows no such option, and leaves it out.
			failure: failureOf(error),
		});
		return withMessage(nodeError, error.message);
	}
	if (error instanceof InvalidInputError) {
		const nodeError = new NodeOperationError(node, bareError(error.message), { description: error.advice, itemIndex });
		return withMessage(nodeError, error.message);
	}
	if (error instanceof CancelledError) return new NodeOperationError(node, bareError(error.message), { itemIndex });
	// A fault of n8n (an expression, its storage) or of this package: its own words are the best there are.
	return new NodeOperationError(node, error instanceof Error ? error : String(error), { itemIndex });
}

/**
 * The item that stands for a failed one. It says so in `error`, and keeps the fields by which the message can be found again: by
 * itself, or through n8n, which adds the input's fields to items for the error output. All versions of n8n take an item for such that
 * holds nothing but `error` and `message`.
 * @param extra more fields for the item; not for the error output
 */
export function failedItem(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	index: number,
	error: NodeFailure,
	extra: IDataObject = {},
): INodeExecutionData {
	const pairedItem = { item: index };
	if (context.getNode().onError === 'continueErrorOutput') {
		return { json: { error: error.message, message: error.description ?? error.message }, pairedItem };
	}
	const failure = { error: error.message, details: detailsOf(error) };
	return { json: { ...withoutSecrets(item.json), ...extra, ...failure }, pairedItem };
}

function detailsOf(error: NodeFailure): IDataObject {
	const details: IDataObject = {};
	if (error.description) details.description = error.description;
	if (error instanceof NodeApiError && error.httpCode !== null) details.httpCode = error.httpCode;
	return details;
}

/** What to do, and what to tell Roche: the request id finds the request in their logs. */
export function describe({ explanation, originRequestId, attempts }: ServiceError): string {
	const tried = attempts > 1 ? ` (${attempts} attempts)` : '';
	return originRequestId === undefined
		? explanation + tried
		: `${explanation} x-origin-request-id: ${originRequestId}${tried}`;
}

/** n8n replaces messages in which it finds the letters of an error code, "EACCES" in "fileAccess" too. */
function withMessage<T extends NodeFailure>(error: T, message: string): T {
	error.message = message;
	return error;
}

function bareError(message: string): Error {
	const error = new Error(message);
	// Frames of this package are of no use to the user, and n8n stores the stack.
	error.stack = `Error: ${message}`;
	return error;
}
