/**
 * A random workflow as a tree of blocks, which is drawn, shrunk, printed and saved as a fixture. Steps run one after the other; a fork
 * splits the path and may join it again; a loop is Loop Over Items with its content. It can be converted to JSON and back.
 */

export type OnError = 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';

/** Settings of a step. Unset: n8n's default. */
export interface Knobs {
	onError?: OnError;
	/** Retry On Fail: number of tries. */
	tries?: number;
	once?: true;
	/** Always Output Data. */
	always?: true;
	disabled?: true;
	pinned?: true;
	/** Position on the canvas: it determines n8n's order if several steps are next. */
	at?: [number, number];
}

/** The kind of a step. The field `of` of an item states its messages and parts. */
export type StepKind =
	/** HTTP Request to the receiver, whose answer replaces the fields. */
	| 'send'
	/** AWS SQS, at an address where nothing listens. */
	| 'queue'
	/** Code, once per item, that throws for the failing ones. */
	| 'check'
	| 'noOp'
	/** Edit Fields: keeps the other fields, or only `of`. */
	| 'set'
	| 'setOwn'
	/** Code that keeps the links, leaves them to n8n, reverses the order, makes two items from each, or makes one from all. */
	| 'codeKeep'
	| 'codeDrop'
	| 'codeReverse'
	| 'codeDouble'
	| 'codeGather'
	| 'limit'
	| 'aggregate'
	/** Split Out of the message's parts. */
	| 'splitOut'
	/** The same, keeping the other fields. */
	| 'splitOutAll'
	| 'unique'
	| 'filter';

/** Condition of an If, Switch or Filter. */
export type Test = 'failed' | 'well' | 'message 1' | 'message 2' | 'part 1';

export interface StepBlock {
	kind: 'step';
	step: StepKind;
	name: string;
	knobs: Knobs;
	/** Condition of a filter. */
	test?: Test;
	/**
	 * Steps after the error output, and where they lead: to a Merge with the other output, to the next step, back to the same step, or nowhere.
	 */
	errors?: { blocks: Block[]; join: 'merge' | 'all' | 'again' | 'none' };
}

/** How the branches of a fork continue: through a Merge in one of its modes, all to the next step, only the first, or none. */
export type Join = 'append' | 'position' | 'choose' | 'all' | 'first' | 'none';

export interface ForkBlock {
	kind: 'fork';
	by: 'copy' | 'if' | 'switch';
	name: string;
	knobs: Knobs;
	test?: Test;
	branches: [Block[], Block[]];
	join: Join;
	/** Position of the Merge. */
	mergeAt?: [number, number];
}

export interface LoopBlock {
	kind: 'loop';
	name: string;
	version: 1 | 2 | 3;
	size: number;
	knobs: Knobs;
	body: Block[];
	/** A branch that starts at the same step as the connection back to the loop. */
	side?: Block[];
}

export interface AckBlock {
	kind: 'ack';
	name: string;
	knobs: Knobs;
	/** The receipt handle comes from an expression, instead of the source "notification". */
	define?: true;
	passThrough?: true;
}

/** Roche S3 Fetch and the steps before it. */
export interface FetchBlock {
	kind: 'fetch';
	name: string;
	knobs: Knobs;
	/** Whether a Roche Get Token is before it. */
	token?: true;
	/** A request that may fail for a message; a later step keeps its error or drops it. */
	lookup?: { fails: number | undefined; keepsError: boolean };
}

export type Block = FetchBlock | StepBlock | ForkBlock | LoopBlock | AckBlock;

/** A failing request of a step, for a message (`2`) or one of its parts (`2/1`). */
export interface Failure {
	step: string;
	key: string;
	/** Only the first attempt, or all. */
	nth: 'first' | 'always';
	how: 500 | 'cut';
}

export interface Message {
	parts: number;
	/** The run starts with two items of it. */
	twice?: true;
	/** The file does not exist in S3. */
	missing?: true;
	/** Fault of the first ACK. */
	ack?: 'cut' | 'fails' | 'carried out, cut';
}

export interface FuzzCase {
	/** Message 1 comes first. */
	messages: Message[];
	order: 'v0' | 'v1';
	body: Block[];
	failures: Failure[];
}

/** Returns the lists of blocks directly inside a block. */
export function insides(block: Block): Block[][] {
	if (block.kind === 'step') return block.errors ? [block.errors.blocks] : [];
	if (block.kind === 'fork') return block.branches;
	return block.kind === 'loop' ? [block.body, ...(block.side ? [block.side] : [])] : [];
}

/** Returns all blocks of a list, including nested ones. */
export function allBlocks(blocks: Block[]): Block[] {
	return blocks.flatMap((block) => [block, ...insides(block).flatMap(allBlocks)]);
}

export function fetchOf(blocks: Block[]): FetchBlock | undefined {
	return allBlocks(blocks).find((block) => block.kind === 'fetch');
}

export function stepsOf(blocks: Block[]): StepBlock[] {
	return allBlocks(blocks).filter((block) => block.kind === 'step');
}
