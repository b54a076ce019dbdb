import { type IDataObject, type IExecuteFunctions, type INodeExecutionData, NodeOperationError } from 'n8n-workflow';
import { InvalidInputError } from '../shared/errors/invalid-input-error';
import { withoutSecrets } from '../shared/node-support/item-fields';
import { failedItem, type NodeFailure, toNodeError } from '../shared/node-support/node-error';
import { type Decision, decide, type Judged } from './decisions';
import { Acknowledged, acknowledgeAll, type Outcomes } from './outcomes';
import type { AckOptions } from './properties';
import type { Reason } from '../shared/run-verdict/reasons';

/** The result of one item of the output: its field `ack`, or the failure that it represents. */
type Result = { ack: IDataObject } | { failure: NodeFailure; reason?: string };

/** A message that the run holds back. */
type HeldBack = Judged & { against: Reason };

/**
 * Acknowledges the messages of all items that may be acknowledged, each once.
 * @returns an item for each item and each message that it was made of, in the order of the input
 * @throws NodeApiError or NodeOperationError if the node stops on errors and a request failed, an item does not identify its message, or a
 * message was held back. All other messages have been acknowledged by then; only after a failed request, no new ones are sent
 */
export async function acknowledgeItems(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	if (context.getNode().executeOnce === true) throw executeOnce();
	const {
		heldBack = 'failRun',
		dryRun = false,
		...settings
	} = context.getNodeParameter('options', 0, {}) as AckOptions;
	const decisions = await decide(context, settings);
	const output = outputMaker(context);
	if (dryRun) return decisions.map((one) => output(one.index, { ack: foretold(one) }));

	const acknowledged = new Acknowledged(context);
	const outcomes = await acknowledgeAll(context, toSend(decisions, acknowledged), acknowledged);
	const held = decisions.filter((one): one is HeldBack => isHeldBack(one, acknowledged));
	const failing = heldBack === 'failRun' ? held.filter(({ against }) => against.kind === 'failed') : [];
	if (!context.continueOnFail()) throwFirst(context, decisions, outcomes, failing);
	const fail = new Set<Decision>(failing);
	hint(
		context,
		held.filter((one) => !fail.has(one)),
	);
	return decisions.map((one) => output(one.index, resultOf(context, one, { outcomes, acknowledged, fail })));
}

/** Returns the messages to acknowledge, each once: several items may come from one message. */
function toSend(decisions: readonly Decision[], acknowledged: Acknowledged): Judged[] {
	const messages = new Map<string, Judged>();
	for (const one of decisions) {
		if ('invalid' in one || one.against || acknowledged.of(one.receiptHandle)) continue;
		if (!messages.has(one.receiptHandle)) messages.set(one.receiptHandle, one);
	}
	return [...messages.values()];
}

function isHeldBack(one: Decision, acknowledged: Acknowledged): one is HeldBack {
	return !('invalid' in one) && one.against !== undefined && !acknowledged.of(one.receiptHandle);
}

function resultOf(
	context: IExecuteFunctions,
	one: Decision,
	{ outcomes, acknowledged, fail }: { outcomes: Outcomes; acknowledged: Acknowledged; fail: ReadonlySet<Decision> },
): Result {
	if ('invalid' in one) return { failure: toNodeError(context.getNode(), one.invalid, one.index) };
	const ack = acknowledged.of(one.receiptHandle);
	if (ack) return { ack };
	if (!one.against) {
		return outcomes.get(one.receiptHandle) ?? { ack: notAcknowledged('It was not sent') };
	}
	const reason = one.against.text;
	if (fail.has(one)) return { failure: heldBackError(context, [one as HeldBack]), reason };
	return { ack: { ...notAcknowledged(reason), ...(one.against.kind === 'waits' && { waiting: true }) } };
}

/** Returns a function that builds the output's items. An item made of many messages is returned once for each, but its fields are searched once. */
function outputMaker(context: IExecuteFunctions): (index: number, result: Result) => INodeExecutionData {
	const items = context.getInputData();
	const fields = new Map<number, IDataObject>();
	return (index, result) => {
		const item: INodeExecutionData = items[index] ?? { json: {} };
		if ('failure' in result) {
			const ack = notAcknowledged(result.reason ?? result.failure.message);
			return failedItem(context, item, index, result.failure, { ack });
		}
		const kept = fields.get(index) ?? withoutSecrets(item.json);
		fields.set(index, kept);
		return { json: { ...kept, ack: { ...result.ack } }, binary: item.binary, pairedItem: { item: index } };
	};
}

/** Returns the field `ack` of an item whose message was not acknowledged. */
export function notAcknowledged(reason: string): IDataObject {
	return { acknowledged: false, reason };
}

function foretold(one: Decision): IDataObject {
	if ('invalid' in one) {
		const reason = one.invalid instanceof Error ? one.invalid.message : String(one.invalid);
		return { ...notAcknowledged(reason), dryRun: true, verdict: 'holdBack' };
	}
	if (!one.against) return { acknowledged: false, dryRun: true, verdict: 'acknowledge' };
	const verdict = one.against.kind === 'waits' ? 'wait' : 'holdBack';
	return { ...notAcknowledged(one.against.text), dryRun: true, verdict };
}

/** Throws the first error, if there is one. Whatever fails the run, its error states how many messages were held back. */
function throwFirst(
	context: IExecuteFunctions,
	decisions: readonly Decision[],
	outcomes: Outcomes,
	failing: readonly HeldBack[],
): void {
	const [refused] = [...outcomes.values()].flatMap((outcome) => ('failure' in outcome ? [outcome.failure] : []));
	const [invalid] = decisions.flatMap((one) =>
		'invalid' in one ? [toNodeError(context.getNode(), one.invalid, one.index)] : [],
	);
	const error = refused ?? invalid ?? (failing.length > 0 ? heldBackError(context, failing) : undefined);
	if (!error) return;
	if (failing.length > 0) error.context.heldBack = summary(failing);
	throw error;
}

function heldBackError(context: IExecuteFunctions, held: readonly HeldBack[]): NodeOperationError {
	const { messages, steps } = summary(held);
	const [first] = held;
	const what = messages === 1 ? 'A message was' : `${messages} messages were`;
	const others = messages === 1 ? '' : ` Steps concerned: ${steps.map((step) => `"${step}"`).join(', ')}.`;
	return new NodeOperationError(context.getNode(), `${what} held back: ${first?.against.text ?? ''}`, {
		description: `Roche redelivers a message that was not acknowledged at most three times, 30 minutes apart. After the third redelivery it is lost.${others} Messages that were not held back are not affected.`,
		itemIndex: first?.index,
	});
}

function summary(held: readonly HeldBack[]): { messages: number; steps: string[] } {
	const handles = new Set(held.map(({ receiptHandle }) => receiptHandle));
	return { messages: handles.size, steps: [...new Set(held.map(({ against }) => against.step))] };
}

/** Adds a hint: a message that waits, or passes through, must not go unnoticed. */
function hint(context: IExecuteFunctions, held: readonly HeldBack[]): void {
	const [first] = held;
	if (!first) return;
	const { messages } = summary(held);
	const what = messages === 1 ? 'A message was' : `${messages} messages were`;
	const message = `${what} not acknowledged: ${first.against.text}.`;
	context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
}

function executeOnce(): InvalidInputError {
	return new InvalidInputError(
		'Execute Once',
		'Execute Once is switched on for this node, so it would see only the first item',
		'Switch it off in the settings of the node. A message with several items is acknowledged only once anyway.',
	);
}
