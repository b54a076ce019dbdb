import { ACK, ACK_FIRST, acknowledgedBy, ANSWER, RECOVERED, send } from './ack-runs';
import { Roche } from './roche';

const roche = Roche.forAllTests();

describe('a failure may have been made good, and nobody says so:', () => {
	it('items that left by the error output came another way', async () => {
		const { done } = await acknowledgedBy(roche, [
			send('bare', { onError: 'continueErrorOutput', next: [[ACK.type], ['Log']] }),
			{ ...ANSWER, name: 'Log' },
			ACK,
		]);
		expect(done).toEqual([true, false, true]);
	});

	it('the step ran again, for the next part of the message', async () => {
		const failsAtFirst = { failures: `={{ $runIndex === 0 ? [{ index: 0, as: 'bare', message: 'down' }] : [] }}` };
		const { done } = await acknowledgedBy(
			roche,
			[
				{ ...ANSWER, name: 'Next part' },
				send('bare', { parameters: failsAtFirst }),
				{ type: 'n8n-nodes-base.if', next: [['Next part'], [ACK.type]] },
				ACK_FIRST,
			],
			{ messages: 1 },
		);
		expect(done).toEqual([false]);
	});
});

describe('a failure was made good, and the analyst says so', () => {
	it('when the items that left by the error output came another way', async () => {
		const { done } = await acknowledgedBy(roche, [
			send('bare', { onError: 'continueErrorOutput', next: [[ACK.type], ['Other way']] }),
			{ ...ANSWER, name: 'Other way' },
			RECOVERED,
		]);
		expect(done).toEqual([true, true, true]);
	});

	it('when they did so in a round of a loop that has ended', async () => {
		const failsSecond = { failures: `={{ $runIndex === 1 ? [{ index: 0, as: 'bare', message: 'down' }] : [] }}` };
		const { done } = await acknowledgedBy(roche, [
			{ type: 'n8n-nodes-base.splitInBatches', name: 'Loop', next: [[ACK.type], ['Send']] },
			send('bare', { parameters: failsSecond, onError: 'continueErrorOutput', next: [['Loop'], ['Other way']] }),
			{ ...ANSWER, name: 'Other way', next: [['Loop']] },
			RECOVERED,
		]);
		expect(done).toEqual([true, true, true]);
	});

	it('when the step did the item again', async () => {
		const failsAtFirst = { failures: `={{ $runIndex === 0 ? [{ index: 1, as: 'bare', message: 'down' }] : [] }}` };
		const { done } = await acknowledgedBy(roche, [
			send('bare', { parameters: failsAtFirst }),
			{ type: 'n8n-nodes-base.if', next: [['Again'], ['Log']] },
			{ ...ANSWER, name: 'Again', next: [['Send']] },
			{ ...ANSWER, name: 'Log' },
			RECOVERED,
		]);
		expect(done).toEqual([true, true, true]);
	});

	it('when it was the acknowledgement itself that failed, and is made again', async () => {
		await roche.sandbox.fault({ target: 'ack', fault: { kind: 'status', status: 401 } });
		const { done } = await acknowledgedBy(
			roche,
			[
				{ ...ACK, next: [['Failed?']] },
				{ type: 'n8n-nodes-base.if', name: 'Failed?', next: [['Again'], []] },
				{ ...ANSWER, name: 'Again', next: [[ACK.type]] },
			],
			{ messages: 1 },
		);
		expect(done).toEqual([true]);
		expect(await roche.sandbox.requests('ack')).toHaveLength(2);
	});

	it('when it was none: a step that stops at failures has answered with a field "error"', async () => {
		const { done } = await acknowledgedBy(roche, [
			send('bare', { onError: 'stopWorkflow' }),
			{ type: 'n8n-nodes-base.if', next: [['Make a patient'], [ACK.type]] },
			{ ...ANSWER, name: 'Make a patient' },
			ACK,
		]);
		expect(done).toEqual([true, true, true]);
	});
});
