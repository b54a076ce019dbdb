import type { IDataObject } from 'n8n-workflow';
import type { RecordedRequest } from '../sandbox/types';
import { startItems } from './build';
import { allBlocks, stepsOf, type FuzzCase } from './model';
import { PASSED } from './nodes';
import { keysIn, overlap, type Performance, type Rig } from './rig';
import { behindDropping, independentOfBatch, mayEnterLoopAgain, mustAcknowledge, mustBeLoud, mustTell } from './traits';

export type ViolationKind = 'unsafe' | 'stuck' | 'silent' | 'stranger' | 'twice' | 'hung';

export interface Violation {
	kind: ViolationKind;
	text: string;
}

/** The requests, by step and key, that must succeed before a message may be acknowledged. */
export interface Due {
	requests: Array<{ step: string; key: string }>;
	/** Keys of the items that arrive at an ACK. */
	arriving: Set<string>;
	/** Why the workflow is unusable: its error without injected failures. */
	broken: string | undefined;
}

export interface Verdicts {
	acknowledged: number;
	heldBack: number;
	waiting: number;
}

function ackNames({ body }: FuzzCase): string[] {
	return allBlocks(body).flatMap((block) => (block.kind === 'ack' ? [block.name] : []));
}

/** Returns all items that the steps output at their first output. */
function outputs({ run }: Performance, names: string[]): IDataObject[] {
	return names
		.flatMap((name) => run.tasks(name))
		.flatMap(({ data }) => (data?.main?.[0] ?? []).map(({ json }) => json));
}

/** Determines what is due by running the workflow without failures. */
export async function whatIsDue(rig: Rig, given: FuzzCase): Promise<Due> {
	const all = startItems(given.messages);
	const alone = mayEnterLoopAgain(given) && independentOfBatch(given);
	const runs = alone ? all.flatMap(({ message, parts }) => parts.map((part) => [{ message, parts: [part] }])) : [all];
	const due: Due = { requests: [], arriving: new Set(), broken: undefined };
	const known = new Set<string>();
	for (const items of runs) {
		const performance = await rig.rehearse(given, items);
		if (performance.run.status !== 'success') due.broken = performance.run.error?.message ?? performance.run.status;
		for (const { step, keys } of performance.deliveries) {
			for (const key of keys.filter((one) => !one.startsWith(PASSED))) {
				if (!known.has(`${step} ${key}`)) due.requests.push({ step, key });
				known.add(`${step} ${key}`);
			}
		}
		for (const { of } of outputs(performance, ackNames(given)))
			keysIn(of).forEach((key) => due.arriving.add(key.replace(PASSED, '')));
	}
	return due;
}

/** Returns the violations in a run. @param requests all ACK requests with a handle of this run */
export function judge(given: FuzzCase, due: Due, performance: Performance, requests: RecordedRequest[]): Violation[] {
	if (performance.hung) return [{ kind: 'hung', text: 'The run did not end' }];
	const messages = given.messages.map((_, index) => index + 1);
	const violations = messages.flatMap((message) => {
		const handle = performance.announced[message - 1]?.MessageReceiptHandle;
		const sent = requests.filter(({ headers }) => headers.receipthandle === handle);
		const [first] = sent;
		return [
			...(first ? unsafe(given, due, performance, message, Date.parse(first.at)) : []),
			...(first ? wrongly(given, performance, message, sent) : stuck(given, due, message)),
		];
	});
	const left = messages.filter((message) => {
		const handle = performance.announced[message - 1]?.MessageReceiptHandle;
		return !requests.some(({ headers }) => headers.receipthandle === handle);
	});
	return [...violations, ...silent(given, performance, left)];
}

function ofMessage(key: string, message: number): boolean {
	return overlap(key, `${message}`);
}

