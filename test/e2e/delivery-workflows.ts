import type { FilledIn } from '../real-n8n/demo/workflows';
import type { Workbench } from '../real-n8n/workbench';
import { withSavedRuns, type Workflow, type WorkflowNode } from '../real-n8n/workflow';
import { plain } from './chains';
import { withDelivery } from './scene';

/** The template that calls a delivery workflow. */
export const CALLER_FILE = 'roche-deliver-then-acknowledge.json';
/** Path of its webhook. */
export const PATH = 'roche-deliver-then-acknowledge';
/** The first step of a delivery workflow. */
export const START = 'When Executed by Another Workflow';

/** The steps of a delivery workflow and their connections. */
export type Shape = Pick<Workflow, 'nodes' | 'connections'>;

/** Saves and publishes the delivery. @returns the calling template with this delivery selected */
export async function calling({ rest }: Workbench, filledIn: FilledIn, delivery: Workflow): Promise<Workflow> {
	const { id } = await rest.createWorkflow(delivery);
	await rest.publish(id);
	return withDelivery(await filledIn.fillIn(CALLER_FILE), id);
}

export function deliveryOf(name: string, { nodes, connections }: Shape): Workflow {
	return withSavedRuns({ name, nodes, connections, settings: { executionOrder: 'v1' }, active: false });
}

export function started(): WorkflowNode {
	return plain(START, 'executeWorkflowTrigger', 1.1, { inputSource: 'passthrough' });
}

/** Returns a filter condition that no item meets. */
export function nothing(): Record<string, unknown> {
	const operator = { type: 'string', operation: 'equals' };
	const conditions = [{ id: '1', leftValue: '={{ $json.stored }}', rightValue: 'never', operator }];
	const options = { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 };
	return { conditions: { options, conditions, combinator: 'and' }, looseTypeValidation: true, options: {} };
}
