import {
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

/** Patterns in which a step failed for a message. */
export const FAILED_STEPS: Pattern[] = [
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
];
