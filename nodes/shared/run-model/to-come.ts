import type { INodeExecutionData, IPairedItemData, ISourceData } from 'n8n-workflow';
import type { Done, Item } from './items';
import { type Run, targets } from './run';
import { loopOutputs } from './ways';

/** Items that wait for something, in one of the three places where n8n keeps what is still to come. */
export interface Waiting {
	/** Undefined if it is not known which. */
	items: readonly Item[] | undefined;
	/** The steps that they are about to enter. */
	into: string[];
	/** The loop whose rounds they wait for. */
	roundsOf?: string;
	/** The loop in progress that they entered, and that will return them by "done". */
	keptBy?: string;
}

/** Returns all items that wait. */
export function readToCome(run: Run, done: Done): Waiting[] {
	const ofSteps = [...run.stack, ...run.waiting].map(({ step, sources }) => ({
		items: allOf(sources.map((source) => done.itemsOf(source))),
		into: [step],
	}));
	return [...ofSteps, ...[...run.contexts].flatMap(([step, context]) => inLoop(run, step, context, done))];
}

/** Returns what a loop remembers: the items of its coming rounds and, until it has returned them, the results of earlier rounds. */
function inLoop(run: Run, step: string, context: Record<string, unknown>, done: Done): Waiting[] {
	const outputs = loopOutputs(run.steps.get(step));
	if (!outputs || !Array.isArray(context.items)) return [];
	const find = (kept: unknown, source?: ISourceData): readonly Item[] | undefined =>
		allOf(
			(Array.isArray(kept) ? (kept as INodeExecutionData[]) : []).map(({ pairedItem }) => {
				const { item = -1, sourceOverwrite = source } = (pairedItem ?? {}) as Partial<IPairedItemData>;
				return done.itemsOf(sourceOverwrite).slice(item, item + 1);
			}),
		);
	const rounds = {
		items: find(context.items, context.sourceData as ISourceData | undefined),
		into: targets(run, step, outputs.round),
		roundsOf: step,
	};
	if (outputs.done === undefined || context.done === true) return [rounds];
	return [rounds, { items: find(context.processedItems), into: targets(run, step, outputs.done), keptBy: step }];
}

/** Returns all items of the lists; undefined if one of them was not found. */
function allOf(lists: ReadonlyArray<readonly Item[]>): readonly Item[] | undefined {
	return lists.every((list) => list.length > 0) ? lists.flat() : undefined;
}
