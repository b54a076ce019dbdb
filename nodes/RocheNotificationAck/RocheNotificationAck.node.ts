import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { InvalidInputError } from '../errors/invalid-input-error';
import { callOptions, CONCURRENCY, DEFAULT_CONCURRENCY } from '../node-support/call-options';
import { connect, rochePartnersServicesApiTest } from '../node-support/credential';
import { mapItems, type Plan } from '../node-support/map-items';
import { withoutSecrets } from '../node-support/item-fields';
import { once } from '../node-support/once';
import { itemParameter, wholeNumber } from '../node-support/parameters';
import { acknowledge } from '../partners-services/client';
import { headerValue } from '../partners-services/header-value';
import { acknowledgeOnce } from './acknowledged';
import { messagesOf } from './messages';
import { type AckOptions, PROPERTIES } from './properties';

/** Roche Notification ACK: tells Roche that a message was processed, for items that carry no failure. */
export class RocheNotificationAck implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Roche Notification ACK',
		name: 'rocheNotificationAck',
		icon: { light: 'file:../icons/notification-ack.svg', dark: 'file:../icons/notification-ack.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["source"] === "define" ? "handle: defined below" : "handle: of the item" }}',
		description: 'Tells Roche that a notification was processed, so that it is not sent again',
		defaults: { name: 'Roche Notification ACK' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: [{ name: 'rochePartnersServicesApi', required: true, testedBy: 'rochePartnersServicesApiTest' }],
		properties: PROPERTIES,
	};

	methods = { credentialTest: { rochePartnersServicesApiTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [
			await mapItems(
				this,
				() => plan(this),
				(reason) => ({ ack: notAcknowledged(reason) }),
			),
		];
	}
}

function plan(context: IExecuteFunctions): Plan {
	const connection = once(() => connect(context));
	const options = itemParameter(context, 'options');
	const messages = messagesOf(context);
	const signal = context.getExecutionCancelSignal();
	const run = `${context.getExecutionId()} ${context.getNode().id}`;
	const { concurrency } = options(0) as AckOptions;

	return {
		concurrency: wholeNumber(CONCURRENCY.displayName, concurrency, DEFAULT_CONCURRENCY, 1),
		work: async (item, index) => {
			const { skipFailedItems = true, ...apiOptions } = options(index) as AckOptions;
			const reason = messages.reasonToHoldBack(index);
			if (reason !== undefined) {
				if (!skipFailedItems) throw heldBack(reason);
				return withAck(item, notAcknowledged(reason));
			}
			const message = messages.messageOf(index);
			const receiptHandle = headerValue('Receipt Handle', message.receiptHandle);
			const settings = callOptions(apiOptions, signal);
			const open = await connection();
			const { acknowledgedAt, alreadyAcknowledged, ...rest } = await acknowledgeOnce(run, receiptHandle, () =>
				acknowledge(open, message, settings),
			);
			return withAck(item, {
				acknowledged: true,
				...(alreadyAcknowledged && { alreadyAcknowledged }),
				...rest,
				acknowledgedAt: acknowledgedAt.toISOString(),
			});
		},
	};
}

function notAcknowledged(reason: string) {
	return { acknowledged: false, reason };
}

function withAck(item: INodeExecutionData, ack: object) {
	return { json: { ...withoutSecrets(item.json), ack: { ...ack } }, binary: item.binary };
}

function heldBack(reason: string): InvalidInputError {
	return new InvalidInputError(
		'Skip Failed Items',
		`The message was not acknowledged: ${reason}`,
		'Roche sends it again. Find out why the earlier step failed; with the option "Skip Failed Items" such items pass through instead.',
	);
}
