import { Container } from '@n8n/di';
import { stringify } from 'flatted';
import { CredentialTestContext, ExecutionLifecycleHooks, ExternalSecretsProxy, WorkflowExecute } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	IDestinationNode,
	INode,
	INodeCredentialTestResult,
	IPinData,
	IRun,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { UserError, Workflow } from 'n8n-workflow';
import type { RunReply, RunRequest } from '../protocol';
import { startRunnerTask } from './code-runner';
import type { LoadedPackage } from './loaded-package';
import { PlainCredentials } from './plain-credentials';

const BASE_URL = 'http://localhost:5678/';

const notOffered = (what: string) => () => {
	throw new UserError(`The engine tests offer no ${what}`);
};

function additionalDataFor(
	credentialsHelper: PlainCredentials,
	hooks: ExecutionLifecycleHooks,
): IWorkflowExecuteAdditionalData & { hooks: ExecutionLifecycleHooks } {
	return {
		hooks,
		credentialsHelper,
		externalSecretsProxy: Container.get(ExternalSecretsProxy),
		executionId: hooks.executionId,
		workflowId: hooks.workflowData.id,
		currentNodeExecutionIndex: 0,
		variables: {},
		restApiUrl: `${BASE_URL}rest`,
		instanceBaseUrl: BASE_URL,
		formBaseUrl: `${BASE_URL}form`,
		formWaitingBaseUrl: `${BASE_URL}form-waiting`,
		formTestBaseUrl: `${BASE_URL}form-test`,
		webhookBaseUrl: `${BASE_URL}webhook`,
		webhookWaitingBaseUrl: `${BASE_URL}webhook-waiting`,
		webhookTestBaseUrl: `${BASE_URL}webhook-test`,
		mcpBaseUrl: `${BASE_URL}mcp`,
		mcpTestBaseUrl: `${BASE_URL}mcp-test`,
		logAiEvent: () => {},
		executeWorkflow: notOffered('sub-workflows'),
		getRunExecutionData: notOffered('other executions'),
		getRuntimeCredential: notOffered('runtime credentials'),
		startRunnerTask,
	};
}

/** Returns the node that n8n starts from; for a workflow without a trigger, the first node without input. */
function startNodeOf(workflow: Workflow, name?: string): INode {
	const found =
		name === undefined
			? (workflow.getStartNode() ??
				Object.values(workflow.nodes).find(
					(node) =>
						!node.disabled &&
						node.type !== 'n8n-nodes-base.stickyNote' &&
						!workflow.connectionsByDestinationNode[node.name],
				))
			: workflow.getNode(name);
	if (!found) throw new UserError(`The workflow has no node to start from${name ? `: "${name}"` : ''}`);
	return found;
}

/** {@link WorkflowExecute} in n8n 1.x. */
interface OlderEngine {
	run(
		workflow: Workflow,
		startNode: INode,
		destinationNode: IDestinationNode | undefined,
		pinData: IPinData | undefined,
	): ReturnType<WorkflowExecute['run']>;
}

/** One execution of a workflow on n8n-core's engine. */
export class Execution {
	private static count = 0;
	private readonly engine: WorkflowExecute;
	private readonly workflow: Workflow;
	private running: ReturnType<WorkflowExecute['run']> | undefined;
	private isCancelled = false;
	/** The first result passed to n8n's hooks, which is the one that n8n saves. */
	private saved: Pick<IRun, 'status'> | undefined;

	constructor(
		loaded: LoadedPackage,
		private readonly request: RunRequest,
	) {
		const executionId = String(++Execution.count);
		const credentials = new PlainCredentials(loaded, request.credentials ?? {});
		const nodes = structuredClone(request.workflow.nodes).map((node) => credentials.assignTo(node));
		const data: IWorkflowBase = {
			...request.workflow,
			id: `workflow${executionId}`,
			name: request.workflow.name ?? 'Engine test',
			nodes,
			active: false,
			isArchived: false,
			activeVersionId: null,
			createdAt: new Date(),
			updatedAt: new Date(),
		};
		// n8n's setting for every new workflow; without it the engine falls back to the order of n8n 0.x.
		const settings = { executionOrder: 'v1' as const, ...data.settings };
		this.workflow = new Workflow({ ...data, settings, nodeTypes: loaded });
		const mode = request.mode ?? 'manual';
		const hooks = new ExecutionLifecycleHooks(mode, executionId, data);
		hooks.addHandler('workflowExecuteAfter', ({ status }) => {
			this.saved ??= { status };
		});
		this.engine = new WorkflowExecute(additionalDataFor(credentials, hooks), mode);
	}

	/** Runs to the end. @throws WorkflowHasIssuesError and similar errors if n8n would not start the workflow */
	async run(): Promise<Omit<RunReply, 'log'>> {
		const start = performance.now();
		const pinData = structuredClone(this.request.workflow.pinData);
		const startNode = startNodeOf(this.workflow, this.request.startNode);
		this.running = this.begin(startNode, pinData);
		// The cancellation may have arrived before the start.
		if (this.isCancelled) this.running.cancel();
		const run = await this.running;
		return {
			status: this.saved?.status ?? run.status,
			persisted: stringify(run.data),
			took: performance.now() - start,
		};
	}

	private begin(startNode: INode, pinData: IPinData | undefined): ReturnType<WorkflowExecute['run']> {
		const { workflow, engine } = this;
		const { destinationNode: nodeName } = this.request;
		const destinationNode = nodeName === undefined ? undefined : { nodeName, mode: 'inclusive' as const };
		// For n8n 1.x, which takes the arguments one by one.
		if (engine.run.length > 1)
			return (engine as unknown as OlderEngine).run(workflow, startNode, destinationNode, pinData);
		return engine.run({ workflow, startNode, destinationNode, pinData });
	}

	/** Cancels as n8n's stop button does: through the promise that the engine returned. */
	cancel(): void {
		this.isCancelled = true;
		this.running?.cancel();
	}
}

/**
 * Tests a credential as the editor's Test button does: the function that the first node of the credential type names
 * in `testedBy`, called with n8n-core's own context.
 */
export async function testCredential(
	loaded: LoadedPackage,
	type: string,
	data: ICredentialDataDecryptedObject,
): Promise<INodeCredentialTestResult> {
	const credentials = new PlainCredentials(loaded, { [type]: data });
	for (const nodeName of loaded.nodesOfCredential(type)) {
		const { description, methods } = loaded.getByNameAndVersion(nodeName);
		const testedBy = description.credentials?.find(({ name }) => name === type)?.testedBy;
		if (typeof testedBy !== 'string') continue;
		const test = methods?.credentialTest?.[testedBy];
		if (!test) throw new UserError(`${nodeName} has no credential test function "${testedBy}"`);
		const hooks = new ExecutionLifecycleHooks('internal', '', { id: '' } as IWorkflowBase);
		const context = new CredentialTestContext(additionalDataFor(credentials, hooks));
		return await test.call(context, { id: type, name: type, type, data: credentials.withDefaults(type, data) });
	}
	return { status: 'Error', message: 'No testing function found for this credential.' };
}
