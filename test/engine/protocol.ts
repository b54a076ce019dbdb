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

/** A workflow as n8n exports it; ids, names and versions may be missing, as they are in a template. */
export interface WorkflowJson {
	name?: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
	pinData?: IPinData;
}

/** Where n8n keeps binary data: in the execution itself (`default`) or as files (`filesystem`, 2.x's own default). */
export type BinaryMode = 'default' | 'filesystem';

/** What the engine process needs to know of one execution. Everything in it survives a structured clone. */
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
	/** Name of the node to start from; by default the one that n8n would choose. */
	startNode?: string;
	/** Name of the node to stop behind, as the editor's "Execute step" does: only what leads to it runs, and it itself. */
	destinationNode?: string;
}

/** One stored file below n8n's storage folder. */
export interface StoredFile {
	/** Path relative to the storage folder. */
	path: string;
	/** Bytes. */
	size: number;
}

/** What the engine process holds at a moment. */
export interface Resources {
	/** Kinds of what keeps the process alive (`process.getActiveResourcesInfo()`), such as `TCPSocketWrap` and `Timeout`. */
	active: string[];
	/** Files and sockets that are open; undefined where the system does not tell. */
	descriptors: number | undefined;
	/** Memory of the process, in bytes. */
	rss: number;
	heapUsed: number;
	/** Memory outside the heap that objects hold, such as buffers, in bytes. */
	external: number;
}

/** What the engine process answers after an execution. */
export interface RunReply {
	status: ExecutionStatus;
	/** The run data in the very form in which n8n writes them to its database (the `flatted` package). */
	persisted: string;
	/** Everything that was written to the log, stdout and stderr meanwhile. */
	log: string;
	/** From start to end, in ms. */
	took: number;
}

/** Every question that the engine process answers, with the type of its answer. */
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

/** A question on its way to the engine process. */
export type Envelope = {
	[Kind in QuestionKind]: { id: number; kind: Kind; body: Questions[Kind]['question'] };
}[QuestionKind];

/** What comes back: `ready` once, after the start; then one reply for each question. */
export type Reply =
	| { kind: 'ready' }
	| { kind: 'answer'; id: number; body: Questions[QuestionKind]['answer'] }
	| { kind: 'failure'; id?: number; message: string };

/** How the engine process is set up; it travels in an environment variable, since node files load before any message. */
export interface EngineSetup {
	packageDirectory: string;
	/** `lazy` reads dist/known and dist/types first, as n8n itself does, and falls back to `package` without them. */
	loader: 'package' | 'lazy';
	/**
	 * Folder of an installed n8n. Its n8n-core runs then, with its n8n-workflow and its own nodes; by default the development package n8n-core
	 * with stand-ins for the few nodes that the tests need.
	 */
	n8n?: string;
}

/** Name of the environment variable that carries the {@link EngineSetup}. */
export const SETUP_VARIABLE = 'ENGINE_TEST_SETUP';
