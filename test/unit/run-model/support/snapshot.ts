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

/** What n8n kept of a run at the moment when one of its steps was at work. */
export interface Snapshot {
	/** The step that looked. */
	own: string;
	/** Where its items came from. */
	source: IExecuteData['source'];
	nodes: Array<Omit<INode, 'id' | 'position'>>;
	connections: IConnections;
	runData: IRunData;
	pinData?: IPinData;
	/** The steps of a partial run. */
	runNodeFilter?: string[];
	/** Steps that wait for their turn, by name. */
	nodeExecutionStack: Array<Omit<IExecuteData, 'node'> & { node: string }>;
	waitingExecution: IWaitingForExecution;
	waitingExecutionSource: IWaitingForExecutionSource | null;
	contextData: IExecuteContextData;
}
