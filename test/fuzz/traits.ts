/** Properties of a workflow, derived from its structure: which of the oracle's promises apply to it. */
import { allBlocks, insides, stepsOf, type Block, type FuzzCase, type StepKind } from './model';

/** Steps whose output for an item depends on the other items, so an item may be dropped without a failure. */
const DROPPING: StepKind[] = ['limit', 'unique'];
const OF_THE_BATCH: StepKind[] = [...DROPPING, 'aggregate', 'codeGather'];
/** Steps after which the message of an item is unknown. */
const HIDING: StepKind[] = ['codeDouble', 'codeGather'];

function has(blocks: Block[], test: (block: Block) => boolean): boolean {
	return allBlocks(blocks).some(test);
}

function isDropping(block: Block): boolean {
	if (block.kind === 'step') return DROPPING.includes(block.step) || block.knobs.once === true;
	return block.kind === 'fork' && (block.join === 'position' || block.join === 'choose');
}

function dependsOnBatch(block: Block): boolean {
	return isDropping(block) || (block.kind === 'step' && OF_THE_BATCH.includes(block.step));
}

function loopsIn(blocks: Block[]): Block[] {
	return allBlocks(blocks).filter((block) => block.kind === 'loop');
}

function rejoins(block: Block): boolean {
	return (
		(block.kind === 'fork' && block.join === 'all') ||
		(block.kind === 'step' && (block.errors?.join === 'all' || block.errors?.join === 'again'))
	);
}

/** Whether a loop may be entered again after its end. It then passes the items straight to "done". */
export function mayEnterLoopAgain({ body }: FuzzCase): boolean {
	const loops = loopsIn(body);
	if (loops.some((loop) => insides(loop).some((inside) => loopsIn(inside).length > 0))) return true;
	return loops.length > 0 && has(body, rejoins);
}

/** Whether a part takes the same path alone as together with others. */
export function independentOfBatch({ body }: FuzzCase): boolean {
	return !has(body, dependsOnBatch);
}

/** Returns the names of steps that may run after a step that drops items without a failure. Their requests are not always due. */
export function behindDropping({ body }: FuzzCase): Set<string> {
	const names = new Set<string>();
	const mark = (blocks: Block[]) => stepsOf(blocks).forEach(({ name }) => names.add(name));
	const visit = (blocks: Block[], outer: boolean): boolean =>
		blocks.reduce((dropped, block) => {
			if (dropped && block.kind === 'step') names.add(block.name);
			const inside = insides(block)
				.map((list) => visit(list, dropped))
				.some(Boolean);
			// Items of the next round also pass the beginning of the loop.
			if (inside && block.kind === 'loop') insides(block).forEach(mark);
			return dropped || inside || isDropping(block);
		}, outer);
	visit(body, false);
	return names;
}

/** Whether nothing is deactivated or pinned, and nothing fails. */
function isQuiet({ body, failures, messages }: FuzzCase): boolean {
	const touched = has(body, ({ knobs }) => knobs.disabled === true || knobs.pinned === true);
	const fails = has(body, (block) => block.kind === 'step' && block.step === 'queue');
	return !touched && !fails && failures.length === 0 && messages.every(({ missing, ack }) => !missing && !ack);
}

/** Whether there is one ACK, at the end, to which everything leads, and every item keeps its message. */
function isWellBuilt(given: FuzzCase): boolean {
	const { body, order } = given;
	const acks = allBlocks(body).filter((block) => block.kind === 'ack');
	const [ack] = acks;
	if (order !== 'v1' || acks.length !== 1 || ack === undefined) return false;
	const guesses = has(body, dependsOnBatch) && ack.define === true;
	const odd = has(body, ({ knobs }) => knobs.always === true || knobs.once === true);
	if (
		has(body, mixesMessages) ||
		has(body, isUnjoined) ||
		has(body, isHiding) ||
		guesses ||
		odd ||
		mayEnterLoopAgain(given)
	)
		return false;
	if (loopsIn(body).some((loop) => insides(loop).some((inside) => has(inside, mayEndEmpty)))) return false;
	return endsWithAck(body);
}

/** Whether a branch is not joined with the others, or leads to no ACK. */
function isUnjoined(block: Block): boolean {
	if (block.kind === 'fork') return ['all', 'first', 'none'].includes(block.join);
	return block.kind === 'loop' && block.side !== undefined && !endsWithAck(block.side);
}

/** Whether the message of an item is unknown after the block. n8n guesses links only for nodes with one output, so not beside an error output. */
function isHiding(block: Block): boolean {
	if (block.kind !== 'step') return false;
	return HIDING.includes(block.step) || (block.step === 'codeDrop' && block.knobs.onError === 'continueErrorOutput');
}

/** Whether a Merge by position may combine items of two messages: only one of the two handles is left. */
function mixesMessages(block: Block): boolean {
	if (block.kind !== 'fork' || block.join !== 'position') return false;
	const oneEach: StepKind[] = ['send', 'check', 'noOp', 'set', 'setOwn', 'codeKeep', 'codeDrop'];
	const even = (inside: Block) => inside.kind === 'step' && oneEach.includes(inside.step);
	return block.by !== 'copy' || !block.branches.flat().every(even);
}

/** Whether the block may output nothing. A loop round without an item ends the loop. */
function mayEndEmpty(block: Block): boolean {
	if (block.kind === 'step') return block.step === 'filter';
	return block.kind === 'fork' && block.join !== 'append';
}

function endsWithAck(blocks: Block[]): boolean {
	const last = blocks.at(-1);
	if (last === undefined || last.kind === 'ack') return last !== undefined;
	if (last.kind !== 'loop') return false;
	return last.side === undefined ? endsWithAck(last.body) : endsWithAck(last.side);
}

/** Whether every message that has an item at the ACK must be acknowledged. */
export function mustAcknowledge(given: FuzzCase): boolean {
	return isQuiet(given) && isWellBuilt(given);
}

/** Whether each message that arrives at the ACK must be acknowledged or fail the run, whatever failed before. */
export function mustTell(given: FuzzCase): boolean {
	const losesItems = (block: Block) =>
		block.knobs.onError === 'continueErrorOutput' && !('errors' in block && block.errors?.join === 'merge');
	const losesRounds = (block: Block) => losesItems(block) || block.knobs.disabled === true;
	const loops = loopsIn(given.body).flatMap(insides);
	const comesLater = (block: Block) =>
		block.kind === 'step' && (block.errors?.join === 'all' || block.errors?.join === 'again');
	if (has(given.body, comesLater)) return false;
	return isWellBuilt(given) && mustBeLoud(given) && !loops.some((inside) => has(inside, losesRounds));
}

/** Whether a held-back message must fail the run. */
export function mustBeLoud({ body, order }: FuzzCase): boolean {
	const acks = allBlocks(body).filter((block) => block.kind === 'ack');
	return order === 'v1' && acks.every(({ knobs, passThrough }) => knobs.onError === undefined && !passThrough);
}
