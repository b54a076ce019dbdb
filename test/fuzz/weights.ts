import type { StepKind, Test } from './model';

/** Conditions, and how often each is drawn. */
export const TESTS = { failed: 3, well: 1, 'message 1': 3, 'message 2': 1, 'part 1': 2 } satisfies Record<Test, number>;
/** Steps that every workflow may have, and steps only for wild workflows, which drop or hide earlier items or always fail. */
export const CALM_STEPS = {
	send: 30,
	check: 5,
	noOp: 4,
	set: 6,
	setOwn: 5,
	codeKeep: 5,
	codeDrop: 2,
	codeReverse: 2,
	aggregate: 3,
	splitOut: 7,
	splitOutAll: 4,
} satisfies Partial<Record<StepKind, number>>;
export const WILD_STEPS = {
	...CALM_STEPS,
	queue: 3,
	codeDouble: 2,
	codeGather: 2,
	limit: 4,
	unique: 3,
	filter: 6,
	aggregate: 5,
} satisfies Record<StepKind, number>;
