import {
	above,
	ack,
	below,
	code,
	CONTINUES,
	failed,
	FETCH,
	loop,
	MERGE,
	noOp,
	type Pattern,
	PARTS,
	send,
	type Sent,
} from './patterns';

const first = ({ message }: Sent) => message === 1;
const second = ({ message, part }: Sent) => message === 1 && part === 2;
const FOR_AN_ITEM = /The step "Send" failed for an item of this message$/;
const NONE = [false, false];
const OTHER = [false, true];
const SQS = {
	type: 'n8n-nodes-base.awsSqs',
	name: 'Send',
	parameters: { queue: 'https://sqs.eu-central-1.amazonaws.com/1/files', sendInputData: true, options: {} },
	...CONTINUES,
} as const;
const AWS = {
	credentials: {
		aws: {
			region: 'eu-central-1',
			accessKeyId: 'a',
			secretAccessKey: 'b',
			customEndpoints: true,
			sqsEndpoint: 'http://127.0.0.1:9',
		},
	},
};

const DOWN = { mode: 'runOnceForEachItem', jsCode: "throw new Error('Down');" };

/** Patterns that are held back and fail the run. */
export const HELD_BACK: Pattern[] = [
	{
		name: 'A step on Continue failed',
		steps: [FETCH, send(CONTINUES), ack()],
		refuses: first,
		acknowledged: OTHER,
		fails: FOR_AN_ITEM,
	},
	{
		name: 'A later step answers with fields of its own',
		steps: [FETCH, send(CONTINUES), send({ name: 'Log' }), ack()],
		refuses: (sent) => first(sent) && sent.step === 'Send',
		acknowledged: OTHER,
		fails: FOR_AN_ITEM,
	},
	{
		name: 'A failure without a text',
		steps: [FETCH, SQS, ack()],
		messages: 1,
		acknowledged: [false],
		fails: FOR_AN_ITEM,
		settings: AWS,
	},
	{
		name: 'A step failed as a whole',
		steps: [
			FETCH,
			{
				type: 'test.fail',
				name: 'Send',
				parameters: { failures: [{ index: 0, as: 'throw', message: 'Down' }] },
				...CONTINUES,
			},
			send({ name: 'Log' }),
			ack(),
		],
		acknowledged: NONE,
		fails:
			/^2 messages were held back: The step "Send" failed as a whole, and the run continued because of its setting "On Error"$/,
	},
	{
		name: 'Code threw an error, once for all items',
		steps: [FETCH, code('Send', "throw new Error('Down')", CONTINUES), ack()],
		acknowledged: NONE,
		fails: /^2 messages were held back: The step "Send" failed for an item of this message$/,
	},
	{
		name: 'Another way from an error output',
		steps: [
			FETCH,
			send({ onError: 'continueErrorOutput', next: [['ACK'], ['Other way']] }),
			send({ name: 'Other way', next: [['ACK']], ...below }),
			ack(),
		],
		refuses: (sent) => first(sent) && sent.step === 'Send',
		acknowledged: OTHER,
		fails: FOR_AN_ITEM,
	},
	{
		name: 'One of several parts failed, and left by an error output',
		steps: [FETCH, PARTS, send({ onError: 'continueErrorOutput' }), ack()],
		refuses: second,
		acknowledged: OTHER,
		fails: FOR_AN_ITEM,
	},
	{
		name: 'One of several parts failed, and was sorted out',
		steps: [FETCH, PARTS, send(CONTINUES), failed([[], ['ACK']]), ack()],
		refuses: second,
		acknowledged: OTHER,
		fails: FOR_AN_ITEM,
	},
	{
		name: 'A part failed in a round of a loop',
		steps: [
			FETCH,
			PARTS,
			loop([['ACK'], ['Send']]),
			send({ ...CONTINUES, next: [['Log']] }),
			send({ name: 'Log', next: [['Loop']] }),
			ack(),
		],
		refuses: (sent) => second(sent) && sent.step === 'Send',
		acknowledged: OTHER,
		fails: FOR_AN_ITEM,
	},
	{
		name: 'A branch failed before a Merge node',
		steps: [
			{ ...FETCH, next: [['Send', 'Archive']] },
			send({ onError: 'continueErrorOutput', next: [['Merge:0']] }),
			send({ name: 'Archive', next: [['Merge:1']] }),
			MERGE,
			ack(),
		],
		refuses: (sent) => first(sent) && sent.step === 'Send',
		acknowledged: OTHER,
		fails: FOR_AN_ITEM,
	},
	{
		name: 'Code caught its failure, and returned it',
		steps: [
			FETCH,
			code('Send', "return items.map((_, item) => ({ json: { error: 'Down' }, pairedItem: { item } }));"),
			ack(),
		],
		acknowledged: NONE,
		fails: FOR_AN_ITEM,
	},
	{
		name: 'A step that failed again with the same text',
		steps: [FETCH, send(CONTINUES), failed([['Again'], ['ACK']], 1), noOp('Again', [['Send']], below), ack()],
		refuses: first,
		acknowledged: OTHER,
		fails: FOR_AN_ITEM,
	},
	{
		name: 'Two steps failed with the same text, the first one optional',
		steps: [
			FETCH,
			code('Log', '', { parameters: DOWN, onError: 'continueErrorOutput', next: [['Send'], ['Send']] }),
			code('Send', '', { parameters: DOWN, onError: 'continueErrorOutput', next: [['ACK'], ['ACK']] }),
			ack({ parameters: { options: { optionalSteps: 'Log' } } }),
		],
		acknowledged: NONE,
		fails: FOR_AN_ITEM,
	},
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
