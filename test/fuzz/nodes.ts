/** The steps as n8n nodes, with the parameters that n8n's editor writes. */
import type { INodeParameters } from 'n8n-workflow';
import type { Failure, ForkBlock, Join, LoopBlock, StepBlock, Test } from './model';

export interface NodeKind {
	type: string;
	typeVersion: number;
	parameters: INodeParameters;
}

/** The receiver's address, with the run's own path. */
export interface Surroundings {
	url: string;
	failures: Failure[];
}

const base = (name: string, typeVersion: number, parameters: INodeParameters = {}): NodeKind => ({
	type: `n8n-nodes-base.${name}`,
	typeVersion,
	parameters,
});

const ITEM_TEXT = 'JSON.stringify($json.of ?? "")';

const EXPRESSIONS: Record<Test, string> = {
	failed: '$json.error !== undefined',
	well: '$json.error === undefined',
	'message 1': `/"~?1[/"]/.test(${ITEM_TEXT})`,
	'message 2': `/"~?2[/"]/.test(${ITEM_TEXT})`,
	'part 1': `${ITEM_TEXT}.includes('/1"')`,
};

function conditions(test: Test): INodeParameters {
	return {
		options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
		combinator: 'and',
		conditions: [
			{
				id: '1',
				leftValue: `={{ ${EXPRESSIONS[test]} }}`,
				rightValue: '',
				operator: { type: 'boolean', operation: 'true', singleValue: true },
			},
		],
	};
}

export function httpRequest(url: string): NodeKind {
	return base('httpRequest', 4.2, {
		method: 'POST',
		url,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '={{ JSON.stringify({ of: $json.of, parts: $json.parts }) }}',
		options: {},
	});
}

const codeForAll = (jsCode: string): NodeKind => base('code', 2, { jsCode });

/** Returns strings of which an item's `of` contains one if the failure applies to it: the message, or the part, which a whole message includes. */
function textsOf(key: string): string[] {
	const [message = ''] = key.split('/');
	return key === message ? [`"${message}"`, `"${message}/`] : [`"${key}"`, `"${message}"`];
}

function check(step: string, failures: Failure[]): NodeKind {
	const texts = failures.filter((failure) => failure.step === step).flatMap(({ key }) => textsOf(key));
	return base('code', 2, {
		mode: 'runOnceForEachItem',
		jsCode: `const text = ${ITEM_TEXT};
if (${JSON.stringify(texts)}.some((part) => text.includes(part))) throw new Error('Refused by the check');
return { json: { of: $json.of, parts: $json.parts, checked: true } };`,
	});
}

/** Prefix of the keys of an item that has passed an ACK in a rehearsal: later requests are not due before the ACK. */
export const PASSED = '~';

/** Replaces the ACK in a rehearsal. */
export const PASSING: NodeKind = codeForAll(`const passed = (value) => {
	if (Array.isArray(value)) return value.map(passed);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.keys(value).map((key) => ['${PASSED}' + key.replace('${PASSED}', ''), 1]));
};
return items.map(({ json }, item) => ({
	json: { ...json, of: passed(json.of), parts: passed(json.parts) },
	pairedItem: { item },
}));`);

const FIELDS = '{ of: json.of, parts: json.parts }';

/** Returns the node of a step. */
export function nodeOf({ step, name, test }: StepBlock, { url, failures }: Surroundings): NodeKind {
	switch (step) {
		case 'send':
			return httpRequest(`${url}/${encodeURIComponent(name)}`);
		case 'queue':
			return base('awsSqs', 1, {
				queue: 'https://sqs.eu-central-1.amazonaws.com/1/files',
				sendInputData: true,
				options: {},
			});
		case 'check':
			return check(name, failures);
		case 'noOp':
			return base('noOp', 1);
		case 'set':
			return base('set', 3.4, {
				assignments: { assignments: [{ id: '1', name: 'note', value: 'seen', type: 'string' }] },
				includeOtherFields: true,
				options: {},
			});
		case 'setOwn':
			return base('set', 3.4, {
				mode: 'raw',
				jsonOutput: '={{ JSON.stringify({ of: $json.of, parts: $json.parts }) }}',
				options: {},
			});
		case 'codeKeep':
			return codeForAll(`return items.map(({ json }, item) => ({ json: ${FIELDS}, pairedItem: { item } }));`);
		case 'codeDrop':
			return codeForAll(`return items.map(({ json }) => ({ json: ${FIELDS} }));`);
		case 'codeReverse':
			return codeForAll(`return items.map(({ json }, item) => ({ json, pairedItem: { item } })).reverse();`);
		case 'codeDouble':
			return codeForAll(`return items.flatMap(({ json }) => [{ json: ${FIELDS} }, { json: ${FIELDS} }]);`);
		case 'codeGather':
			return codeForAll('return [{ json: { of: items.map(({ json }) => json.of ?? null) } }];');
		case 'limit':
			return base('limit', 1, { maxItems: 1 });
		case 'aggregate':
			return base('aggregate', 1, {
				fieldsToAggregate: { fieldToAggregate: [{ fieldToAggregate: 'of' }] },
				options: { mergeLists: true },
			});
		case 'splitOut':
			return base('splitOut', 1, { fieldToSplitOut: 'parts', options: { destinationFieldName: 'of' } });
		case 'splitOutAll':
			return base('splitOut', 1, {
				fieldToSplitOut: 'parts',
				include: 'allOtherFields',
				options: { destinationFieldName: 'of' },
			});
		case 'unique':
			return base('removeDuplicates', 2, {
				operation: 'removeDuplicateInputItems',
				compare: 'selectedFields',
				fieldsToCompare: 'of',
				options: {},
			});
		case 'filter':
			return base('filter', 2.2, { conditions: conditions(test ?? 'well'), options: {} });
	}
}

export function sorter({ by, test = 'failed' }: ForkBlock): NodeKind {
	const asked = conditions(test);
	if (by === 'if') return base('if', 2.2, { conditions: asked, options: {} });
	return base('switch', 3.2, { rules: { values: [{ conditions: asked }] }, options: { fallbackOutput: 'extra' } });
}

export function loop({ version, size }: LoopBlock): NodeKind {
	return base('splitInBatches', version, { batchSize: size, options: {} });
}

/** Merges the messages and parts of both items if their fields clash. */
const CLASH = { clashHandling: { values: { resolveClash: 'preferLast', mergeMode: 'deepMerge' } } };

export function merge(join: Join): NodeKind {
	const modes: Partial<Record<Join, INodeParameters>> = {
		append: { mode: 'append' },
		position: { mode: 'combine', combineBy: 'combineByPosition', options: CLASH },
		choose: { mode: 'chooseBranch' },
	};
	return base('merge', 3.1, modes[join] ?? {});
}
