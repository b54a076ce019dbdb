import type { IExecuteFunctions } from 'n8n-workflow';
import { InvalidInputError } from '../shared/errors/invalid-input-error';
import { fairTurns } from '../shared/node-support/turns';
import { headerValue } from '../shared/partners-services/header-value';
import type { Item } from '../shared/run-model/items';
import { seeRun } from '../shared/run-model/run';
import { optionalSteps } from './optional-steps';
import type { AckOptions } from './properties';
import type { Reason } from '../shared/run-verdict/reasons';
import { Verdicts } from '../shared/run-verdict/verdict';

/** A message that has been identified. */
interface Known {
	receiptHandle: string;
	/** Read only for a message that is sent, and only if the run does not contain it: an expression takes n8n about 1 ms. */
	operationId: () => unknown;
}

/** Why it is unknown which message it is, or whether it was delivered. */
interface Unknown {
	invalid: unknown;
}

/** A message that has been identified, and what speaks against its acknowledgement. */
export interface Judged extends Known {
	index: number;
	/** Undefined if nothing does. */
	against: Reason | undefined;
}

/** What to do about one message of one item of the input; `index` is the item's. */
export type Decision = Judged | (Unknown & { index: number });

const RECEIPT_HANDLE = 'Receipt Handle';

/**
 * Decides on every message of every item before any is acknowledged: one of several items may speak against a message.
 * @throws InvalidInputError if the run cannot be read, or "Optional Steps" names a step that does not exist
 */
export async function decide(context: IExecuteFunctions, { optionalSteps: names }: AckOptions): Promise<Decision[]> {
	const run = seeRun(context);
	if (!run) throw blind();
	const optional = optionalSteps(names, new Set(run.steps.keys()));
	const isDefined = context.getNodeParameter('source', 0) === 'define';
	const defined = isDefined ? await definedMessages(context) : undefined;
	const handles = (defined ?? []).flatMap((one) => ('invalid' in one ? [] : [one.receiptHandle]));
	const verdicts = new Verdicts(run, optional, new Set(handles));
	const decisions = verdicts.input.flatMap((item, index) =>
		(defined?.slice(index, index + 1) ?? linkedMessages(verdicts, item)).map((one): Decision => {
			if ('invalid' in one) return { index, ...one };
			const { receiptHandle } = one;
			const operationId = (): unknown => verdicts.operationIdOf(receiptHandle) ?? one.operationId();
			return { index, receiptHandle, operationId, against: verdicts.reasonAgainst(item, receiptHandle) };
		}),
	);
	return withOneVerdictEach(decisions);
}

/** What speaks against a message for one of its items counts for all of them. */
function withOneVerdictEach(decisions: readonly Decision[]): Decision[] {
	const against = new Map<string, Reason>();
	for (const one of decisions) {
		if ('invalid' in one || !one.against) continue;
		if (one.against.kind === 'failed' || !against.has(one.receiptHandle)) against.set(one.receiptHandle, one.against);
	}
	return decisions.map((one) => ('invalid' in one ? one : { ...one, against: against.get(one.receiptHandle) }));
}

/** Returns the messages that the fields of the node name, one for each item. */
async function definedMessages(context: IExecuteFunctions): Promise<Array<Known | Unknown>> {
	const found: Array<Known | Unknown> = [];
	const turn = fairTurns();
	for (const index of context.getInputData().keys()) {
		await turn();
		const operationId = (): unknown => context.getNodeParameter('operationId', index);
		try {
			// An expression may not find the source of an item that failed.
			found.push({
				receiptHandle: headerValue(RECEIPT_HANDLE, context.getNodeParameter('receiptHandle', index)),
				operationId,
			});
		} catch (error) {
			found.push({ invalid: error });
		}
	}
	return found;
}

/** Returns the messages that item linking gives. */
function linkedMessages(verdicts: Verdicts, item: Item): Array<Known | Unknown> {
	const messages = verdicts.messagesOf(item);
	if (messages === undefined) return [{ invalid: notLinked(verdicts.namingStep, breakOf(item)) }];
	if (messages.length === 0) return [{ invalid: missing() }];
	return messages.map(({ receiptHandle }) => {
		try {
			return { receiptHandle: headerValue(RECEIPT_HANDLE, receiptHandle), operationId: () => undefined };
		} catch (error) {
			return { invalid: error };
		}
	});
}

/** Returns the last step before the item that does not state what its items were made of. */
function breakOf(item: Item): string {
	const way = new Set([item]);
	for (const { linked, parents } of way) {
		const [before] = parents;
		if (linked && before) way.add(before);
	}
	return [...way].at(-1)?.task.step ?? item.task.step;
}

function missing(): InvalidInputError {
	return new InvalidInputError(
		RECEIPT_HANDLE,
		`${RECEIPT_HANDLE} is missing: neither the item nor the items it was made from have a field MessageReceiptHandle`,
		'The workflow must begin with the notification as Roche sends it. If the handle is in a field of another name, set Source to "Define Below" and enter an expression.',
	);
}

function notLinked(namingStep: string, step: string): InvalidInputError {
	return new InvalidInputError(
		RECEIPT_HANDLE,
		`${RECEIPT_HANDLE} is not known: the step "${step}" does not link its items to those they were made from (pairedItem)`,
		`Let that step keep the field MessageReceiptHandle. Or, if the items have kept their order, set Source to "Define Below" and Receipt Handle to {{ $('${namingStep}').all()[$itemIndex].json.MessageReceiptHandle }}.`,
	);
}

function blind(): InvalidInputError {
	return new InvalidInputError(
		'Roche Notification ACK',
		'This node cannot see what the steps before it have done, so it acknowledges nothing',
		"Put it after the step that delivers the file, in the same workflow. It cannot be a tool of an AI agent, and needs n8n's regular execution engine.",
	);
}
