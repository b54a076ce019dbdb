import type { INode } from 'n8n-workflow';
import { allTargets, type Run, targets } from './run';

/** The outputs by which a loop returns the items of a round and, except in its first version, all items at the end. */
export interface LoopOutputs {
	round: number;
	done?: number;
}

/** Returns the outputs of Loop Over Items, whose order differs between its versions; undefined for other steps. */
export function loopOutputs(node: INode | undefined): LoopOutputs | undefined {
	if (node?.type !== 'n8n-nodes-base.splitInBatches') return undefined;
	if (node.typeVersion < 2) return { round: 0 };
	return node.typeVersion < 3 ? { round: 0, done: 1 } : { round: 1, done: 0 };
}

/** Where work continues from a step: the paths of the workflow that are open at this moment of the run. */
export class Ways {
	/** @param isPassedOver steps that do not count themselves, only what is behind them */
	constructor(
		private readonly run: Run,
		private readonly isPassedOver: (step: string) => boolean,
	) {}

	/**
	 * Returns the steps that count for work that has reached one of these: the steps themselves, or otherwise the next ones behind them. An
	 * item that returns to a loop leaves it only by "done"; if nothing is connected there, it causes no work.
	 */
	counted(steps: readonly string[]): string[] {
		const found: string[] = [];
		const open = [...steps];
		const seen = new Set(open);
		for (const step of open) {
			const isOver = this.isPassedOver(step);
			if (!isOver && (step === this.run.own || !this.isInProgress(step))) {
				found.push(step);
				continue;
			}
			// A path to this node through a step that does not count is ignored.
			const next = this.next(step).filter((target) => !(isOver && target === this.run.own));
			for (const target of next) if (!seen.has(target)) open.push(target);
			for (const target of next) seen.add(target);
		}
		return found;
	}

	/** Whether work that has reached the step will reach the step that is executing. */
	leadsHere(step: string): boolean {
		return this.leadsTo(step, (target) => target === this.run.own);
	}

	/** Whether the step is a goal, or leads to one. */
	leadsTo(step: string, isGoal: (step: string) => boolean): boolean {
		const open = [step];
		const seen = new Set(open);
		for (const at of open) {
			if (isGoal(at)) return true;
			for (const target of this.next(at)) if (!seen.has(target)) open.push(target);
			for (const target of this.next(at)) seen.add(target);
		}
		return false;
	}

	/** Returns the steps that an item goes to next if it enters a step now. */
	private next(step: string): string[] {
		const loop = this.isInProgress(step) ? loopOutputs(this.run.steps.get(step)) : undefined;
		if (!loop) return allTargets(this.run, step);
		return loop.done === undefined ? [] : targets(this.run, step, loop.done);
	}

	/**
	 * Whether the step is a loop that has begun: it then takes items as results of its rounds. Not if it may be reset, which an expression may
	 * decide.
	 */
	isInProgress(step: string): boolean {
		const node = this.run.steps.get(step);
		const { reset = false } = (node?.parameters.options ?? {}) as { reset?: unknown };
		return loopOutputs(node) !== undefined && reset === false && this.run.contexts.get(step)?.items !== undefined;
	}
}