function unsafe(given: FuzzCase, due: Due, { deliveries }: Performance, message: number, at: number): Violation[] {
	const found = (text: string): Violation[] => [
		{ kind: 'unsafe', text: `Message ${message} was acknowledged, but ${text}` },
	];
	if (given.messages[message - 1]?.missing) return found('its file is missing');
	const sent = (step: string, key: string) =>
		deliveries.some((one) => one.well && one.at <= at && one.step === step && one.keys.includes(key));
	const optional = behindDropping(given);
	const quiet = given.failures.length === 0 && !stepsOf(given.body).some(({ step }) => step === 'queue');
	const missing = due.requests.filter(
		({ step, key }) => ofMessage(key, message) && (quiet || !optional.has(step)) && !sent(step, key),
	);
	if (missing.length > 0) return found(`"${missing[0]?.step}" had not been done for ${missing[0]?.key}`);
	const failed = deliveries.flatMap(({ step, keys, well, at: when }) =>
		well || when > at
			? []
			: keys.filter((key) => ofMessage(key, message) && !sent(step, key)).map((key) => ({ step, key })),
	);
	return failed.length > 0 ? found(`"${failed[0]?.step}" had failed for ${failed[0]?.key}`) : [];
}

function wrongly(given: FuzzCase, { announced }: Performance, message: number, sent: RecordedRequest[]): Violation[] {
	const expected = announced[message - 1]?.operationId;
	const other = sent.find(({ headers }) => headers['x-operation-id'] !== expected);
	if (other) return [{ kind: 'stranger', text: `Message ${message} was acknowledged with another operation id` }];
	if (sent.length === 1 || given.messages[message - 1]?.ack) return [];
	return [{ kind: 'twice', text: `Message ${message} was acknowledged ${sent.length} times` }];
}

function stuck(given: FuzzCase, due: Due, message: number): Violation[] {
	const arrives = [...due.arriving].some((key) => ofMessage(key, message));
	if (!arrives || !mustAcknowledge(given)) return [];
	return [{ kind: 'stuck', text: `Message ${message} was not acknowledged though nothing failed` }];
}

/** @param left messages that were not acknowledged */
function silent(given: FuzzCase, performance: Performance, left: number[]): Violation[] {
	if (!mustBeLoud(given) || performance.run.status !== 'success') return [];
	const items = outputs(performance, ackNames(given));
	const heldBack = acksOf(items).find((ack) => ack.acknowledged === false && !isWaiting(ack));
	if (heldBack) {
		return [{ kind: 'silent', text: `A message was held back, but the run succeeded: ${text(heldBack.reason)}` }];
	}
	const told = new Set(items.flatMap(({ of }) => keysIn(of)));
	const untold = left.find((message) => mustTell(given) && [...told].some((key) => ofMessage(key, message)));
	if (untold === undefined) return [];
	return [{ kind: 'silent', text: `Message ${untold} was not acknowledged, but the run succeeded` }];
}

function text(value: unknown): string {
	return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function acksOf(items: IDataObject[]): IDataObject[] {
	return items.flatMap(({ ack }) => (typeof ack === 'object' && ack !== null ? [ack as IDataObject] : []));
}

function isWaiting({ waiting }: IDataObject): boolean {
	return waiting === true;
}

/** Counts the outcomes in the items of the ACKs and in the errors of those that stopped the run. */
export function verdictsOf(given: FuzzCase, performance: Performance): Verdicts {
	const acks = acksOf(outputs(performance, ackNames(given)));
	const waiting = acks.filter((one) => one.acknowledged === false && isWaiting(one)).length;
	const heldBack = acks.filter((one) => one.acknowledged === false).length - waiting;
	const told = ackNames(given).map((name) => performance.run.nodeError(name)?.context as IDataObject | undefined);
	const thrown = told.map((context) => Number((context?.heldBack as IDataObject | undefined)?.messages ?? 0));
	return {
		acknowledged: acks.filter((one) => one.acknowledged === true).length,
		heldBack: heldBack + thrown.reduce((sum, count) => sum + (Number.isNaN(count) ? 1 : count), 0),
		waiting,
	};
}
