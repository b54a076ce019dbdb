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

/** The errors that n8n expects of a node. */
export type NodeFailure = NodeApiError | NodeOperationError;
/** Returns additional fields for the item of a failure with this message. */
export type WhenFailed = (message: string) => IDataObject;
/** The content of an item. */
export type ItemData = Pick<INodeExecutionData, 'json' | 'binary'>;

/**
 * Returns the error that n8n shows and stores. It wraps a bare Error, not the original one: n8n logs and stores what it wraps, and replaces the
 * message with its own if it finds codes such as ECONNRESET there.
 */
export function toNodeError(node: INode, error: unknown, itemIndex: number): NodeFailure {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	if (error instanceof ServiceError) {
		// The type asks for JSON, but n8n would store that in full.
		const bare = bareError(error.message) as unknown as JsonObject;
		const httpCode = error.statusCode === undefined ? undefined : String(error.statusCode);
		const nodeError = new NodeApiError(node, bare, {
			message: error.message,
			description: describe(error),
			httpCode,
			itemIndex,
			// n8n 1.x does not know this option, and ignores it.
			failure: failureOf(error),
		});
		return withMessage(nodeError, error.message);
	}
	if (error instanceof InvalidInputError) {
		const nodeError = new NodeOperationError(node, bareError(error.message), { description: error.advice, itemIndex });
		return withMessage(nodeError, error.message);
	}
	if (error instanceof CancelledError) return new NodeOperationError(node, bareError(error.message), { itemIndex });
	// A fault in n8n (an expression, its storage) or in this package: its own message is the best available.
	return new NodeOperationError(node, error instanceof Error ? error : String(error), { itemIndex });
}

/**
 * Returns the item that represents a failed one. Its field `error` has the message. It also needs the input's fields, by which the Roche message
 * can be found again: they are copied here or, for the error output, added by n8n. All versions of n8n send an item to the error output that
 * contains only `error` and `message`.
 * @param extra additional fields for the item; not for the error output
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

/** Returns what to do, and the request id, by which Roche finds the request in its logs. */
export function describe({ explanation, originRequestId, attempts }: ServiceError): string {
	const tried = attempts > 1 ? ` (${attempts} attempts)` : '';
	return originRequestId === undefined
		? explanation + tried
		: `${explanation} x-origin-request-id: ${originRequestId}${tried}`;
}

/** Restores the message: n8n replaces one that contains the letters of an error code, even "EACCES" in "fileAccess". */
function withMessage<T extends NodeFailure>(error: T, message: string): T {
	error.message = message;
	return error;
}

function bareError(message: string): Error {
	const error = new Error(message);
	// Without stack frames of this package: users cannot use them, and n8n stores the stack.
	error.stack = `Error: ${message}`;
	return error;
}
