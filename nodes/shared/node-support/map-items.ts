import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { atPace } from '../wire/at-pace';
import { type EgressFilter, obeyEgressFilter } from '../wire/egress';
import type { Pace } from '../wire/pace';
import { failedItem, type ItemData, type NodeFailure, toNodeError, type WhenFailed } from './node-error';

/** How the items are processed. */
export interface Plan {
	/** How many items are processed at once. */
	pace: Pace;
	/** Returns the data of one or several output items for an input item; what it throws is that item's failure. */
	work: (item: INodeExecutionData, index: number) => Promise<ItemData | ItemData[]>;
}

/**
 * Processes all input items, several at once. The output keeps the input's order, and each output item refers to its input item.
 *
 * If an item fails and the node stops on errors, no further item is started, but those under way are finished, so that no answer to a request is
 * lost. If the node continues on errors, every failure becomes an item, even one in `plan` or a cancelled run: if a node throws in this mode, n8n
 * passes on its input as if all had succeeded, and a file that was never read would be acknowledged.
 * @param plan called once, before the first item
 * @param whenFailed returns additional fields for the item of a failure
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
 * Runs the work of a node. If the node continues on errors and the work throws, the output is one failed item for each input item.
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

/** Returns n8n's protection against requests to internal addresses, which n8n 1.x does not have. */
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
