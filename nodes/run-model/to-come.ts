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
	loop?: string;
}

/** All items that wait. */
export function readToCome(run: Run, done: Done): Waiting[] {
	const itemsOf: Done['itemsOf'] = (source) => done.itemsOf(source);
	const ofStack = run.stack.map(({ step, sources }) => ({
		items: sources.some((source) => source !== null) ? sources.flatMap(itemsOf) : undefined,
		into: [step],
	}));
	const ofMerges = run.waiting.map(({ step, source }) => ({ items: source.flatMap(itemsOf), into: [step] }));
	const ofLoops = [...run.contexts].flatMap(([step, context]) => inLoop(run, step, context, itemsOf));
	return [...ofStack, ...ofMerges, ...ofLoops];
}

/** What a loop remembers: the items of its coming rounds, and until it has put them out what came back from earlier ones. */
function inLoop(run: Run, step: string, context: Record<string, unknown>, itemsOf: Done['itemsOf']): Waiting[] {
	const outputs = loopOutputs(run.steps.get(step));
	if (!outputs || !Array.isArray(context.items)) return [];
	const find = (kept: unknown, source?: ISourceData): Item[] =>
		(Array.isArray(kept) ? (kept as INodeExecutionData[]) : []).flatMap(({ pairedItem }) => {
			const { item, sourceOverwrite = source } = pairedItem as IPairedItemData;
			return itemsOf(sourceOverwrite)[item] ?? [];
		});
	const rounds = {
		items: find(context.items, context.sourceData as ISourceData | undefined),
		into: targets(run, step, outputs.round),
		loop: step,
	};
	if (outputs.done === undefined || context.done === true) return [rounds];
	return [rounds, { items: find(context.processedItems), into: targets(run, step, outputs.done) }];
}
