import { allBlocks, insides, stepsOf, type Block, type FuzzCase, type Knobs } from './model';

type Change = (given: FuzzCase) => void;

/** Returns all lists of blocks, the outermost first. */
function listsOf({ body }: FuzzCase): Block[][] {
	return [body, ...allBlocks(body).flatMap(insides)];
}

function within(given: FuzzCase, index: number): Block[] {
	return listsOf(given)[index] ?? [];
}

function changesOfLists(given: FuzzCase): Change[] {
	return listsOf(given).flatMap((list, index) =>
		list.flatMap((block, position): Change[] => [
			// A workflow without Roche S3 Fetch would be of another kind.
			...(block.kind === 'fetch' ? [] : [(copy: FuzzCase) => void within(copy, index).splice(position, 1)]),
			...insides(block).map((_inside, which): Change => (copy) => {
				const found = within(copy, index)[position];
				if (found) within(copy, index).splice(position, 1, ...(insides(found)[which] ?? []));
			}),
		]),
	);
}

const SIMPLER: Array<(block: Block) => void> = [
	(block) => {
		if (block.kind === 'step') delete block.errors;
		if (block.kind === 'loop') delete block.side;
		if (block.kind === 'ack') delete block.define;
		if (block.kind === 'fetch') delete block.lookup;
	},
	(block) => {
		if (block.kind === 'ack') delete block.passThrough;
		if (block.kind === 'fetch') delete block.token;
	},
	(block) => {
		if (block.kind === 'step') block.step = 'noOp';
		if (block.kind === 'fork') block.join = 'append';
		if (block.kind === 'loop') block.version = 3;
	},
	(block) => {
		if (block.kind === 'fork') block.by = 'copy';
		if (block.kind === 'loop') block.size = 1;
		if (block.kind === 'step' && block.errors) block.errors.join = 'none';
	},
	(block) => {
		if (block.kind === 'fork') delete block.mergeAt;
	},
];

function changesOfBlocks(given: FuzzCase): Change[] {
	return allBlocks(given.body).flatMap((block, index) => {
		const at =
			(change: (block: Block) => void): Change =>
			(copy) => {
				const found = allBlocks(copy.body)[index];
				if (found) change(found);
			};
		const knobs = Object.keys(block.knobs) as Array<keyof Knobs>;
		return [
			...SIMPLER.map(at),
			...knobs.map((knob) => at((found) => void (found.knobs = { ...found.knobs, [knob]: undefined }))),
		];
	});
}

function withoutMessage(copy: FuzzCase, index: number): void {
	copy.messages.splice(index, 1);
	const gone = index + 1;
	const number = (key: string) => Number(key.split('/')[0]);
	copy.failures = copy.failures.filter(({ key }) => number(key) !== gone);
	for (const failure of copy.failures) {
		const [message = '', ...part] = failure.key.split('/');
		if (Number(message) > gone) failure.key = [Number(message) - 1, ...part].join('/');
	}
}

function changesOfEvents(given: FuzzCase): Change[] {
	return [
		...given.messages.flatMap((_message, index): Change[] => [
			(copy) => withoutMessage(copy, index),
			(copy) => void Object.assign(copy.messages[index] ?? {}, { parts: 1 }),
			(copy) => delete copy.messages[index]?.twice,
			(copy) => delete copy.messages[index]?.missing,
			(copy) => delete copy.messages[index]?.ack,
		]),
		...given.failures.flatMap((_failure, index): Change[] => [
			(copy) => void copy.failures.splice(index, 1),
			// Not for a step that is repeated until it succeeds.
			(copy) => {
				const failure = copy.failures[index];
				const step = stepsOf(copy.body).find(({ name }) => name === failure?.step);
				if (failure && step?.errors?.join !== 'again') failure.nth = 'always';
			},
			(copy) => void Object.assign(copy.failures[index] ?? {}, { how: 500 }),
		]),
		(copy) => (copy.order = 'v1'),
	];
}

/** Returns all cases that are one step simpler, the shortest first. */
function simplerCases(given: FuzzCase): FuzzCase[] {
	const before = JSON.stringify(given);
	const changes = [...changesOfLists(given), ...changesOfEvents(given), ...changesOfBlocks(given)];
	const cases = changes.map((change) => {
		const copy = structuredClone(given);
		change(copy);
		return copy;
	});
	const texts = cases.map((one) => JSON.stringify(one));
	return cases.filter((one, index) => {
		const text = texts[index] ?? '';
		return text !== before && texts.indexOf(text) === index && one.messages.length > 0;
	});
}

/**
 * Returns the simplest workflow that still fails.
 *
 * @param isWrong returns for each workflow whether it fails in the same way
 * @param deadline when to give up, in ms since 1970
 */
export async function shrink(
	given: FuzzCase,
	isWrong: (cases: FuzzCase[]) => Promise<boolean[]>,
	deadline: number,
	atOnce = 8,
): Promise<FuzzCase> {
	let smallest = given;
	let left = simplerCases(smallest);
	while (left.length > 0 && Date.now() < deadline) {
		const tried = left.splice(0, atOnce);
		const found = (await isWrong(tried)).indexOf(true);
		const simpler = tried[found];
		if (!simpler) continue;
		smallest = simpler;
		left = simplerCases(smallest);
	}
	return smallest;
}
