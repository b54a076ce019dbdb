import type {
	IConnections,
	IExecuteContextData,
	IExecuteData,
	INode,
	IPinData,
	IRunData,
	IWaitingForExecution,
	IWaitingForExecutionSource,
} from 'n8n-workflow';

/** n8n's data of a run while one of its steps was running. */
export interface Snapshot {
	/** The observing step. */
	own: string;
	/** Source of its items. */
	source: IExecuteData['source'];
	nodes: Array<Omit<INode, 'id' | 'position'>>;
	connections: IConnections;
	runData: IRunData;
	pinData?: IPinData;
	/** The steps of a partial run. */
	runNodeFilter?: string[];
	/** Steps that wait to run, by name. */
	nodeExecutionStack: Array<Omit<IExecuteData, 'node'> & { node: string }>;
	waitingExecution: IWaitingForExecution;
	waitingExecutionSource: IWaitingForExecutionSource | null;
	contextData: IExecuteContextData;
}
