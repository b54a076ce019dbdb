import { setTimeout as sleep } from 'node:timers/promises';
import { type ExecutionData, parseExecutionData } from './execution-data';
import type { N8nLine } from './install';
import { RestError, RestSession } from './rest-session';
import type { Workflow } from './workflow';

/** The owner's login for every n8n started here. n8n requires an upper-case letter and a number in the password. */
export const OWNER = { email: 'analyst@example.org', firstName: 'Test', lastName: 'Analyst', password: 'Roche-Demo-1' };

/** Pause between two attempts when polling, in ms. */
const POLL_INTERVAL = 200;

export interface ExecutionSummary {
	id: string;
	status: string;
	/** What started it, such as `webhook` or `trigger`. */
	mode: string;
	workflowId: string;
	/** ISO. */
	startedAt?: string;
	stoppedAt?: string;
}

/** One run with the output of each node. */
export interface Execution extends ExecutionSummary {
	data: ExecutionData;
}

export interface CredentialTest {
	status: 'OK' | 'Error';
	message: string;
}

/** A node type or credential type. Only for nodes does `name` begin with the package's name. */
export interface TypeDescription {
	name: string;
	/** Paths on n8n's server. */
	iconUrl?: string | { light: string; dark: string };
	codex?: object;
}

interface SavedWorkflow {
	id: string;
	versionId: string;
}

interface MigrationReport {
	workflowResults: { ruleTitle: string; nbAffectedWorkflows: number }[];
}

/** n8n's REST API as the editor uses it, logged in as the owner. Every method rejects with {@link RestError}. */
export class N8nRestClient {
	private constructor(
		private readonly session: RestSession,
		private readonly line: N8nLine,
	) {}

	/**
	 * Creates the owner, or logs in if the owner exists.
	 *
	 * @param line - the n8n line: publishing differs between them
	 */
	static async connect(url: string, line: N8nLine = '2'): Promise<N8nRestClient> {
		const session = new RestSession(url);
		try {
			await session.logIn('/owner/setup', OWNER);
		} catch (error) {
			if (!(error instanceof RestError)) throw error;
			await session.logIn('/login', { emailOrLdapLoginId: OWNER.email, password: OWNER.password });
		}
		return new N8nRestClient(session, line);
	}

	async createCredential(name: string, type: string, data: object): Promise<{ id: string; name: string }> {
		return await this.session.call('POST', '/credentials', { name, type, data });
	}

	/** Saves a credential and tests it as the button "Test" does, then deletes it. */
	async testCredential(name: string, type: string, data: object): Promise<CredentialTest> {
		// n8n 1.x tests saved credentials only.
		const { id } = await this.createCredential(name, type, data);
		try {
			return await this.session.call('POST', '/credentials/test', { credentials: { id, name, type, data } });
		} finally {
			await this.session.call('DELETE', `/credentials/${id}`);
		}
	}

	/** The entries of a parameter's list in the editor, from a function of the node. */
	async listSearch(
		nodeTypeAndVersion: { name: string; version: number },
		methodName: string,
		credentials: object,
		currentNodeParameters: object,
	): Promise<Array<{ name: string; value: string }>> {
		const body = { nodeTypeAndVersion, methodName, credentials, path: 'parameters.list', currentNodeParameters };
		const path = '/dynamic-node-parameters/resource-locator-results';
		return (await this.session.call<{ results: Array<{ name: string; value: string }> }>('POST', path, body)).results;
	}

	/** Creates a workflow as "Import from file" and "Save" do. */
	async createWorkflow(workflow: Workflow): Promise<SavedWorkflow> {
		return await this.session.call('POST', '/workflows', workflow);
	}

	async workflow(id: string): Promise<Workflow & SavedWorkflow> {
		return await this.session.call('GET', `/workflows/${id}`);
	}

	/** Publishes a workflow and waits until its webhooks answer. */
	async publish(id: string, timeout = 30_000): Promise<void> {
		const { versionId } = await this.workflow(id);
		if (this.line === '1') {
			// n8n 1.x answers after it has registered the webhooks.
			await this.session.call('PATCH', `/workflows/${id}`, { active: true, versionId });
			return;
		}
		await this.session.call('POST', `/workflows/${id}/activate`, { versionId });
		await this.until(timeout, `workflow ${id} to be published`, async () => {
			const { status } = await this.session.call<{ status: string }>('GET', `/workflows/${id}/publication-status`);
			return status === 'published' ? true : undefined;
		});
	}

	/** Unpublishes a workflow, which removes its webhooks. */
	async unpublish(id: string): Promise<void> {
		const { versionId } = await this.workflow(id);
		if (this.line === '1') await this.session.call('PATCH', `/workflows/${id}`, { active: false, versionId });
		else await this.session.call('POST', `/workflows/${id}/deactivate`, {});
	}

