import { spread } from '../../../nodes/shared/run-model/labels';
import { N8N_LINES } from '../../real-n8n/install';
import { from, item, madeUp, task } from './support/made-up';
import { Reading, readRecorded } from './support/reading';

describe.each(N8N_LINES)('n8n %s.x: the messages of an item are', (line) => {
	const messages = (name: string, step: string, at: { visit?: number; run?: number; output?: number } = {}) => {
		const reading = readRecorded(line, name, at.visit);
		const { labels } = reading;
		return reading.items(step, at).map((one) => {
			const nearest = labels.nearest(one);
			return { nearest: nearest && [...nearest], may: [...labels.may(one)] };
		});
	};
	const sure = (...names: string[]) => ({ nearest: names, may: names });

	it('the one from which it was made, through steps that replace the fields', () => {
		expect(messages('code-n-to-n', 'Code')).toEqual([sure('AQEB-1'), sure('AQEB-2')]);
		expect(messages('error-carried-on', 'Drop')).toEqual([sure('AQEB-1'), sure('AQEB-2')]);
	});

	it('the one of the whole, for each part', () => {
		expect(messages('split-out', 'Split Out')).toEqual([
			...[sure('AQEB-1'), sure('AQEB-1')],
			...[sure('AQEB-2'), sure('AQEB-2')],
		]);
	});

	it('all, for one item made from all', () => {
		expect(messages('aggregate', 'Aggregate')).toEqual([sure('AQEB-1', 'AQEB-2')]);
		expect(messages('always-output-data', 'Filter')).toEqual([sure('AQEB-1', 'AQEB-2')]);
	});

	it('unknown, if code sets no links and the step processed several; it may be any of them', () => {
		const unknown = { nearest: undefined, may: ['AQEB-1', 'AQEB-2'] };
		expect(messages('code-one-of-several', 'Code')).toEqual([unknown]);
		expect(messages('code-n-to-m', 'Code')).toEqual([unknown, unknown, unknown]);
	});

	it('that of the round, in a loop', () => {
		expect(messages('loop-v3-inline', 'Work', { visit: 1, run: 1 })).toEqual([sure('AQEB-2')]);
		expect(messages('loop-v3-done', 'Loop', { run: 2 })).toEqual([sure('AQEB-1'), sure('AQEB-2')]);
	});

	it('those of both inputs, once, if Merge combines', () => {
		expect(messages('merge-by-position', 'Merge')).toEqual([sure('AQEB-1'), sure('AQEB-2')]);
	});
});

describe('items that a step made without links', () => {
	const unlinked = (incoming: string[], out: Array<string | undefined>) => {
		const named = (handle: string | undefined) => item(handle === undefined ? {} : { MessageReceiptHandle: handle });
		const reading = new Reading(
			madeUp({
				ways: { Start: [['Code']], Code: [['ACK']] },
				source: from('Code'),
				runData: {
					Start: [task([], [incoming.map(named)])],
					Code: [task([from('Start')], [out.map(named)])],
				},
			}),
		);
		const { labels } = reading;
		return reading.input.map((one) => {
			const nearest = labels.nearest(one);
			return { nearest: nearest && [...nearest], may: [...labels.may(one)] };
		});
	};

	it('belong to the message that they still name, and to no other', () => {
		expect(unlinked(['A', 'B'], ['B', undefined, 'A'])).toEqual([
			{ nearest: ['B'], may: ['B'] },
			{ nearest: undefined, may: ['A', 'B'] },
			{ nearest: ['A'], may: ['A'] },
		]);
	});

	it('may belong to any message if they name another one', () => {
		expect(unlinked(['A', 'B'], ['C', 'C', 'C'])[0]).toEqual({ nearest: ['C'], may: ['A', 'B', 'C'] });
	});

	it('belong to the only message that the step processed', () => {
		const [one] = unlinked(['A', 'A'], [undefined, undefined, undefined]);
		expect(one).toEqual({ nearest: ['A'], may: ['A'] });
	});
});

describe('items that were combined from several messages and split again', () => {
	const sorted = (handles: Array<string | undefined>) => {
		const named = (handle: string | undefined) => (handle === undefined ? {} : { MessageReceiptHandle: handle });
		const reading = new Reading(
			madeUp({
				ways: { Start: [['All']], All: [['Parts']], Parts: [['ACK']] },
				source: from('Parts'),
				runData: {
					Start: [task([], [[item(named('A')), item(named('B'))]])],
					All: [task([from('Start')], [[item({}, [{ item: 0 }, { item: 1 }])]])],
					Parts: [task([from('All')], [handles.map((handle) => item(named(handle), { item: 0 }))])],
				},
			}),
		);
		return reading.input.map((one) => [...reading.labels.may(one)].toSorted().join());
	};

	it('belong to their own messages, if together they belong to all', () => {
		expect(sorted(['A', 'B', 'A'])).toEqual(['A', 'B', 'A']);
	});

	it('may belong to any message, if one is missing or has no message', () => {
		expect(sorted(['A', 'A'])).toEqual(['A,B', 'A,B']);
		expect(sorted(['A', 'B', undefined])).toEqual(['A,B', 'A,B', 'A,B']);
	});
});

it('an item that names another message than its source belongs to that one, and may belong to both', () => {
	const reading = new Reading(
		madeUp({
			ways: { Start: [['Set']], Set: [['ACK']] },
			source: from('Set'),
			runData: {
				Start: [task([], [[item({ MessageReceiptHandle: 'A' })]])],
				Set: [task([from('Start')], [[item({ MessageReceiptHandle: 'B' }, { item: 0 })]])],
			},
		}),
	);
	const [one] = reading.input;
	if (!one) throw new TypeError('Nothing came in');
	expect([...(reading.labels.nearest(one) ?? [])]).toEqual(['B']);
	expect([...reading.labels.may(one)]).toEqual(['A', 'B']);
});

describe.each(N8N_LINES)('n8n %s.x: a mark', (line) => {
	it('is passed on to all items made from marked ones, and to no others', () => {
		const { done } = readRecorded(line, 'error-carried-on');
		const marked = spread(
			done.tasks,
			({ task: { step }, data }) => step === 'Send' && data.json.stored === 1,
			(_item, count) => count > 0,
		);
		expect([...marked].map(({ task: { step } }) => step)).toEqual(['Send', 'Carry', 'Drop']);
	});

	it('counts the marked items from which an item was made', () => {
		const { done } = readRecorded(line, 'aggregate');
		const counts: number[] = [];
		spread(
			done.tasks,
			({ data }) => data.json.n === 1,
			(_item, count) => counts.push(count) === 0,
		);
		expect(counts).toEqual([1]);
	});
});
