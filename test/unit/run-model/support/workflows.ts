import type { RunSettings, Step } from '../../../engine/roche';
import { notification } from './notification';
import { ack, aggregate, atLeast, code, edit, fail, limit, loop, merge, pass, send, splitOut } from './steps';

/** A workflow whose run is recorded. */
export interface Recorded extends Pick<RunSettings, 'settings' | 'destinationNode'> {
	steps: Step[];
	/** Default: two notifications. */
	items?: object[];
}

const CONTINUE = { onError: 'continueRegularOutput' } as const;
const ERROR_OUTPUT = { onError: 'continueErrorOutput' } as const;

/** Loops with the observing step in the middle of a round, or on the connection back to the loop. */
const LOOPS = Object.fromEntries(
	[1, 2, 3].flatMap((version): Array<[string, Recorded]> => {
		const begin = loop('Loop', version, { round: ['Work'], done: ['End'] });
		const side = (row: number) => [
			begin,
			pass('Work', ['ACK', 'Side']),
			ack({ row: 1, next: [['Loop']] }),
			pass('Side', [], { row }),
			pass('End', []),
		];
		return [
			[`loop-v${version}-inline`, { steps: [begin, pass('Work'), ack({ next: [['Loop']] }), pass('End', [])] }],
			[`loop-v${version}-side-above`, { steps: side(0) }],
			[`loop-v${version}-side-below`, { steps: side(2) }],
		];
	}),
);

/** A loop inside the rounds of another one. The inner loop ends in the first round. */
const nested = (options?: Record<string, string>): Recorded => ({
	steps: [
		loop('Outer', 3, { round: ['Inner'], done: [] }),
		loop('Inner', 3, { round: ['Work'], done: ['ACK'] }, options),
		pass('Work', ['Inner']),
		ack({ next: [['Outer']] }),
	],
});

const branchesToMerge = [
	pass('Fork', ['Upper', 'ACK', 'Lower']),
	pass('Upper', ['Merge:0'], { row: 0 }),
	pass('Lower', ['Merge:1'], { row: 2 }),
	merge({ mode: 'append' }, { next: [['ACK']] }),
	ack({ row: 1, next: [] }),
];

/** @param row of "ACK": above the connection back to the failed step (-1), or below it */
const retry = (makesGood: boolean, row: number): Step[] => [
	send({ ...ERROR_OUTPUT, next: [['ACK'], ['Tried once?']] }),
	code('Tried once?', 'return items.filter(({ json }) => !json.tried);', { next: [['Again']] }),
	edit('Again', makesGood ? 'again' : 'other', { next: [['Mark']] }),
	edit('Mark', 'tried', { next: [['Send']] }),
	ack({ row, next: [] }),
];

