import type { IExecuteFunctions, INode } from 'n8n-workflow';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Run, seeRun } from '../../../../nodes/shared/run-model/run';
import type { N8nLine } from '../../../real-n8n/install';
import type { Snapshot } from './snapshot';

/** Folder of the recordings, which `record.ts` writes. */
export const RECORDED = join(__dirname, '..', 'recorded');

/** Returns n8n's data of a workflow's run at a run of the step "ACK", counted from 0. @throws RangeError if it ran fewer times */
export function recorded(line: N8nLine, name: string, visit = 0): Snapshot {
	const visits = JSON.parse(readFileSync(join(RECORDED, line, `${name}.json`), 'utf8')) as Snapshot[];
	const snapshot = visits[visit];
	if (!snapshot) throw new RangeError(`${name} has ${visits.length} visits`);
	return snapshot;
}

/** Returns the used part of a step's context. */
export function contextOf(snapshot: Snapshot): IExecuteFunctions {
	const { own, source, nodes, connections, runData, pinData, runNodeFilter, nodeExecutionStack, ...rest } = snapshot;
	const nodeOf = (name: string) => nodes.find((node) => node.name === name);
	const { previousNode = '', previousNodeRun = 0, previousNodeOutput = 0 } = source?.main?.[0] ?? {};
	const tasks = Object.hasOwn(runData, previousNode) ? runData[previousNode] : undefined;
	const input = tasks ? tasks[previousNodeRun]?.data?.main?.[previousNodeOutput] : pinData?.[previousNode];
	return {
		getNode: () => nodeOf(own) as INode,
		getExecuteData: () => ({ source }),
		getInputData: () => input ?? [],
		runExecutionData: {
			startData: { runNodeFilter },
			resultData: { runData, pinData },
			executionData: {
				...rest,
				nodeExecutionStack: nodeExecutionStack.map((entry) => ({ ...entry, node: nodeOf(entry.node) })),
			},
		},
		workflow: {
			nodes: Object.fromEntries(nodes.map((node) => [node.name, node])),
			connectionsBySourceNode: connections,
		},
	} as unknown as IExecuteFunctions;
}

/** Returns the run as the step saw it. @throws TypeError if it saw none */
export function runOf(snapshot: Snapshot): Run {
	const run = seeRun(contextOf(snapshot));
	if (!run) throw new TypeError('The run cannot be seen');
	return run;
}
