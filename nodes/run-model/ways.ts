import type { INode } from 'n8n-workflow';
import { allTargets, type Run, targets } from './run';

/** Where a loop puts out the items of a round, and, but for the first version, all of them in the end. */
export interface LoopOutputs {
	round: number;
	done?: number;
}

/** The outputs of Loop Over Items, which changed places with each version; undefined for other steps. */
export function loopOutputs(node: INode | undefined): LoopOutputs | undefined {
	if (node?.type !== 'n8n-nodes-base.splitInBatches') return undefined;
	if (node.typeVersion < 2) return { round: 0 };
	return node.typeVersion < 3 ? { round: 0, done: 1 } : { round: 1, done: 0 };
}

/** Where work goes on from a step: the ways of the workflow, as they are open at this moment of the run. */
export class Ways {
	/**
	 * @param isPassedOver steps that do not count themselves, only what is behind them
	 */
	constructor(
		private readonly run: Run,
		private readonly isPassedOver: (step: string) => boolean,
	) {}

	/**
	 * The steps that count, at which work goes on that has come to one of these: they themselves, or else the next ones behind them. An
	 * item that comes back to a loop leaves it by "done" only, and is no work where nothing is connected there.
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
			// What is behind a step that does not count is not asked for on this step's account.
			const next = this.next(step).filter((target) => !(isOver && target === this.run.own));
			for (const target of next) if (!seen.has(target)) open.push(target);
			for (const target of next) seen.add(target);
		}
		return found;
	}

	/** Whether work that is at the step comes to the step that looks. */
	leadsHere(step: string): boolean {
		return this.leadsTo(step, (target) => target === this.run.own);
	}

	/** Whether the step is, or leads to, one that is looked for. */
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

	/** The steps that an item goes to which is put into a step now. */
	private next(step: string): string[] {
		const loop = this.isInProgress(step) ? loopOutputs(this.run.steps.get(step)) : undefined;
		if (!loop) return allTargets(this.run, step);
		return loop.done === undefined ? [] : targets(this.run, step, loop.done);
	}

	/** A loop takes items for what its rounds have made, once it has begun; unless it is reset, which an expression may decide. */
	isInProgress(step: string): boolean {
		const node = this.run.steps.get(step);
		const { reset = false } = (node?.parameters.options ?? {}) as { reset?: unknown };
		return loopOutputs(node) !== undefined && reset === false && this.run.contexts.get(step)?.items !== undefined;
	}
}