/** The workflows by file name. */
export const WORKFLOWS: Readonly<Record<string, Recorded>> = {
	...LOOPS,
	'loop-v3-done': {
		steps: [loop('Loop', 3, { round: ['Work'], done: ['ACK'] }), pass('Work', ['Loop']), ack({ next: [] })],
	},
	'loop-nested': nested(),
	'loop-nested-reset': nested({ reset: '={{ $prevNode.name === "Outer" }}' }),
	'merge-waits': { steps: branchesToMerge },
	'merge-waits-v0': { steps: branchesToMerge, settings: { executionOrder: 'v0' } },
	'merge-by-position': {
		steps: [
			pass('Fork', ['Upper', 'Lower']),
			edit('Upper', 'upper', { next: [['Merge:0']] }),
			pass('Lower', ['Merge:1']),
			merge({ mode: 'combine', combineBy: 'combineByPosition', options: {} }),
			ack(),
		],
	},
	'branches-without-merge': {
		steps: [
			pass('Fork', ['Upper', 'Lower']),
			pass('Upper', ['ACK'], { row: 0 }),
			pass('Lower', ['ACK'], { row: 2 }),
			ack(),
		],
	},
	'code-one-of-several': {
		steps: [code('Code', 'return [{ json: { count: items.length } }];'), ack()],
	},
	'code-n-to-n': {
		steps: [code('Code', 'return items.map(({ json }) => ({ json: { stored: json.n } }));'), ack()],
	},
	'code-n-to-m': {
		steps: [
			code('Code', 'return [...items, ...items].slice(1).map(({ json }) => ({ json: { stored: json.n } }));'),
			ack(),
		],
	},
	limit: { steps: [limit(), ack()] },
	aggregate: { steps: [aggregate(), ack()] },
	'split-out': {
		steps: [splitOut(), ack()],
		items: [1, 2].map((n) => ({ ...notification(n), parts: [`${n}a`, `${n}b`] })),
	},
	'error-output-connected': {
		steps: [send({ ...ERROR_OUTPUT, next: [['ACK'], ['Alarm']] }), ack({ next: [] }), pass('Alarm')],
	},
	'error-output-to-ack': { steps: [send({ ...ERROR_OUTPUT, next: [['ACK'], ['ACK']] }), ack({ next: [] })] },
	'error-output-unconnected': { steps: [send({ ...ERROR_OUTPUT, next: [['ACK']] }), ack({ next: [] })] },
	'if-error-output': {
		steps: [
			edit('Spoil', 'n'),
			atLeast('if', 2, { ...ERROR_OUTPUT, next: [['ACK'], ['ACK'], ['ACK']] }),
			ack({ next: [] }),
		],
	},
	'error-carried-on': {
		steps: [send(CONTINUE), edit('Carry', 'later'), edit('Drop', 'dropped', { includeOtherFields: false }), ack()],
	},
	'error-of-item': { steps: [fail('Item', 'item', 'refused', CONTINUE), pass('After'), ack()] },
	'error-empty': { steps: [fail('Bare', 'bare', '', CONTINUE), ack()] },
	'error-empty-of-stopping-step': { steps: [fail('Bare', 'bare', ''), ack()] },
	'failed-whole': { steps: [fail('Throws', 'throw', 'broken', CONTINUE), ack()] },
	'failed-whole-error-output': {
		steps: [fail('Throws', 'throw', 'broken', { ...ERROR_OUTPUT, next: [['ACK'], ['ACK']] }), ack({ next: [] })],
	},
	'failed-merge': {
		steps: [
			pass('Fork', ['Upper', 'Lower']),
			edit('Upper', 'upper', { next: [['Merge:0']] }),
			edit('Lower', 'lower', { next: [['Merge:1']] }),
			merge({ mode: 'combineBySql', query: 'SELECT FROM WHERE' }, CONTINUE),
			ack(),
		],
	},
	'pinned-and-deactivated': {
		steps: [
			pass('Pinned', undefined, { pinned: [{ pinned: 1 }, { pinned: 2 }] }),
			pass('Off', undefined, { disabled: true }),
			ack(),
		],
	},
	'partial-run': {
		steps: [pass('Work', ['ACK', 'Outside']), ack({ next: [['Behind']] }), pass('Outside', []), pass('Behind')],
		destinationNode: 'ACK',
	},
	'retry-made-good': { steps: retry(true, -1) },
	'retry-failed-again': { steps: retry(false, 3) },
	'retry-in-parts': {
		steps: [
			send({ ...ERROR_OUTPUT, next: [['ACK'], ['Parts']] }),
			code('Parts', 'return [{ json: { n: 3 } }, { json: { n: 4 } }];', { next: [['Send']] }),
			ack({ row: 3, next: [] }),
		],
		items: [1, 2, 3].map(notification),
	},
	'execute-once': {
		steps: [edit('Once', 'once', { executeOnce: true, includeOtherFields: false }), ack()],
		items: [1, 2, 3].map(notification),
	},
	'always-output-data': { steps: [atLeast('filter', 9, { alwaysOutputData: true }), ack()] },
};
