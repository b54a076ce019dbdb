import type { Path } from './path';
import { item, of, parameters, without } from './unusable';

const ACK = 'rocheNotificationAck';

/** Paths of Roche Notification ACK. */
export const OF_ACK: readonly Path[] = [
	of(ACK, 'no receipt handle', without('MessageReceiptHandle'), /^Receipt Handle is missing/),
	of(ACK, 'empty receipt handle', item({ MessageReceiptHandle: ' ' }), /^Receipt Handle is missing/),
	of(
		ACK,
		'empty receipt handle, defined below',
		parameters({ source: 'define', receiptHandle: ' ' }),
		/^Receipt Handle is empty/,
	),
	of(
		ACK,
		'receipt handle that an expression does not find',
		parameters({ source: 'define', receiptHandle: '={{ $json.nothing }}' }),
		/^Receipt Handle is missing/,
	),
	of(ACK, 'executed once', (scene) => void (scene.settings.executeOnce = true), /^Execute Once is switched on/),
	of(ACK, 'as the first step', (scene) => void (scene.startNode = ACK), /^This node cannot see what the steps/),
	of(
		ACK,
		'receipt handle with a break',
		item({ MessageReceiptHandle: 'a\r\nb: c' }),
		/^Receipt Handle contains a line break/,
	),
	of(ACK, 'operation id with an umlaut', item({ operationId: 'ü' }), /^Operation ID contains a character/),
	of(
		ACK,
		'receipt handle that Roche does not know',
		item({ MessageReceiptHandle: 'AQEB0' }),
		/^The receipt handle is not valid/,
	),
	of(
		ACK,
		'failed before',
		(scene) => {
			scene.item.error = 'The EMR was down';
		},
		/^A message was held back: The step ".+" failed/,
	),
	of(
		ACK,
		'failed before, passing through',
		(scene) => {
			scene.item.error = 'The EMR was down';
			scene.options.heldBack = 'passThrough';
		},
		/^The EMR was down$/,
	),
	of(
		ACK,
		'optional steps that do not exist',
		(scene) => {
			scene.options.optionalSteps = 'Nowhere';
		},
		/^Optional Steps names "Nowhere"/,
	),
];
