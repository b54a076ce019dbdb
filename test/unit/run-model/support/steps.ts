import type { Step } from '../../../engine/roche';

/** Properties of a step of a recorded workflow, besides its kind. */
export type More = Partial<Omit<Step, 'type'>> & { row?: number };

const step = (type: Step['type'], name: string, { row, ...more }: More = {}, typeVersion = 1): Step => ({
	type,
	typeVersion,
	name,
	// n8n runs the upper one of two steps first.
	...(row === undefined ? {} : { position: [200, 200 * row] as [number, number] }),
	...more,
});

/** The observing step. */
export const ack = (more?: More): Step => step('test.record', 'ACK', more);

/** A step that passes its items on. */
export const pass = (name: string, next?: string[], more?: More): Step =>
	step('n8n-nodes-base.noOp', name, { ...(next && { next: [next] }), ...more });

export const code = (name: string, jsCode: string, { parameters, ...more }: More = {}): Step =>
	step('n8n-nodes-base.code', name, { parameters: { jsCode, ...parameters }, ...more }, 2);

/** Code that fails for item 2 until that item has a field `again`. */
export const send = (more: More = {}): Step =>
	code('Send', 'if ($json.n === 2 && !$json.again) throw new Error("refused"); return { json: { stored: $json.n } };', {
		parameters: { mode: 'runOnceForEachItem' },
		...more,
	});

/** Edit Fields: adds a field. */
export const edit = (name: string, field: string, more: More & { includeOtherFields?: boolean } = {}): Step => {
	const { includeOtherFields = true, ...rest } = more;
	const assignments = { assignments: [{ id: '1', name: field, value: 'yes', type: 'string' }] };
	return step(
		'n8n-nodes-base.set',
		name,
		{ parameters: { assignments, includeOtherFields, options: {} }, ...rest },
		3.4,
	);
};

/** Loop Over Items, one item per round. Its outputs are named, because their order differs between versions. */
export function loop(
	name: string,
	typeVersion: number,
	{ round, done }: { round: string[]; done: string[] },
	options: Record<string, string> = {},
): Step {
	const next = typeVersion === 3 ? [done, round] : typeVersion === 2 ? [round, done] : [round];
	return step('n8n-nodes-base.splitInBatches', name, { parameters: { batchSize: 1, options }, next }, typeVersion);
}

export const merge = (parameters: Step['parameters'], more: More = {}): Step =>
	step('n8n-nodes-base.merge', 'Merge', { parameters, ...more }, 3.1);

export const limit = (): Step => step('n8n-nodes-base.limit', 'Limit', { parameters: { maxItems: 1 } });

export const aggregate = (): Step =>
	step('n8n-nodes-base.aggregate', 'Aggregate', { parameters: { aggregate: 'aggregateAllItemData', options: {} } });

export const splitOut = (): Step =>
	step('n8n-nodes-base.splitOut', 'Split Out', {
		parameters: { fieldToSplitOut: 'parts', include: 'noOtherFields', options: {} },
	});

const condition = (leftValue: string, rightValue: number) => ({
	options: { caseSensitive: true, typeValidation: 'strict', version: 2 },
	combinator: 'and',
	conditions: [{ id: '1', leftValue, rightValue, operator: { type: 'number', operation: 'gte' } }],
});

/** If or Filter: items whose number is at least this. */
export const atLeast = (kind: 'if' | 'filter', number: number, more: More = {}): Step =>
	step(
		`n8n-nodes-base.${kind}`,
		kind === 'if' ? 'If' : 'Filter',
		{ parameters: { conditions: condition('={{ $json.n }}', number), options: {} }, ...more },
		2.2,
	);

/** `test.fail`: makes items fail. */
export const fail = (name: string, as: 'json' | 'bare' | 'item' | 'throw', message: string, more: More = {}): Step =>
	step('test.fail', name, { parameters: { failures: JSON.stringify([{ index: 0, as, message }]) }, ...more });
