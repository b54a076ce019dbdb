import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from '../engine/roche';
import { ACKNOWLEDGED } from './acknowledged-patterns';
import { ERRORS, HELD_BACK, WAITING } from './held-back-patterns';
import type { Pattern, Sent } from './patterns';
import { Receiver } from './receiver';
import { lineRoche } from './support';

const roche = lineRoche();
let receiver: Receiver;

beforeAll(async () => {
	receiver = await Receiver.start();
});
afterAll(async () => await receiver.stop());

/** Inserts the receiver's address into a step. */
function addressed(step: Step): Step {
	const { url } = step.parameters ?? {};
	if (typeof url !== 'string') return step;
	return { ...step, parameters: { ...step.parameters, url: url.replace('RECEIVER', receiver.url) } };
}

/** Answers as the pattern defines, and counts how often each request arrives. */
function answers(ids: string[], refuses: Pattern['refuses'] = () => false): Receiver['answer'] {
	const times = new Map<string, number>();
	return (body, path) => {
		const { id, part } = body as { id?: string; part?: number };
		const key = `${path} ${String(id)} ${String(part)}`;
		const time = (times.get(key) ?? 0) + 1;
		times.set(key, time);
		const sent: Sent = { message: ids.indexOf(id ?? '') + 1, part: part ?? 0, step: path.slice(1), time };
		return refuses(sent) ? 500 : 200;
	};
}

async function check({ steps, messages = 2, refuses, item, settings, ...expected }: Pattern): Promise<void> {
	const made = await roche.notifications(messages);
	const ids = made.map((one) => one.item.MessageId);
	receiver.answer = answers(ids, refuses);
	const items = made.map((one) => (item ? item({ ...one.item }) : one.item));
	const run = await roche.run(items, steps.map(addressed), settings);
	const done = await roche.acknowledged();
	const hints = run.tasks('ACK').flatMap(({ hints: shown }) => (shown ?? []).map(({ message }) => message));
	expect({ error: run.error?.message, acknowledged: ids.map((id) => done.includes(id)), hints }).toEqual({
		error: expected.fails ? (expect.stringMatching(expected.fails) as string) : undefined,
		acknowledged: expected.acknowledged,
		hints: expected.hint ? (expect.arrayContaining([expect.stringMatching(expected.hint)]) as string[]) : [],
	});
	// None is sent twice.
	const handles = (await roche.sandbox.requests('ack')).map(({ headers }) => headers.receipthandle);
	expect(handles).toHaveLength(new Set(handles).size);
}

const named = (patterns: Pattern[]) => patterns.map((pattern) => [pattern.name, pattern] as const);

describe('acknowledged', () => {
	it.each(named(ACKNOWLEDGED))('%s', async (_name, pattern) => await check(pattern));
});

describe('held back, and the run fails', () => {
	it.each(named(HELD_BACK))('%s', async (_name, pattern) => await check(pattern));
});

describe('waits', () => {
	it.each(named(WAITING))('%s', async (_name, pattern) => await check(pattern));
});

describe('an error of the node', () => {
	it.each(named(ERRORS))('%s', async (_name, pattern) => await check(pattern));
});

it('each row of docs/acknowledging.md is one of these tests, and each test a row', () => {
	const page = readFileSync(join(__dirname, '..', '..', 'docs', 'acknowledging.md'), 'utf8');
	const rows = page.split('\n').flatMap((line) => /^\| (?!Pattern|-)(.+?) +\|.*\|.*\|.*\|$/.exec(line)?.[1] ?? []);
	const patterns = [...ACKNOWLEDGED, ...HELD_BACK, ...WAITING, ...ERRORS];
	expect(rows.toSorted()).toEqual(patterns.map(({ name }) => name).toSorted());
});
