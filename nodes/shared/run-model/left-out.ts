import type { INode } from 'n8n-workflow';
import { spread } from './labels';
import type { Item, Task } from './items';
import { type Run, targets } from './run';
import type { Waiting } from './to-come';
import { loopOutputs, type Ways } from './ways';

/** Items that a step did not work on, though nothing failed. */
export interface LeftOut {
	step: string;
	items: readonly Item[];
	/** The reason, as the end of a sentence that begins with the step. */
	why: string;
}

const NO_ROUND = 'is a loop that had already ended, and sent items to "done" without looping over them';
const PINNED = 'did not run, because its output is pinned';

/**
 * Returns the steps that did not run for items that were sent to them: pinned in the editor, deactivated, outside a partial run, or started
 * without waiting for their end. Also returns the items that a loop which had already ended passed on at once.
 */
export function readLeftOut(run: Run, tasks: readonly Task[]): LeftOut[] {
	const reasons = new Map<string, string>();
	for (const [step, node] of run.steps) {
		const why = whyLeftOut(run, node);
		if (why !== undefined && step !== run.own) reasons.set(step, why);
	}
	const skipped = [...reasons].flatMap(([step, why]): LeftOut[] => {
		const fed = tasks.flatMap((task) =>
			task.outputs.flatMap((items, output) => (targets(run, task.step, output).includes(step) ? items : [])),
		);
		return fed.length === 0 ? [] : [{ step, items: fed, why }];
	});
	return [...skipped, ...[...run.steps.keys()].flatMap((step) => leftByDone(run, step, tasks))];
}

function whyLeftOut(run: Run, node: INode): string | undefined {
	if (node.disabled === true) return 'is deactivated';
	if (run.pinned.has(node.name)) return PINNED;
	if (run.part && !run.part.has(node.name)) return 'is not part of this partial run';
	const { waitForSubWorkflow = true } = (node.parameters.options ?? {}) as { waitForSubWorkflow?: unknown };
	const isCall = node.type === 'n8n-nodes-base.executeWorkflow';
	return isCall && waitForSubWorkflow !== true ? 'does not wait for the end of its sub-workflow' : undefined;
}

/** Returns the items that went straight to "done": a loop inside another one passes later items there once it has ended. */
function leftByDone(run: Run, step: string, tasks: readonly Task[]): LeftOut[] {
	const outputs = loopOutputs(run.steps.get(step));
	if (outputs?.done === undefined) return [];
	const { round, done } = outputs;
	const left = tasks.filter((task) => task.step === step).flatMap((task) => task.outputs[done] ?? []);
	if (left.length === 0) return [];
	const inRound = inRoundOf(step, round, tasks);
	const items = left.filter((item) => !inRound.has(item));
	return items.length === 0 ? [] : [{ step, items, why: NO_ROUND }];
}

/** Like {@link leftByDone}, for items that such a loop keeps, or that are about to enter it. */
export function readWillPass(run: Run, ways: Ways, tasks: readonly Task[], waiting: readonly Waiting[]): LeftOut[] {
	return waiting.flatMap(({ items = [], into, roundsOf, keptBy }) => {
		const loops = keptBy === undefined ? into.filter((step) => step !== roundsOf && ways.isInProgress(step)) : [keptBy];
		return loops.map((step): LeftOut => {
			const inRound = inRoundOf(step, loopOutputs(run.steps.get(step))?.round, tasks);
			return { step, items: items.filter((item) => !inRound.has(item)), why: NO_ROUND };
		});
	});
}

function inRoundOf(loop: string, round: number | undefined, tasks: readonly Task[]): ReadonlySet<Item> {
	return spread(
		tasks,
		({ task, output }) => task.step === loop && output === round,
		// A step in the round may use items from outside it as well, for example a list of codes.
		({ linked, parents }, marked) => (linked ? marked > 0 : marked === parents.length),
	);
}

/** Returns the pinned steps among those of a kind and all steps behind them: their pinned output replaces work on files. */
export function pinnedFrom(run: Run, isKind: (step: string) => boolean): Array<Omit<LeftOut, 'items'>> {
	const behind = [...run.steps.keys()].filter(isKind);
	const seen = new Set(behind);
	for (const step of behind) {
		const outputs = Object.hasOwn(run.connections, step) ? (run.connections[step]?.main ?? []) : [];
		for (const { node } of outputs.flatMap((list) => list ?? [])) {
			if (!seen.has(node)) behind.push(node);
			seen.add(node);
		}
	}
	const pinned = behind.filter((step) => run.pinned.has(step) && step !== run.own);
	return pinned.map((step) => ({ step, why: PINNED }));
}
