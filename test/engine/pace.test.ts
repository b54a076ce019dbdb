import type { FaultTarget } from '../sandbox/types';
import { Roche, type Step } from './roche';

const roche = Roche.forAllTests();

/** The nodes that send many requests, and what they send. */
const SENDERS: Array<[Step['type'], FaultTarget]> = [
	['rocheNotificationAck', 'ack'],
	['rocheS3Fetch', 's3'],
];

/** Runs `count` messages through a node. */
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

	it('sends more requests concurrently if answers take longer, and keeps the order of the input', async () => {
		// Far longer than the work on a request, also on a busy machine: otherwise the answers become slower because there are more of them.
		await roche.sandbox.fault({ target, fault: { kind: 'delay', ms: 400 }, times: 200 });
		const { run, order } = await runMany(type, 160);
		expect(run.status).toBe('success');
		expect(run.json(type).map(({ MessageId }) => MessageId)).toEqual(order);
		expect(await connections()).toBeGreaterThan(20);
		expect(await connections()).toBeLessThanOrEqual(50);
	});

	it('sends as many requests concurrently as the option states', async () => {
		await roche.sandbox.fault({ target, fault: { kind: 'delay', ms: 50 }, times: 40 });
		const { run } = await runMany(type, 40, { concurrency: 3 });
		expect(run.status).toBe('success');
		expect(await connections()).toBe(3);
	});

	it.each([503, 429])(
		'sends fewer requests concurrently if the server answers %d, and every item arrives',
		async (status) => {
			await roche.sandbox.fault({ target, fault: { kind: 'status', status }, times: 10 });
			await roche.sandbox.fault({ target, fault: { kind: 'delay', ms: 100 }, times: 60 });
			const { run, order } = await runMany(type, 60);
			expect(run.status).toBe('success');
			expect(run.json(type).map(({ MessageId }) => MessageId)).toEqual(order);
			// The first connections, and at most a few more if one was closed meanwhile.
			expect(await connections()).toBeLessThanOrEqual(12);
		},
	);
});
