import { FAILED_STEPS } from './failed-step-patterns';
import { above, ack, below, code, failed, FETCH, loop, MERGE, noOp, type Pattern, PARTS, send } from './patterns';

const NONE = [false, false];

/** Patterns that are held back and fail the run. */
export const HELD_BACK: Pattern[] = [
	...FAILED_STEPS,
	{
		name: 'A branch beside the ACK that has not run yet',
		steps: [{ ...FETCH, next: [['ACK', 'Send']] }, ack({ ...above, next: [[]] }), send({ next: [[]] })],
		acknowledged: NONE,
		fails: /The step "Send" has not worked on this message yet, and does not lead to this node/,
	},
	{
		name: 'A branch beside the ACK, whose items do not name their message',
		steps: [
			FETCH,
			code('Split', 'return [...items, ...items].map(() => ({ json: {} }));', { next: [['Send', 'Found']] }),
			code('Found', "return $('Fetch').all().map(({ json }) => ({ json }));", { ...above, next: [['ACK']] }),
			ack({ next: [[]] }),
			noOp('Send', [[]], below),
		],
		acknowledged: NONE,
		fails: /The step "Send" has not worked on this message yet/,
	},
	{
		name: 'Roche S3 Fetch is deactivated',
		steps: [{ ...FETCH, disabled: true }, send(), ack()],
		acknowledged: NONE,
		fails: /The step "Fetch" is deactivated$/,
	},
	{
		name: 'The step that hands the file on is deactivated',
		steps: [FETCH, send({ disabled: true }), ack()],
		acknowledged: NONE,
		fails: /The step "Send" is deactivated$/,
	},
	{
		name: 'The step that hands the file on is pinned',
		steps: [FETCH, send({ pinned: [{ stored: true }, { stored: true }] }), ack()],
		acknowledged: NONE,
		fails: /The step "Send" did not run, because its output is pinned$/,
	},
	{
		name: 'A loop inside a loop, ended once',
		steps: [
			FETCH,
			loop([[], ['Parts']], { name: 'Outer' }),
			{ ...PARTS, next: [['Loop']] },
			loop([['ACK'], ['Send']]),
			send({ next: [['Loop']] }),
			ack({ next: [['Outer']] }),
		],
		acknowledged: [true, false],
		fails: /The step "Loop" is a loop that had already ended, and sent items to "done" without looping over them$/,
	},
	{
		name: 'A loop inside a loop, the ACK in the inner one',
		messages: 1,
		steps: [
			FETCH,
			{ ...PARTS, next: [['Outer']] },
			loop([[], ['Loop']], { name: 'Outer' }),
			loop([['Outer'], ['Send']]),
			send(),
			ack({ next: [['Loop']] }),
		],
		acknowledged: [false],
		fails: /The step "Loop" is a loop that had already ended, and sent items to "done" without looping over them$/,
	},
	{
		name: 'A sub-workflow that is not waited for',
		steps: [
			{ ...FETCH, next: [['ACK', 'Call']] },
			ack({ ...above, next: [[]] }),
			{
				type: 'n8n-nodes-base.executeWorkflow',
				typeVersion: 1.2,
				name: 'Call',
				parameters: { workflowId: { __rl: true, mode: 'id', value: '1' }, options: { waitForSubWorkflow: false } },
				next: [[]],
			},
		],
		acknowledged: NONE,
		fails: /The step "Call" does not wait for the end of its sub-workflow$/,
	},
	{
		name: 'The ACK in a sub-workflow, the file read by its caller',
		steps: [{ type: 'n8n-nodes-base.executeWorkflowTrigger', typeVersion: 1, name: 'Called' }, send(), ack()],
		acknowledged: NONE,
		fails: /This is a sub-workflow, and the workflow that calls it has read the file: put the ACK node there$/,
	},
	{
		name: 'A partial run of the editor',
		steps: [
			{ ...FETCH, next: [['Send', 'Archive']] },
			send({ next: [['ACK']] }),
			ack({ next: [[]] }),
			send({ name: 'Archive', next: [[]] }),
		],
		acknowledged: NONE,
		fails: /The step "Archive" is not part of this partial run$/,
		settings: { destinationNode: 'ACK' },
	},
];

/** Patterns in which messages wait: the ACK decides when the rest has arrived, and a hint states this. */
export const WAITING: Pattern[] = [
	{
		name: 'A Merge node that waits for its second input',
		steps: [
			{ ...FETCH, next: [['Merge:0', 'ACK', 'Send']] },
			ack({ ...above, next: [[]] }),
			send({ ...below, next: [['Merge:1']] }),
			{ ...MERGE, next: [['ACK']] },
		],
		acknowledged: [true, true],
		hint: /which also leads to this node, has not worked on this message yet/,
	},
	{
		name: 'Two branches that both end at the ACK, one of them empty',
		steps: [
			{ ...FETCH, next: [['Send', 'Failed?']] },
			send({ next: [['ACK']] }),
			ack({ next: [[]] }),
			{ ...failed([['ACK'], []]), ...below },
		],
		acknowledged: NONE,
		hint: /The step "Failed\?", which also leads to this node, has not worked on this message yet\. .*join the branches with a Merge node/,
	},
];

/** Patterns that are an error of the node before any request. */
export const ERRORS: Pattern[] = [
	{
		name: 'A step that links nothing, several messages',
		steps: [FETCH, send(), code('Sum', 'return [{ json: { parts: items.length } }];'), ack()],
		acknowledged: NONE,
		fails: /^Receipt Handle is not known: the step "Sum" does not link/,
	},
	{
		name: 'Execute Once on the ACK',
		steps: [FETCH, send(), ack({ executeOnce: true })],
		acknowledged: NONE,
		fails: /^Execute Once is switched on/,
	},
];
