import type { FaultTarget } from '../sandbox/types';
import { Roche, type Step } from './roche';

const roche = Roche.forAllTests();

/** The nodes that send many requests, and what they send. */
const SENDERS: Array<[Step['type'], FaultTarget]> = [
	['rocheNotificationAck', 'ack'],
	['rocheS3Fetch', 's3'],
];

/** Runs so many messages through a node. */
async function runMany(type: Step['type'], count: number, options: Record<string, number> = {}) {
	const made = await roche.notifications(count);
	const items = made.map(({ item }) => item);
	const run = await roche.run(items, [{ type, parameters: { options } }]);
	return { run, order: items.map(({ MessageId }) => MessageId) };
}

describe.each(SENDERS)('%s', (type, target) => {
	async function connections(): Promise<number> {
		return new Set((await roche.sandbox.requests(target)).map(({ connectionId }) => connectionId)).size;
	}

	it('has more under way at once the longer the way is, in the order of the input', async () => {
		await roche.sandbox.fault({ target, fault: { kind: 'delay', ms: 150 }, times: 200 });
		const { run, order } = await runMany(type, 160);
		expect(run.status).toBe('success');
		expect(run.json(type).map(({ MessageId }) => MessageId)).toEqual(order);
		expect(await connections()).toBeGreaterThan(20);
		expect(await connections()).toBeLessThanOrEqual(50);
	});

	it('has as many under way as the option says', async () => {
		await roche.sandbox.fault({ target, fault: { kind: 'delay', ms: 50 }, times: 40 });
		const { run } = await runMany(type, 40, { concurrency: 3 });
		expect(run.status).toBe('success');
		expect(await connections()).toBe(3);
	});

	it.each([503, 429])('has fewer under way when the server answers %d, and every item arrives', async (status) => {
		await roche.sandbox.fault({ target, fault: { kind: 'status', status }, times: 10 });
		await roche.sandbox.fault({ target, fault: { kind: 'delay', ms: 100 }, times: 60 });
		const { run, order } = await runMany(type, 60);
		expect(run.status).toBe('success');
		expect(run.json(type).map(({ MessageId }) => MessageId)).toEqual(order);
		// Those of the beginning, and hardly another one, where one was closed meanwhile.
		expect(await connections()).toBeLessThanOrEqual(12);
	});
});
