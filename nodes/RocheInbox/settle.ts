import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { InvalidInputError } from '../shared/errors/invalid-input-error';
import { keyOf } from '../shared/inbox/entry-name';
import type { Inbox } from '../shared/inbox/inbox';
import { isRecord } from '../shared/formats/is-record';
import { withoutSecrets } from '../shared/node-support/item-fields';
import { failedItem, type NodeFailure, toNodeError } from '../shared/node-support/node-error';
import type { Item } from '../shared/run-model/items';
import { type Run, seeRun } from '../shared/run-model/run';
import { Verdicts } from '../shared/run-verdict/verdict';
import { inFolder } from './folder';
import { pauseOf } from './times';

type Operation = 'done' | 'release';
type Resource = 'file' | 'notification';

/** A message, and the item that it comes from. */
interface Found {
	messageId: string;
	receiptHandle: string;
	item: Item;
}

/**
 * Ends claims. n8n's item linking identifies the message of each item, so nothing has to be filled in, whatever fields the steps in between
 * have kept. A file is marked as delivered by the same rule by which Roche Notification ACK acknowledges: when the run has done everything
 * for it, and all of it succeeded.
 * @returns an item for each input item and each message that it was made of, in the order of the input
 * @throws NodeOperationError of the first item that failed, after all others are done, unless the node continues on errors;
 * InvalidInputError if the run cannot be read
 */
export async function settle(
	context: IExecuteFunctions,
	inbox: Inbox,
	operation: Operation,
	resource: Resource,
): Promise<INodeExecutionData[]> {
	const run = seeRun(context);
	if (!run) throw blind();
	const verdicts = new Verdicts(run, new Set(), new Set());
	const outputs: INodeExecutionData[] = [];
	const failures: NodeFailure[] = [];
	const pause = pauseOf(context.getNodeParameter('options', 0, {}));
	for (const [index, input] of context.getInputData().entries()) {
		try {
			for (const found of messagesOf(verdicts, index)) {
				const state = await inFolder(async () =>
					operation === 'release'
						? await release(inbox, run, resource, found, pause)
						: await done(inbox, verdicts, resource, found, input),
				);
				const json = { ...withoutSecrets(input.json), MessageId: found.messageId, inbox: state };
				outputs.push({ json, binary: input.binary, pairedItem: { item: index } });
			}
		} catch (error) {
			const failure = toNodeError(context.getNode(), error, index);
			failures.push(failure);
			outputs.push(failedItem(context, input, index, failure));
		}
	}
	if (failures[0] && !context.continueOnFail()) throw failures[0];
	return outputs;
}

function messagesOf(verdicts: Verdicts, index: number): Found[] {
	const item = verdicts.input[index];
	const messages = item && verdicts.messagesOf(item);
	if (!messages || messages.length === 0) throw notKnown();
	return messages.map(({ messageId, receiptHandle }) => {
		if (messageId === undefined) throw notKnown();
		return { messageId, receiptHandle, item };
	});
}

async function done(
	inbox: Inbox,
	verdicts: Verdicts,
	resource: Resource,
	{ messageId, receiptHandle, item }: Found,
	{ json }: INodeExecutionData,
): Promise<IDataObject> {
	const key = keyOf(messageId);
	if (resource === 'notification') {
		if (!isAcknowledged(json)) return { state: 'kept', reason: 'It was not acknowledged' };
		return { state: (await inbox.notifications.done(key)) ? 'acknowledged' : 'unknown' };
	}
	const against = verdicts.reasonAgainst(item, receiptHandle);
	if (against?.kind === 'waits') return { state: 'claimed', waiting: true, reason: against.text };
	if (against) throw notDelivered(against.text);
	if (!(await inbox.files.done(key))) throw notStored();
	return { state: 'delivered' };
}

async function release(
	inbox: Inbox,
	run: Run,
	resource: Resource,
	{ messageId }: Found,
	pause: (attempts: number) => number,
): Promise<IDataObject> {
	const queue = resource === 'file' ? inbox.files : inbox.notifications;
	const claim = claimOf(run, messageId);
	const free = claim === undefined ? undefined : await queue.release(keyOf(messageId), claim, pause);
	// The lease has ended and another run has claimed the message, or it is done: that run decides what becomes of it.
	if (!free) return { state: 'notClaimed' };
	return { state: 'released', attempts: free.attempts, dueAt: new Date(free.until).toISOString() };
}

function isAcknowledged({ ack }: IDataObject): boolean {
	return isRecord(ack) && ack.acknowledged === true;
}

/** Returns the lease that this run has on the message: what another run has claimed meanwhile must not be released here. */
function claimOf({ runData }: Run, messageId: string): string | undefined {
	const items = Object.values(runData).flatMap((tasks) => tasks.flatMap(({ data }) => data?.main?.flat() ?? []));
	const claims = items.flatMap((one) => {
		const { MessageId, inbox } = one?.json ?? {};
		const { claim } = (inbox ?? {}) as IDataObject;
		return MessageId === messageId && typeof claim === 'string' ? [claim] : [];
	});
	return claims.at(-1);
}

function notKnown(): InvalidInputError {
	return new InvalidInputError(
		'MessageId',
		'The message of this item is not known: neither the item nor the items it was made from contain a notification',
		'Put this node after the Roche Inbox node that claims. The steps in between must keep their items linked (pairedItem).',
	);
}

function notDelivered(reason: string): InvalidInputError {
	return new InvalidInputError(
		'Operation',
		`The file was not marked as delivered: ${reason}`,
		'It stays in the inbox, and is due again when its lease ends. Connect the error outputs to a Roche Inbox node with the operation Release.',
	);
}

function notStored(): InvalidInputError {
	return new InvalidInputError(
		'Folder',
		'The inbox does not contain the message of this item',
		'Check that Folder is the same in all Roche Inbox nodes, and that all workers share it.',
	);
}

function blind(): InvalidInputError {
	return new InvalidInputError(
		'Roche Inbox',
		'This node cannot see what the steps before it have done, so it marks nothing',
		"Put it after the step that delivers the file, in the same workflow. It needs n8n's regular execution engine.",
	);
}
