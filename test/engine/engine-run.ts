import { parse } from 'flatted';
import type { IDataObject, INodeExecutionData, IRunExecutionData, ITaskData, NodeExecutionHint } from 'n8n-workflow';
import type { RunReply } from './protocol';

/** An error as n8n's database contains it: the error's own enumerable fields, message and stack. */
export interface PersistedError extends IDataObject {
	message: string;
	name?: string;
	description?: string;
	httpCode?: string;
	stack?: string;
}

/** The result of an execution, parsed from the data that n8n would save. */
export class EngineRun {
	readonly status: RunReply['status'];
	/** The whole run data as n8n writes them to its database; search it for secrets. */
	readonly persisted: string;
	/** Log lines (debug level and up), stdout and stderr of the execution. */
	readonly log: string;
	/** ms from start to end. */
	readonly took: number;
	private readonly data: IRunExecutionData;

	constructor(reply: RunReply) {
		this.status = reply.status;
		this.persisted = reply.persisted;
		this.log = reply.log;
		this.took = reply.took;
		this.data = parse(reply.persisted) as IRunExecutionData;
	}

	/** The error that ended the execution. */
	get error(): PersistedError | undefined {
		return this.data.resultData.error as unknown as PersistedError | undefined;
	}

	/** Names of the nodes that ran (or were pinned), in the order in which they first did. */
	get executed(): string[] {
		return Object.keys(this.data.resultData.runData);
	}

	/** A node's task data, newest run last; empty when it did not run. */
	tasks(node: string): ITaskData[] {
		return this.data.resultData.runData[node] ?? [];
	}

	/** Items at an output of a node in its newest run: output 0, or the error output (1 for a node with one output). */
	items(node: string, output = 0): INodeExecutionData[] {
		return this.tasks(node).at(-1)?.data?.main?.[output] ?? [];
	}

	/** Only the items' JSON. */
	json(node: string, output = 0): IDataObject[] {
		return this.items(node, output).map((item) => item.json);
	}

	/** The error that a node threw, whether or not the execution continued. */
	nodeError(node: string): PersistedError | undefined {
		return this.tasks(node).at(-1)?.error as unknown as PersistedError | undefined;
	}

	/** Hints that a node's newest run shows in the editor. */
	hints(node: string): NodeExecutionHint[] {
		return this.tasks(node).at(-1)?.hints ?? [];
	}
}
