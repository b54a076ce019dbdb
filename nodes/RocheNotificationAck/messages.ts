import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { itemParameter } from '../node-support/parameters';
import { type StepBefore, stepsBefore } from './steps-before';
import { failedNodeOf, failureOfItem, leftBehind } from './upstream-failure';

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

/** The field by which an item, or one that it was made of, tells its message. */
const HANDLE = 'MessageReceiptHandle';

/**
 * Reads the messages before any is acknowledged: when one of several items of a message failed (one observation of a bundle, say), the
 * message was not delivered, and none of its items may acknowledge it.
 */
export function messagesOf(context: IExecuteFunctions): Messages {
	const items = context.getInputData();
	const before = stepsBefore(context);
	const failedNode = failedNodeOf(before.steps);
	const messageOf = messageReader(context);
	const failures = items.map(failureOfItem);
	const handlesOf = (item: INodeExecutionData, step?: StepBefore): unknown[] =>
		before.ancestorsWith(HANDLE, item, step).map((json) => json[HANDLE]);

	const failedHandles = new Set<unknown>();
	let failedWithoutHandle = false;
	for (const [index, item] of items.entries()) {
		if (failures[index] === undefined) continue;
		const own = handleOfFailed(messageOf, index);
		// Nodes and n8n itself take the fields from an item that failed: the items that it was made of have them.
		const handles = own === undefined ? handlesOf(item) : [own];
		for (const handle of handles) failedHandles.add(handle);
		failedWithoutHandle ||= handles.length === 0;
	}
	for (const { item, step } of leftBehind(before.steps)) {
		for (const handle of HANDLE in item.json ? [item.json[HANDLE]] : handlesOf(item, step)) failedHandles.add(handle);
	}

	return {
		messageOf,
		reasonToHoldBack: (index) => {
			if (failedNode !== undefined)
				return `The step "${failedNode}" failed, and n8n went on as its setting "On Error" says`;
			if (failures[index] !== undefined) return failures[index];
			if (failedWithoutHandle) return 'Another item failed, and it does not tell which message it belongs to';
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

/** An expression may not find its way back from an item that failed. */
function handleOfFailed(messageOf: (index: number) => Message, index: number): unknown {
	try {
		const { receiptHandle } = messageOf(index);
		return receiptHandle === '' || receiptHandle === null ? undefined : receiptHandle;
	} catch {
		return undefined;
	}
}
