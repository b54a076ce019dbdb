import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { itemParameter } from '../node-support/parameters';
import { headerValue } from '../partners-services/header-value';
import type { AckOptions } from './properties';
import { type FindHandles, handleFinder } from './receipt-handles';
import { historyOf, type PutOut } from './run-history';
import { failureOfItem, openFailures } from './upstream-failure';

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

/** What failed, and the messages that were not delivered for it. */
interface HeldBack {
	/** Reasons by receipt handle. */
	handles: Map<string, string>;
	/** Why no message at all may be acknowledged. */
	all?: string;
}

/**
 * Reads the messages before any is acknowledged: when one of several items of a message failed (one observation of a bundle, say), the
 * message was not delivered, and none of its items may acknowledge it. Where a failure does not tell its message, it may be any of them.
 */
export function messagesOf(context: IExecuteFunctions): Messages {
	const items = context.getInputData();
	const { acceptRecovered = false } = context.getNodeParameter('options', 0, {}) as AckOptions;
	const messageOf = messageReader(context);
	const failures = items.map(failureOfItem);
	const history = historyOf(context);
	const failedBefore = openFailures(history, items, acceptRecovered);
	const handleOf = (index: number): string | undefined => handleOrNothing(messageOf, index);
	if (history.pinned !== undefined) {
		const reason = `The output of the step "${history.pinned}" is pinned, so that it did not run`;
		return { messageOf, reasonToHoldBack: (index) => failures[index] ?? reason };
	}
	// Only worth expressions and a look into all items when something failed.
	if (failedBefore.length + history.waiting.length === 0 && failures.every((failure) => failure === undefined)) {
		return { messageOf, reasonToHoldBack: () => undefined };
	}

	const known = new Set(items.flatMap((_item, index) => handleOf(index) ?? []));
	const find = handleFinder(history, known);
	const failed = items.flatMap((item, index) =>
		failures[index] === undefined ? [] : [{ item, own: handleOf(index) }],
	);
	const { handles, all } = holdBack(failed, failedBefore, history.waiting, find);
	return {
		messageOf,
		reasonToHoldBack: (index) => {
			if (failures[index] !== undefined || all !== undefined) return failures[index] ?? all;
			// What the item was made of counts as well: its handle may have been changed on the way.
			const item = items[index];
			const own = [handleOf(index), ...(item ? find(item) : [])];
			const failedOne = own.find((handle) => handle !== undefined && handles.has(handle));
			return failedOne === undefined ? undefined : handles.get(failedOne);
		},
	};
}

function holdBack(
	failed: ReadonlyArray<{ item: INodeExecutionData; own: string | undefined }>,
	failedBefore: readonly PutOut[],
	waiting: readonly PutOut[],
	find: FindHandles,
): HeldBack {
	const heldBack: HeldBack = { handles: new Map() };
	const note = (handles: readonly string[], ofMessage: string, ofAny: string): void => {
		for (const handle of handles) heldBack.handles.set(handle, ofMessage);
		if (handles.length === 0) heldBack.all ??= ofAny;
	};
	for (const { item, own } of failed) {
		note(
			own === undefined ? [...find(item)] : [own],
			'Another item of the same message carries the failure of an earlier step',
			'Another item failed, and it does not tell which message it belongs to',
		);
	}
	for (const { item, step } of failedBefore) {
		const reason = step.task.error
			? `The step "${step.node}" failed, and n8n went on as its setting "On Error" says`
			: `The step "${step.node}" failed for an item of this message`;
		note([...find(item, step)], reason, `The step "${step.node}" failed for an item that does not tell its message`);
	}
	for (const { item, step } of waiting) {
		const reason = `The step "${step.node}", which leads here as well, has not worked on this message yet`;
		for (const handle of find(item, step)) heldBack.handles.set(handle, reason);
	}
	return heldBack;
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

/** The handle as it would be sent. An expression may not find its way back from an item that failed. */
function handleOrNothing(messageOf: (index: number) => Message, index: number): string | undefined {
	try {
		const { receiptHandle } = messageOf(index);
		return headerValue('Receipt Handle', receiptHandle);
	} catch {
		return undefined;
	}
}
