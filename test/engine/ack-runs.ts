import type { Roche, Step } from './roche';

/** The ACK as the editor creates it: it finds the message by item linking. Its items show what it holds back. */
export const ACK: Step = { type: 'rocheNotificationAck', parameters: {}, onError: 'continueRegularOutput' };
/** Acknowledges the first message, for runs with one message. */
export const ACK_FIRST: Step = {
	...ACK,
	parameters: { source: 'define', receiptHandle: "={{ $('Start').first().json.MessageReceiptHandle }}" },
};
export const ANSWER: Step = { type: 'test.answer', name: 'Write to the log' };
/** The hand-off step; the item with the index fails. */
export function send(as: string, more: Partial<Step> = {}, index = 1): Step {
	const parameters = { failures: [{ index, as, message: 'The EMR was down' }] };
	return { type: 'test.fail', name: 'Send', parameters, onError: 'continueRegularOutput', ...more };
}

/** Runs messages of one or several items each, and returns which were acknowledged. */
export async function acknowledgedBy(
	roche: Roche,
	steps: Step[],
	{ messages = 3, itemsEach = 1, change = (item: object) => item } = {},
): Promise<{ done: boolean[]; reasons: string[] }> {
	const made = await roche.notifications(messages);
	const items = made.flatMap(({ item }) => Array.from({ length: itemsEach }, () => change({ ...item })));
	const run = await roche.run(items, steps);
	const ids = await roche.acknowledged();
	const acks = run.tasks('rocheNotificationAck').flatMap(({ data }) => data?.main?.[0] ?? []);
	return {
		done: made.map(({ item }) => ids.includes(item.MessageId)),
		reasons: acks.flatMap(({ json }) => (json.ack as { reason?: string }).reason ?? []),
	};
}

export const OF_MESSAGE = 'The step "Send" failed for an item of this message';
export const AS_A_WHOLE = 'The step "Send" failed as a whole, and the run continued because of its setting "On Error"';
