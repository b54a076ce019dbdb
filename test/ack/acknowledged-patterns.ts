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
} from './patterns';

const BOTH = [true, true];
const first = ({ message }: { message: number }) => message === 1;

/** Patterns that are acknowledged. */
export const ACKNOWLEDGED: Pattern[] = [
	{
		name: 'One step after the other, each successful',
		steps: [{ type: 'rocheGetToken' }, FETCH, send(), ack()],
		acknowledged: BOTH,
	},
	{
		name: "The notification comes by n8n's Webhook node",
		item: ({ operationId, ...body }) => ({ body, headers: { 'x-operation-id': operationId } }),
		steps: [
			{
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				name: 'Body',
				parameters: { mode: 'raw', jsonOutput: '={{ $json.body }}', options: {} },
			},
			FETCH,
			send({
				parameters: { ...send().parameters, jsonBody: "={{ JSON.stringify({ id: $('Body').item.json.MessageId }) }}" },
			}),
			ack(),
		],
		acknowledged: BOTH,
	},
	{
		name: 'A step before Roche S3 Fetch failed',
		steps: [
			code('Look up', "throw new Error('No such patient')", {
				...CONTINUES,
				parameters: { mode: 'runOnceForEachItem', jsCode: "return { json: { ...$json, error: 'No such patient' } };" },
			}),
			FETCH,
			send(),
			ack(),
		],
		acknowledged: BOTH,
	},
	{
		name: 'Roche S3 Fetch made good what Roche Get Token failed at',
		steps: [
			{ type: 'rocheGetToken', parameters: { options: { orgId: 'not an OID' } }, ...CONTINUES },
			FETCH,
			{
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				name: 'Keep',
				parameters: { includeOtherFields: true, assignments: { assignments: [] }, options: {} },
			},
			ack(),
		],
		acknowledged: BOTH,
	},
	{
		name: 'The ACK behind "done" of a loop over parts',
		steps: [FETCH, PARTS, loop([['ACK'], ['Send']]), send({ next: [['Loop']] }), ack()],
		acknowledged: BOTH,
	},
	{
		name: 'The ACK in a loop over messages',
		steps: [FETCH, loop([[], ['Send']]), send(), ack({ next: [['Loop']] })],
		acknowledged: BOTH,
	},
	{
		name: 'The ACK in a loop over the parts of messages',
		steps: [FETCH, PARTS, loop([[], ['Send']]), send(), ack({ next: [['Loop']] })],
		acknowledged: BOTH,
		hint: /The loop "Loop" has rounds left for this message/,
	},
	{
		name: 'The ACK beside the way back of a loop, drawn above it',
		steps: [FETCH, loop([[], ['Send']]), send({ next: [['ACK', 'Loop']] }), ack({ ...above, next: [[]] })],
		acknowledged: BOTH,
	},
	{
		name: 'The ACK beside the way back of a loop, drawn below it',
		steps: [FETCH, PARTS, loop([[], ['Send']]), send({ next: [['ACK', 'Loop']] }), ack({ ...below, next: [[]] })],
		acknowledged: BOTH,
		hint: /More items of this message are on their way/,
	},
	{
		name: 'Branches that a Merge node joins',
		steps: [
			{ ...FETCH, next: [['Send', 'Archive']] },
			send({ next: [['Merge:0']] }),
			send({ name: 'Archive', next: [['Merge:1']] }),
			MERGE,
			ack(),
		],
		acknowledged: BOTH,
	},
	{
		name: 'Two branches that both end at the ACK',
		steps: [
			{ ...FETCH, next: [['Send', 'Archive']] },
			send({ next: [['ACK']] }),
			send({ name: 'Archive', next: [['ACK']] }),
			ack(),
		],
		acknowledged: BOTH,
		hint: /The step "Archive", which also leads to this node, has not worked/,
	},
	{
		name: 'A branch that ends empty, joined by a Merge node',
		steps: [
			{ ...FETCH, next: [['Send', 'Failed?']] },
			send({ next: [['Merge:0']] }),
			failed([['Merge:1'], []]),
			MERGE,
			ack(),
		],
		acknowledged: BOTH,
	},
	{
		name: 'A step that failed and then succeeded for the same item',
		steps: [{ ...FETCH }, send({ ...CONTINUES }), failed([['Again'], ['ACK']]), noOp('Again', [['Send']]), ack()],
		refuses: ({ message, time }) => message === 1 && time === 1,
		acknowledged: BOTH,
	},
	{
		name: 'An ACK that failed, and a second one behind it',
		steps: [
			FETCH,
			send(),
			ack({ name: 'First', parameters: { options: { orgId: 'not an OID' } }, ...CONTINUES }),
			ack(),
		],
		acknowledged: BOTH,
	},
	{
		name: 'One item made of several messages',
		steps: [
			FETCH,
			{ type: 'n8n-nodes-base.aggregate', name: 'All', parameters: { aggregate: 'aggregateAllItemData', options: {} } },
			ack(),
		],
		acknowledged: BOTH,
	},
	{
		name: 'A step that links nothing, one message in the run',
		messages: 1,
		steps: [FETCH, PARTS, send(), code('Sum', 'return [{ json: { parts: items.length } }];'), ack()],
		acknowledged: [true],
	},
	{
		name: 'One item of the parts is kept',
		messages: 1,
		steps: [FETCH, PARTS, send(), { type: 'n8n-nodes-base.limit', name: 'Limit', parameters: { maxItems: 1 } }, ack()],
		acknowledged: [true],
	},
	{
		name: 'A step named in Optional Steps failed',
		steps: [
			FETCH,
			send(),
			send({ name: 'Log', ...CONTINUES }),
			ack({ parameters: { options: { optionalSteps: 'Log' } } }),
		],
		refuses: (sent) => sent.step === 'Log' && first(sent),
		acknowledged: BOTH,
	},
	{
		name: 'A branch beside the ACK, of steps named in Optional Steps',
		steps: [
			FETCH,
			send({ next: [['ACK', 'Log']] }),
			ack({ ...above, next: [[]], parameters: { options: { optionalSteps: 'Log' } } }),
			send({ name: 'Log', next: [[]] }),
		],
		acknowledged: BOTH,
	},
	{
		name: 'A branch that leaves before Roche S3 Fetch',
		steps: [
			noOp('Notification', [['Fetch', 'Log']]),
			{ ...FETCH, next: [['Send']] },
			send({ next: [['ACK']] }),
			ack({ next: [[]] }),
			noOp('Log', [[]], below),
		],
		acknowledged: BOTH,
	},
	{
		name: 'Items put together and split again, the ACK in a loop over them',
		steps: [
			FETCH,
			{ type: 'n8n-nodes-base.aggregate', name: 'All', parameters: { aggregate: 'aggregateAllItemData', options: {} } },
			{ type: 'n8n-nodes-base.splitOut', name: 'Split', parameters: { fieldToSplitOut: 'data', options: {} } },
			loop([[], ['Send']]),
			send({ parameters: { ...send().parameters, jsonBody: '={{ JSON.stringify({ id: $json.MessageId }) }}' } }),
			ack({ next: [['Loop']] }),
		],
		acknowledged: BOTH,
	},
];
