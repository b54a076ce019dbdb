import type { INodeExecutionData, ITaskData } from 'n8n-workflow';
import { type N8nLine, N8N_LINES } from '../../real-n8n/install';
import { from, item, madeUp, task } from './support/made-up';
import { failuresOf, Reading, readRecorded } from './support/reading';

const recordedFailures = (line: N8nLine, name: string, visit = 0) => failuresOf(readRecorded(line, name, visit));

describe.each(N8N_LINES)('n8n %s.x: a failure is recovered', (line) => {
	it('when the same step succeeds later for the failed item', () => {
		expect(recordedFailures(line, 'retry-made-good', 0)).toEqual(['Send: Send 2']);
		expect(recordedFailures(line, 'retry-made-good', 1)).toEqual([]);
	});

	it('not when it fails again with the same text', () => {
		expect(recordedFailures(line, 'retry-failed-again')).toEqual(['Send: Send 2', 'Send: Send 2']);
	});

	it('not when it succeeds for parts of the failed item, which need not be all of them', () => {
		expect(recordedFailures(line, 'retry-in-parts', 1)).toEqual(['Send: Send 2']);
	});
});

describe('a failure is not recovered', () => {
	const tried = (pairedItem: INodeExecutionData['pairedItem'], step = 'Send') =>
		failuresOf(
			new Reading(
				madeUp({
					nodes: [{ name: 'Send', onError: 'continueRegularOutput' }],
					ways: { Start: [['Send']], Send: [['Again', 'ACK']], Again: [['Send']], Other: [['ACK']] },
					source: from(step, 0, step === 'Send' ? 1 : 0),
					runData: {
						Start: [task([], [[item({ n: 1 }), item({ n: 2 })]])],
						Send: [
							task([from('Start')], [[item({ n: 1, error: 'down' }, { item: 0 }), item({ n: 2 }, { item: 1 })]]),
							...(step === 'Send'
								? [task([from('Send')], [[item({ sent: 'a' }, pairedItem), item({ ok: 1 }, { item: 1 })]])]
								: []),
						],
						...(step === 'Other' && {
							Other: [task([from('Send')], [[item({ ok: 1 }, { item: 0 }), item({ ok: 1 }, { item: 1 })]])],
						}),
					},
				}),
			),
		);

	it('by an item that was made from the failed one and another', () => {
		expect(tried({ item: 0 })).toEqual([]);
		expect(tried([{ item: 0 }, { item: 1 }])).toEqual(['Send: Send 1']);
	});

	it('by an item whose item linking is unknown', () => {
		expect(tried(undefined)).toEqual(['Send: Send 1']);
	});

	const triedOnce = (second: Partial<ITaskData>, pairedItem: INodeExecutionData['pairedItem']) =>
		failuresOf(
			new Reading(
				madeUp({
					nodes: [{ name: 'Send', onError: 'continueRegularOutput' }],
					ways: { Start: [['Send']], Send: [['Send', 'ACK']] },
					source: from('Send', 0, 1),
					runData: {
						Start: [task([], [[item({ n: 1 })]])],
						Send: [
							task([from('Start')], [[item({ n: 1, error: 'down' }, { item: 0 })]]),
							task([from('Send')], [[item({ n: 2 }, pairedItem)]], second),
						],
					},
				}),
			),
		);

	it('by an item with a wrong link, although the step processed only the failed one', () => {
		expect(triedOnce({}, { item: 0 })).toEqual([]);
		expect(triedOnce({}, { item: 9 })).toEqual(['Send: Send 1']);
	});

	it('by an attempt that failed as a whole, whose input n8n passes on', () => {
		const failed = { error: { message: 'x' } as never, executionStatus: 'error' } as const;
		expect(triedOnce(failed, { item: 0 })).toEqual(['Send: Send 1', 'Send as a whole: Send 2']);
	});

	it('by another step', () => {
		expect(tried({ item: 0 }, 'Other')).toEqual(['Send: Send 1']);
	});
});
