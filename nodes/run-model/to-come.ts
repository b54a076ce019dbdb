import type { INodeExecutionData, IPairedItemData, ISourceData } from 'n8n-workflow';
import type { Done, Item } from './items';
import { type Run, targets } from './run';
import { loopOutputs } from './ways';

/** Items that wait for something, in one of the three places where n8n keeps what is still to come. */
export interface Waiting {
	/** Undefined: it cannot be said which. */
	items: readonly Item[] | undefined;
	/** The steps that they are about to go into. */
	into: string[];
	/** The loop whose rounds they wait for. */
	roundsOf?: string;
	/** The loop that they were put into while it was in progress, and that will put them out by "done". */
	keptBy?: string;
}

/** All items that wait. */
export function readToCome(run: Run, done: Done): Waiting[] {
	const ofSteps = [...run.stack, ...run.waiting].map(({ step, sources }) => ({
		items: allOf(sources.map((source) => done.itemsOf(source))),
		into: [step],
	}));
	return [...ofSteps, ...[...run.contexts].flatMap(([step, context]) => inLoop(run, step, context, done))];
}

/** What a loop remembers: the items of its coming rounds, and until it has put them out what came back from earlier ones. */
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

/** All items of the lists; undefined when one of them was not found. */
function allOf(lists: ReadonlyArray<readonly Item[]>): readonly Item[] | undefined {
	return lists.every((list) => list.length > 0) ? lists.flat() : undefined;
}
