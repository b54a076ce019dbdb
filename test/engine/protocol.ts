import type {
	ExecutionStatus,
	IBinaryData,
	IConnections,
	ICredentialDataDecryptedObject,
	INode,
	INodeCredentialTestResult,
	IPinData,
	IWorkflowSettings,
	WorkflowExecuteMode,
} from 'n8n-workflow';

/** A workflow as n8n exports it; ids, names and versions may be missing, as in a template. */
export interface WorkflowJson {
	name?: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
	pinData?: IPinData;
}

/** Where n8n stores binary data: in the execution (`default`) or as files (`filesystem`, the default of 2.x). */
export type BinaryMode = 'default' | 'filesystem';

/** A request to the engine process for one execution. Structured clone must be able to copy it. */
export interface RunRequest {
	workflow: WorkflowJson;
	/**
	 * Plain credential data by type (`rochePartnersServicesApi`) or, for several of one type, by type and name
	 * (`rochePartnersServicesApi/Hospital A`). A node that names no credential gets the one of its type.
	 */
	credentials?: Record<string, ICredentialDataDecryptedObject>;
	binaryMode?: BinaryMode;
	/** `manual` (default) is the editor's "Execute workflow"; `trigger` and `webhook` are production runs. */
	mode?: WorkflowExecuteMode;
	/** Name of the start node; by default the one that n8n would choose. */
	startNode?: string;
	/** Name of the node to stop after, as the editor's "Execute step" does: only this node and those that lead to it run. */
	destinationNode?: string;
}

/** One stored file below n8n's storage folder. */
export interface StoredFile {
	/** Path relative to the storage folder. */
	path: string;
	/** Bytes. */
	size: number;
}

/** Resources that the engine process uses. */
export interface Resources {
	/** Kinds of resources that keep the process alive (`process.getActiveResourcesInfo()`), such as `TCPSocketWrap` and `Timeout`. */
	active: string[];
	/** Number of open files and sockets; undefined if the system does not report it. */
	descriptors: number | undefined;
	/** Memory of the process, in bytes. */
	rss: number;
	heapUsed: number;
	/** Memory outside the heap that objects use, such as buffers, in bytes. */
	external: number;
}

/** The engine process's answer after an execution. */
export interface RunReply {
	status: ExecutionStatus;
	/** The run data in the form in which n8n writes them to its database (the `flatted` package). */
	persisted: string;
	/** Everything that was written to the log, stdout and stderr meanwhile. */
	log: string;
	/** From start to end, in ms. */
	took: number;
}

/** The questions to the engine process, with the types of their answers. */
export interface Questions {
	run: { question: RunRequest & { runId: string }; answer: RunReply };
	cancel: { question: { runId: string }; answer: null };
	testCredential: {
		question: { type: string; data: ICredentialDataDecryptedObject };
		answer: INodeCredentialTestResult & { log: string };
	};
	readBinary: { question: IBinaryData; answer: Buffer };
	storedFiles: { question: null; answer: StoredFile[] };
	resources: { question: { collectGarbage: boolean }; answer: Resources };
	nodeTypes: { question: null; answer: string[] };
	stop: { question: null; answer: null };
}

export type QuestionKind = keyof Questions;

/** A message to the engine process. */
export type Envelope = {
	[Kind in QuestionKind]: { id: number; kind: Kind; body: Questions[Kind]['question'] };
}[QuestionKind];

/** A message from the engine process: `ready` once, after the start, then one reply for each question. */
export type Reply =
	| { kind: 'ready' }
	| { kind: 'answer'; id: number; body: Questions[QuestionKind]['answer'] }
	| { kind: 'failure'; id?: number; message: string };

/** Setup of the engine process. Passed in an environment variable, because node files load before any message. */
export interface EngineSetup {
	packageDirectory: string;
	/** `lazy` reads dist/known and dist/types first, as n8n itself does, and falls back to `package` without them. */
	loader: 'package' | 'lazy';
	/**
	 * Folder of an installed n8n, whose n8n-core, n8n-workflow and nodes are used. By default the development package n8n-core is used,
	 * with stand-ins for the few nodes that the tests need.
	 */
	n8n?: string;
}

/** Name of the environment variable that contains the {@link EngineSetup}. */
export const SETUP_VARIABLE = 'ENGINE_TEST_SETUP';
