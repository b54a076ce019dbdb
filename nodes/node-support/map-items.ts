import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { atPace } from '../wire/at-pace';
import { type EgressFilter, obeyEgressFilter } from '../wire/egress';
import type { Pace } from '../wire/pace';
import { failedItem, type ItemData, type NodeFailure, toNodeError, type WhenFailed } from './node-error';

/** How the items are worked on. */
export interface Plan {
	/** Items at work at once. */
	pace: Pace;
	/** Makes the data of one output item, or of several, of an input item; what it throws is that item's failure. */
	work: (item: INodeExecutionData, index: number) => Promise<ItemData | ItemData[]>;
}

/**
 * Works on all input items, some at once; the output keeps the input's order and says which item it came from.
 *
 * When an item fails and the node stops on errors, nothing new is begun and what is under way is waited for: a request that was sent is
 * never left without anybody who sees its answer. When the node continues on errors, every failure becomes an item, one in `plan` and a cancelled run, too:
 * if a node throws then, n8n passes its input on as if all had gone well, and a file that was never read would be acknowledged.
 * @param whenFailed makes more fields for the item of a failure
 * @throws NodeApiError or NodeOperationError of the first item that failed, unless the node continues on errors
 */
export async function mapItems(
	context: IExecuteFunctions,
	plan: () => Plan,
	whenFailed?: WhenFailed,
): Promise<INodeExecutionData[]> {
	return await orFailedItems(context, async () => await carryOut(context, plan(), whenFailed), whenFailed);
}

/**
 * Does the work of a node. Where the node continues on errors, what it throws becomes the failure of all items.
 * @throws NodeApiError or NodeOperationError, unless the node continues on errors
 */
export async function orFailedItems(
	context: IExecuteFunctions,
	work: () => Promise<INodeExecutionData[]>,
	whenFailed?: WhenFailed,
): Promise<INodeExecutionData[]> {
	try {
		obeyEgressFilter(egressFilterOf(context.helpers));
		return await work();
	} catch (error) {
		const nodeError = toNodeError(context.getNode(), error, 0);
		if (!context.continueOnFail()) throw nodeError;
		return context
			.getInputData()
			.map((item, index) => failedItem(context, item, index, nodeError, whenFailed?.(nodeError.message)));
	}
}

/** n8n's protection against requests to internal addresses, which n8n 1.x does not have. */
function egressFilterOf(helpers: Partial<IExecuteFunctions['helpers']>): EgressFilter | undefined {
	return helpers.getSecureEgressFilter?.();
}

async function carryOut(
	context: IExecuteFunctions,
	plan: Plan,
	whenFailed: WhenFailed | undefined,
): Promise<INodeExecutionData[]> {
	const outputs: INodeExecutionData[][] = [];
	const fatal: NodeFailure[] = [];
	const workOn = async (item: INodeExecutionData, index: number): Promise<void> => {
		if (fatal.length > 0) return;
		try {
			const made = [await plan.work(item, index)].flat();
			outputs[index] = made.map((data) => ({ ...data, pairedItem: { item: index } }));
		} catch (error) {
			const nodeError = toNodeError(context.getNode(), error, index);
			if (context.continueOnFail())
				outputs[index] = [failedItem(context, item, index, nodeError, whenFailed?.(nodeError.message))];
			else fatal.push(nodeError);
		}
	};
	await atPace(context.getInputData(), plan.pace, workOn);
	if (fatal[0]) throw fatal[0];
	return outputs.flat();
}
