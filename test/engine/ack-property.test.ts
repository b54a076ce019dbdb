import fc from 'fast-check';
import type { Fault } from '../sandbox/types';
import type { EngineRun } from './engine-run';
import { type NotificationItem, Roche, type Step } from './roche';

const RUNS = 60;

/** What may happen to a message; several items of a run may come from one message. */
interface Message {
	items: number;
	/** How S3 answers the request for the file. */
	s3: 'works' | 'has no such file' | 'is cut once';
	/** Number of the item that fails in the hand-off step, if any. */
	failing: number | undefined;
	/** How Roche handles the ACK. */
	ack: 'works' | 'is cut' | 'carries out, is cut' | 'fails' | 'refuses';
}

interface Settings {
	messages: Message[];
	/** Form of a failed item of the hand-off; `throw`: the whole step fails. */
	as: 'json' | 'bare' | 'item' | 'throw';
	onError: NonNullable<Step['onError']>;
	/** Setting of the hand-off step; its error output leads nowhere. */
	handOffOnError: 'continueRegularOutput' | 'continueErrorOutput';
	heldBack: 'failRun' | 'passThrough';
	maxAttempts: number;
	retryOnFail: boolean;
}

const message: fc.Arbitrary<Message> = fc.record({
	items: fc.integer({ min: 1, max: 3 }),
	s3: fc.constantFrom('works', 'works', 'works', 'has no such file', 'is cut once'),
	failing: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined, freq: 2 }),
	ack: fc.constantFrom('works', 'works', 'is cut', 'carries out, is cut', 'fails', 'refuses'),
});

const settings: fc.Arbitrary<Settings> = fc.record({
	messages: fc.array(message, { minLength: 1, maxLength: 5 }),
	as: fc.constantFrom('json', 'bare', 'item', 'throw'),
	onError: fc.constantFrom('stopWorkflow', 'continueRegularOutput', 'continueRegularOutput'),
	handOffOnError: fc.constantFrom('continueRegularOutput', 'continueErrorOutput'),
	heldBack: fc.constantFrom('failRun', 'passThrough'),
	maxAttempts: fc.integer({ min: 1, max: 2 }),
	retryOnFail: fc.boolean(),
});

const ACK_FAULTS: Record<Message['ack'], Fault | undefined> = {
	works: undefined,
	'is cut': { kind: 'drop', when: 'before-headers' },
	'carries out, is cut': { kind: 'process-then-drop' },
	fails: { kind: 'status', status: 500 },
	refuses: { kind: 'status', status: 401, body: '{"error":"Invalid Client"}' },
};

const roche = Roche.forAllTests();
let made = 0;

/** Creates the message's file and items, and sets up the faults. */
async function arrange({ items, s3, ack }: Message): Promise<NotificationItem[]> {
	made += 1;
	const { key } = await roche.sandbox.addFile({ kind: 'cda', key: `delivery/property/${made}.xml`, seed: made });
	const { notification, operationId } = await roche.sandbox.notify({ objectKey: key });
	if (s3 === 'has no such file') await roche.sandbox.deleteFile(key);
	if (s3 === 'is cut once') {
		await roche.sandbox.fault({ target: 's3', match: key, fault: { kind: 'drop', when: 'in-body', afterBytes: 100 } });
	}
	const fault = ACK_FAULTS[ack];
	if (fault) await roche.sandbox.fault({ target: 'ack', match: notification.MessageReceiptHandle, fault });
	return Array.from({ length: items }, () => ({ ...notification, operationId }));
}

async function carryOut(given: Settings): Promise<{ handles: string[]; run: EngineRun }> {
	const messages: NotificationItem[][] = [];
	for (const one of given.messages) messages.push(await arrange(one));
	const items = messages.flat();
	const failures = given.messages.flatMap(({ failing }, n) => {
		const before = messages.slice(0, n).flat().length;
		const hit = failing !== undefined && failing < (messages[n]?.length ?? 0);
		return hit ? [{ index: before + failing, as: given.as, message: 'The EMR was down' }] : [];
	});
	const { onError, handOffOnError, maxAttempts, heldBack, retryOnFail } = given;
	const options = { maxAttempts };
	const run = await roche.run(items, [
		{ type: 'rocheS3Fetch', parameters: { options }, onError },
		{ type: 'test.fail', parameters: { failures }, onError: handOffOnError },
		{ type: 'rocheNotificationAck', parameters: { options: { ...options, heldBack } }, onError, retryOnFail },
	]);
	return { handles: messages.map(([first]) => first?.MessageReceiptHandle ?? ''), run };
}

function failsInHandOff({ failing, items }: Message): boolean {
	return failing !== undefined && failing < items;
}

/** Whether every item of the message was delivered, and the run had not failed before. */
function delivered({ messages, as, onError }: Settings, message: Message): boolean {
	if (message.s3 === 'has no such file' || failsInHandOff(message)) return false;
	if (as === 'throw' && messages.some(failsInHandOff)) return false;
	return onError !== 'stopWorkflow' || messages.every(({ s3 }) => s3 !== 'has no such file');
}

describe('any combination of failures in a run', () => {
	it('only delivered messages are acknowledged, each once unless an answer was lost', async () => {
		let acknowledged = 0;
		let withheld = 0;
		const property = fc.asyncProperty(settings, async (given) => {
			await roche.reset();
			const { handles, run } = await carryOut(given);
			const requests = await roche.sandbox.requests('ack');
			for (const [n, handle] of handles.entries()) {
				const one = given.messages[n];
				if (one === undefined) throw new Error('More handles than messages');
				const sent = requests.filter(({ headers }) => headers.receipthandle === handle).length;
				const mayBeSent = delivered(given, one);
				if (!mayBeSent) expect(sent).toBe(0);
				// One for each attempt that met a fault, and n8n's own three tries of a failed node.
				const attempts = (one.ack === 'works' ? 1 : 2) * (given.retryOnFail ? 3 : 1);
				expect(sent).toBeLessThanOrEqual(attempts);
				const all = given.onError !== 'stopWorkflow' || run.status === 'success';
				if (mayBeSent && one.ack === 'works' && all) expect(sent).toBe(1);
				if (sent > 0) acknowledged += 1;
				else withheld += 1;
			}
		});
		await fc.assert(property, { numRuns: RUNS });
		// Both happened often enough for a meaningful test.
		expect(Math.min(acknowledged, withheld)).toBeGreaterThan(RUNS / 4);
	}, 300_000);
});
