import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { createHash } from 'node:crypto';
import { callOptions, paceOf } from '../shared/node-support/call-options';
import { connect } from '../shared/node-support/credential';
import { type NodeFailure, toNodeError } from '../shared/node-support/node-error';
import { once } from '../shared/wire/once';
import { itemParameter } from '../shared/node-support/parameters';
import { acknowledge } from '../shared/partners-services/client';
import { atPace } from '../shared/wire/at-pace';
import type { Judged } from './decisions';
import type { AckOptions } from './properties';

/** The results of the acknowledgements, by receipt handle: the field `ack` of the output, or a failure. */
export type Outcomes = Map<string, { ack: IDataObject } | { failure: NodeFailure }>;

/**
 * Acknowledges messages, several at once, and records each in the run: n8n's "Retry On Fail" and its retry of a failed run, later visits,
 * and another process after a Wait find them done. If one fails and the node stops on errors, no new one is started, and those in progress
 * are awaited.
 * @throws InvalidInputError if the number of concurrent requests cannot be used; other failures are outcomes
 */
export async function acknowledgeAll(
	context: IExecuteFunctions,
	messages: readonly Judged[],
	acknowledged: Acknowledged,
): Promise<Outcomes> {
	const outcomes: Outcomes = new Map();
	const options = itemParameter(context, 'options') as (index: number) => AckOptions;
	const connection = once(() => connect(context));
	const signal = context.getExecutionCancelSignal();
	const pace = paceOf(options(0).concurrency);
	let isOver = false;
	const workOn = async ({ index, receiptHandle, operationId }: Judged): Promise<void> => {
		if (isOver) return;
		try {
			const settings = { ...callOptions(options(index), signal), pace };
			const message = { receiptHandle, operationId: operationId() };
			const { acknowledgedAt, alreadyAcknowledged, ...rest } = await acknowledge(await connection(), message, settings);
			const ack = {
				acknowledged: true,
				...(alreadyAcknowledged && { alreadyAcknowledged }),
				...rest,
				acknowledgedAt: acknowledgedAt.toISOString(),
			};
			acknowledged.note(receiptHandle, ack);
			outcomes.set(receiptHandle, { ack });
		} catch (error) {
			outcomes.set(receiptHandle, { failure: toNodeError(context.getNode(), error, index) });
			isOver = !context.continueOnFail();
		}
	};
	await atPace(messages, pace, workOn);
	return outcomes;
}

/** The messages that were acknowledged in this run. n8n stores them with the run, for all ACK nodes of the workflow, without receipt handles. */
export class Acknowledged {
	private readonly kept: Record<string, IDataObject>;
	private readonly hashes = new Map<string, string>();

	constructor(context: IExecuteFunctions) {
		const flow = context.getContext('flow') as { rocheAcknowledged?: Record<string, IDataObject> };
		this.kept = flow.rocheAcknowledged ??= {};
	}

	/** Returns the field `ack` of a message that was acknowledged, now or at an earlier visit. */
	of(receiptHandle: string): IDataObject | undefined {
		return this.kept[this.hash(receiptHandle)];
	}

	note(receiptHandle: string, ack: IDataObject): void {
		this.kept[this.hash(receiptHandle)] = ack;
	}

	private hash(receiptHandle: string): string {
		const known = this.hashes.get(receiptHandle);
		if (known !== undefined) return known;
		const hash = createHash('sha256').update(receiptHandle).digest('base64url');
		this.hashes.set(receiptHandle, hash);
		return hash;
	}
}