	/** Starts a workflow by hand. @returns the execution's id */
	async run(id: string, trigger: string): Promise<string> {
		// n8n 1.x runs what the editor shows, saved or not.
		const shown = this.line === '1' ? { workflowData: await this.workflow(id) } : {};
		const body = { ...shown, triggerToStartFrom: { name: trigger } };
		return (await this.session.call<{ executionId: string }>('POST', `/workflows/${id}/run`, body)).executionId;
	}

	/** Returns the newest 100 executions of a workflow, including running ones. */
	async executions(workflowId: string): Promise<ExecutionSummary[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const path = `/executions?filter=${filter}&limit=100`;
		return (await this.session.call<{ results: ExecutionSummary[] }>('GET', path)).results;
	}

	/** Returns how many executions of a workflow have a status. */
	async count(workflowId: string, status: string): Promise<number> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId, status: [status] }));
		return (await this.session.call<{ count: number }>('GET', `/executions?filter=${filter}&limit=1`)).count;
	}

	async execution(id: string): Promise<Execution> {
		const raw = await this.session.call<ExecutionSummary & { data: string }>('GET', `/executions/${id}`);
		return { ...raw, data: parseExecutionData(raw.data) };
	}

	/** Does what "Retry with original workflow" in the list of executions does. @returns the new execution, after its end */
	async retry(id: string): Promise<Execution> {
		const retried = await this.session.call<ExecutionSummary>('POST', `/executions/${id}/retry`, {
			loadWorkflow: false,
		});
		return await this.finished(retried.id);
	}

	/**
	 * Waits until an execution has ended, with any outcome. Only for workflows whose executions are saved.
	 * @param workflowId if given, the whole execution is requested only at the end; for a large one each request takes n8n long
	 */
	async finished(id: string, workflowId?: string, timeout = 60_000): Promise<Execution> {
		return await this.until(timeout, `execution ${id} to end`, async () => {
			const summaries = workflowId === undefined ? [] : await this.executions(workflowId);
			if (summaries.some((one) => one.id === id && !hasEnded(one))) return undefined;
			const execution = await this.execution(id);
			return isComplete(execution) ? execution : undefined;
		});
	}

	/** @param id - `id` of an item's binary field */
	async binary(id: string): Promise<Buffer> {
		const response = await this.session.request(
			'GET',
			`/rest/binary-data?id=${encodeURIComponent(id)}&action=download`,
		);
		return Buffer.from(await response.arrayBuffer());
	}

	/** Returns all node types or credential types of n8n, as the editor reads them at its start. */
	async types(kind: 'nodes' | 'credentials'): Promise<TypeDescription[]> {
		const response = await this.session.request('GET', `/types/${kind}.json`);
		return (await response.json()) as TypeDescription[];
	}

	/** Returns the titles of the rules in n8n's migration report for a version that at least one saved workflow breaks. */
	async brokenBy(version: string): Promise<string[]> {
		const { report } = await this.session.call<{ report: MigrationReport }>(
			'POST',
			`/breaking-changes/report/refresh?version=${version}`,
			{},
		);
		return report.workflowResults.filter((rule) => rule.nbAffectedWorkflows > 0).map((rule) => rule.ruleTitle);
	}

	/** Returns a file that the editor loads, such as an icon. @param path - as in type descriptions, without leading slash */
	async file(path: string): Promise<{ contentType: string; content: Buffer }> {
		const response = await this.session.request('GET', `/${path}`);
		const contentType = response.headers.get('content-type') ?? '';
		return { contentType, content: Buffer.from(await response.arrayBuffer()) };
	}

	/** Asks until there is an answer. @throws Error when the time (ms) is over */
	async until<T>(timeout: number, what: string, ask: () => Promise<T | undefined>): Promise<T> {
		const deadline = Date.now() + timeout;
		for (;;) {
			const answer = await ask();
			if (answer !== undefined) return answer;
			if (Date.now() > deadline) throw new Error(`Waited ${timeout} ms for ${what}, which did not happen.`);
			await sleep(POLL_INTERVAL);
		}
	}
}

/** n8n 1.x writes the status before the data, which may be large. Until then the data name no last node. */
function isComplete({ status, data }: Execution): boolean {
	if (status === 'crashed' || status === 'canceled') return true;
	if (!hasEnded({ status })) return false;
	return data?.resultData.lastNodeExecuted !== undefined || data?.resultData.error !== undefined;
}

function hasEnded({ status }: Pick<ExecutionSummary, 'status'>): boolean {
	return ['success', 'error', 'crashed', 'canceled'].includes(status);
}
