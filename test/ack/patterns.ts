import type { Step } from '../engine/roche';
import type { RunSettings } from '../engine/roche';

/** A request of the hand-off, as received. */
export interface Sent {
	/** Number of the message, from 1. */
	message: number;
	/** Number of its part, from 1; 0 if the message is delivered as a whole. */
	part: number;
	/** Name of the step, which is the path. */
	step: string;
	/** How often the same request has arrived, from 1. */
	time: number;
}

/** A pattern of workflows and the outcome of its messages: a row of docs/acknowledging.md. */
export interface Pattern {
	/** First column of the row, and title of the test. */
	name: string;
	steps: Step[];
	/** Number of messages; default 2. */
	messages?: number;
	/** Which requests the receiver refuses. */
	refuses?: (sent: Sent) => boolean;
	/** Whether each message, in order, is acknowledged at the end. */
	acknowledged: boolean[];
	/** Error of the run. */
	fails?: RegExp;
	/** Hint of the ACK. */
	hint?: RegExp;
	/** Changes to the item of the notification. */
	item?: (notification: Record<string, unknown>) => object;
	settings?: RunSettings;
}

export const FETCH: Step = { type: 'rocheS3Fetch', name: 'Fetch', parameters: { options: {} } };

/** The node as the editor creates it. */
export function ack(more: Partial<Step> = {}): Step {
	return { type: 'rocheNotificationAck', name: 'ACK', ...more };
}

/** HTTP Request, whose answer replaces the item's fields. `RECEIVER` is replaced by the receiver's address. */
export function send(more: Partial<Step> = {}): Step {
	return {
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		name: 'Send',
		parameters: {
			method: 'POST',
			url: `RECEIVER/${more.name ?? 'Send'}`,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: "={{ JSON.stringify({ id: $('Start').item.json.MessageId, part: $json.part ?? 0 }) }}",
			options: {},
		},
		...more,
	};
}

export function code(name: string, jsCode: string, more: Partial<Step> = {}): Step {
	return { type: 'n8n-nodes-base.code', typeVersion: 2, name, parameters: { jsCode }, ...more };
}

/** Splits each message into several parts, linked to it. */
export const PARTS = code(
	'Parts',
	`return items.flatMap(({ json }, item) => [1, 2, 3].map((part) => ({ json: { part }, pairedItem: { item } })));`,
);

export function loop(next: string[][], more: Partial<Step> = {}): Step {
	return { type: 'n8n-nodes-base.splitInBatches', typeVersion: 3, name: 'Loop', next, ...more };
}

export function noOp(name: string, next?: string[][], more: Partial<Step> = {}): Step {
	return { type: 'n8n-nodes-base.noOp', name, ...(next && { next }), ...more };
}

export const MERGE: Step = {
	type: 'n8n-nodes-base.merge',
	typeVersion: 3.1,
	name: 'Merge',
	parameters: { mode: 'append' },
};

/** Items with a field "error" leave by the first output; if a number is given, only in that many runs of the step. */
export function failed(next: string[][], runs = Number.MAX_SAFE_INTEGER): Step {
	return {
		type: 'n8n-nodes-base.if',
		typeVersion: 2.2,
		name: 'Failed?',
		next,
		parameters: {
			conditions: {
				options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
				combinator: 'and',
				conditions: [
					{
						id: '1',
						leftValue: `={{ $json.error !== undefined && $runIndex < ${runs} }}`,
						rightValue: '',
						operator: { type: 'boolean', operation: 'true', singleValue: true },
					},
				],
			},
			options: {},
		},
	};
}

export const CONTINUES = { onError: 'continueRegularOutput' } as const;
export const above = { position: [0, -400] as [number, number] };
export const below = { position: [0, 400] as [number, number] };
