import type { IExecuteFunctions } from 'n8n-workflow';
import { itemParameter } from '../node-support/parameters';
import { failedNodeBefore, failureOfItem } from './upstream-failure';

/** The message that an item stands for. */
export interface Message {
	receiptHandle: unknown;
	operationId: unknown;
}

/** The messages of all items, and which of them must not be acknowledged. */
export interface Messages {
	messageOf(index: number): Message;
	/** Why the item's message must not be acknowledged, in words; undefined when nothing speaks against it. */
	reasonToHoldBack(index: number): string | undefined;
}

/**
 * Reads the messages before any is acknowledged: when one of several items of a message failed (one observation of a bundle, say), the
 * message was not delivered, and none of its items may acknowledge it.
 */
export function messagesOf(context: IExecuteFunctions): Messages {
	const items = context.getInputData();
	const failedNode = failedNodeBefore(context);
	const messageOf = messageReader(context);
	const failures = items.map(failureOfItem);
	const failedHandles = new Set<unknown>();
	for (const [index, failure] of failures.entries()) {
		if (failure !== undefined) failedHandles.add(handleOfFailed(messageOf, index));
	}
	failedHandles.delete(undefined);

	return {
		messageOf,
		reasonToHoldBack: (index) => {
			if (failedNode !== undefined)
				return `The step "${failedNode}" failed, and n8n went on as its setting "On Error" says`;
			if (failures[index] !== undefined) return failures[index];
			// Only worth an expression when something failed.
			if (failedHandles.size === 0 || !failedHandles.has(messageOf(index).receiptHandle)) return undefined;
			return 'Another item of the same message carries the failure of an earlier step';
		},
	};
}

function messageReader(context: IExecuteFunctions): (index: number) => Message {
	const items = context.getInputData();
	const source = itemParameter(context, 'source');
	return (index) => {
		if (source(index) === 'define') {
			return {
				receiptHandle: context.getNodeParameter('receiptHandle', index),
				operationId: context.getNodeParameter('operationId', index),
			};
		}
		const json = items[index]?.json;
		return { receiptHandle: json?.MessageReceiptHandle, operationId: json?.operationId };
	};
}

/** An expression may not find its way back from an item that failed: then the item stands for no other. */
function handleOfFailed(messageOf: (index: number) => Message, index: number): unknown {
	try {
		return messageOf(index).receiptHandle;
	} catch {
		return undefined;
	}
}
