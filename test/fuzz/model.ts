/**
 * A random workflow as a tree of blocks: what is drawn, shrunk, printed and kept as a fixture. Steps run one after the other; a fork parts
 * the way and may join it again; a loop is Loop Over Items with what is inside. It survives JSON.
 */

export type OnError = 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';

/** Settings of a step. What is not set is n8n's default. */
export interface Knobs {
	onError?: OnError;
	/** Retry On Fail: how many tries. */
	tries?: number;
	once?: true;
	/** Always Output Data. */
	always?: true;
	disabled?: true;
	pinned?: true;
	/** On the canvas: n8n goes by it where several steps are next. */
	at?: [number, number];
}

/** What a step does. `of` is the field that says which messages and parts an item stands for. */
export type StepKind =
	/** HTTP Request to the receiver, which answers with fields of its own. */
	| 'send'
	/** AWS SQS, which nobody answers. */
	| 'queue'
	/** Code for each item that throws for those that fail. */
	| 'check'
	| 'noOp'
	/** Edit Fields: the other fields stay, or only `of` does. */
	| 'set'
	| 'setOwn'
	/** Code that keeps the links, that leaves them to n8n, that turns the order round, makes two items of each, one of all. */
	| 'codeKeep'
	| 'codeDrop'
	| 'codeReverse'
	| 'codeDouble'
	| 'codeGather'
	| 'limit'
	| 'aggregate'
	/** Split Out of the message's parts. */
	| 'splitOut'
	/** The same, and the other fields stay. */
	| 'splitOutAll'
	| 'unique'
	| 'filter';

/** What an If, Switch or Filter asks of an item. */
export type Test = 'failed' | 'well' | 'message 1' | 'message 2' | 'part 1';

export interface StepBlock {
	kind: 'step';
	step: StepKind;
	name: string;
	knobs: Knobs;
	/** Of a filter. */
	test?: Test;
	/**
	 * What the error output leads to, and then: to a Merge with the other output, to the next step as well, back to the same step, or nowhere.
	 */
	errors?: { blocks: Block[]; join: 'merge' | 'all' | 'again' | 'none' };
}

/** How the branches of a fork go on: by a Merge in one of its modes, each to the next step, the first alone, or none. */
export type Join = 'append' | 'position' | 'choose' | 'all' | 'first' | 'none';

export interface ForkBlock {
	kind: 'fork';
	by: 'copy' | 'if' | 'switch';
	name: string;
	knobs: Knobs;
	test?: Test;
	branches: [Block[], Block[]];
	join: Join;
	/** Of the Merge. */
	mergeAt?: [number, number];
}

export interface LoopBlock {
	kind: 'loop';
	name: string;
	version: 1 | 2 | 3;
	size: number;
	knobs: Knobs;
	body: Block[];
	/** A branch that starts where the way back does. */
	side?: Block[];
}

export interface AckBlock {
	kind: 'ack';
	name: string;
	knobs: Knobs;
	/** The receipt handle by an expression, instead of the source "notification". */
	define?: true;
	passThrough?: true;
}

/** Roche S3 Fetch with what comes before it. */
export interface FetchBlock {
	kind: 'fetch';
	name: string;
	knobs: Knobs;
	/** A Roche Get Token. */
	token?: true;
	/** A request that fails for a message; a later step keeps its error, or does not. */
	lookup?: { fails: number | undefined; keepsError: boolean };
}

export type Block = FetchBlock | StepBlock | ForkBlock | LoopBlock | AckBlock;

/** A request that fails: of a step, for a message (`2`) or one of its parts (`2/1`). */
export interface Failure {
	step: string;
	key: string;
	/** The first attempt alone, or all. */
	nth: 'first' | 'always';
	how: 500 | 'cut';
}

export interface Message {
	parts: number;
	/** There are two items of it at the start. */
	twice?: true;
	/** S3 does not have the file. */
	missing?: true;
	/** What Roche does with the first ACK. */
	ack?: 'cut' | 'fails' | 'carried out, cut';
}

export interface FuzzCase {
	/** From message 1 on. */
	messages: Message[];
	order: 'v0' | 'v1';
	body: Block[];
	failures: Failure[];
}

/** The blocks directly inside a block, list by list. */
export function insides(block: Block): Block[][] {
	if (block.kind === 'step') return block.errors ? [block.errors.blocks] : [];
	if (block.kind === 'fork') return block.branches;
	return block.kind === 'loop' ? [block.body, ...(block.side ? [block.side] : [])] : [];
}

/** All blocks of a list, those inside others included. */
export function allBlocks(blocks: Block[]): Block[] {
	return blocks.flatMap((block) => [block, ...insides(block).flatMap(allBlocks)]);
}

export function fetchOf(blocks: Block[]): FetchBlock | undefined {
	return allBlocks(blocks).find((block) => block.kind === 'fetch');
}

export function stepsOf(blocks: Block[]): StepBlock[] {
	return allBlocks(blocks).filter((block) => block.kind === 'step');
}
