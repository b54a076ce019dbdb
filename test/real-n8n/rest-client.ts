import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ExecutionData, parseExecutionData } from './execution-data';
import type { Workflow } from './workflow';

/** The login of every n8n that is started here. n8n asks for an upper case letter and a number. */
export const OWNER = { email: 'analyst@example.org', firstName: 'Test', lastName: 'Analyst', password: 'Roche-Demo-1' };

/** How often something is asked for until it has happened, in ms. */
const POLL_INTERVAL = 200;

const FINAL = ['success', 'error', 'crashed', 'canceled'];

export interface ExecutionSummary {
	id: string;
	status: string;
	workflowId: string;
}

/** One run with what each node put out. */
export interface Execution extends ExecutionSummary {
	data: ExecutionData;
}

export interface CredentialTest {
	status: 'OK' | 'Error';
	message: string;
}

interface SavedWorkflow {
	id: string;
	versionId: string;
}

/** n8n's answer that is not 2xx. */
export class RestError extends Error {
	constructor(
		readonly status: number,
		call: string,
		body: string,
	) {
		super(`n8n: ${call} answered ${status}: ${body.slice(0, 1_000)}`);
	}
}

/** n8n's REST API as the editor uses it, logged in as the owner. Every method rejects with {@link RestError}. */
export class N8nRestClient {
	/** n8n binds the cookie to it. */
	private readonly browserId = randomUUID();

	private cookie = '';

	private constructor(private readonly url: string) {}

	/** Creates the owner, or logs in where there is one. */
	static async connect(url: string): Promise<N8nRestClient> {
		const client = new N8nRestClient(url);
		try {
			await client.logIn('/owner/setup', OWNER);
		} catch (error) {
			if (!(error instanceof RestError)) throw error;
			await client.logIn('/login', { emailOrLdapLoginId: OWNER.email, password: OWNER.password });
		}
		return client;
	}

	async createCredential(name: string, type: string, data: object): Promise<{ id: string; name: string }> {
		return await this.call('POST', '/credentials', { name, type, data });
	}

	/** What the button "Test" does. */
	async testCredential(name: string, type: string, data: object): Promise<CredentialTest> {
		return await this.call('POST', '/credentials/test', { credentials: { id: '', name, type, data } });
	}

	/** What "Import from file" and "Save" do. */
	async createWorkflow(workflow: Workflow): Promise<SavedWorkflow> {
		return await this.call('POST', '/workflows', workflow);
	}

	async workflow(id: string): Promise<Workflow & SavedWorkflow> {
		return await this.call('GET', `/workflows/${id}`);
	}

	/** Publishes a workflow and waits until its webhooks answer. */
	async publish(id: string, timeout = 30_000): Promise<void> {
		const { versionId } = await this.workflow(id);
		await this.call('POST', `/workflows/${id}/activate`, { versionId });
		await this.until(timeout, `workflow ${id} to be published`, async () => {
			const { status } = await this.call<{ status: string }>('GET', `/workflows/${id}/publication-status`);
			return status === 'published' ? true : undefined;
		});
	}

	/** Starts a workflow by hand. @returns the execution's id */
	async run(id: string, trigger: string): Promise<string> {
		const body = { triggerToStartFrom: { name: trigger } };
		return (await this.call<{ executionId: string }>('POST', `/workflows/${id}/run`, body)).executionId;
	}

	/** The newest executions of a workflow, those that run included. */
	async executions(workflowId: string): Promise<ExecutionSummary[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const path = `/executions?filter=${filter}&limit=100`;
		return (await this.call<{ results: ExecutionSummary[] }>('GET', path)).results;
	}

	async execution(id: string): Promise<Execution> {
		const raw = await this.call<ExecutionSummary & { data: string }>('GET', `/executions/${id}`);
		return { ...raw, data: parseExecutionData(raw.data) };
	}

	/** Waits until an execution has ended, whatever its outcome. Only for workflows whose executions are saved. */
	async finished(id: string, timeout = 60_000): Promise<Execution> {
		return await this.until(timeout, `execution ${id} to end`, async () => {
			const execution = await this.execution(id);
			return FINAL.includes(execution.status) ? execution : undefined;
		});
	}

	/** @param id - `id` of an item's binary field */
	async binary(id: string): Promise<Buffer> {
		const response = await this.fetch('GET', `/binary-data?id=${encodeURIComponent(id)}&action=download`);
		return Buffer.from(await response.arrayBuffer());
	}

	private async until<T>(timeout: number, what: string, ask: () => Promise<T | undefined>): Promise<T> {
		const deadline = Date.now() + timeout;
		for (;;) {
			const answer = await ask();
			if (answer !== undefined) return answer;
			if (Date.now() > deadline) throw new Error(`Waited ${timeout} ms in vain for ${what}.`);
			await sleep(POLL_INTERVAL);
		}
	}

	private async logIn(path: string, body: object): Promise<void> {
		const response = await this.fetch('POST', path, body);
		await response.arrayBuffer();
		const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
		this.cookie = cookies.find((cookie) => cookie.startsWith('n8n-auth=')) ?? '';
	}

	private async call<T>(method: string, path: string, body?: object): Promise<T> {
		const response = await this.fetch(method, path, body);
		return ((await response.json()) as { data: T }).data;
	}

	private async fetch(method: string, path: string, body?: object): Promise<Response> {
		const response = await fetch(`${this.url}/rest${path}`, {
			method,
			headers: { 'content-type': 'application/json', 'browser-id': this.browserId, cookie: this.cookie },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		if (!response.ok) throw new RestError(response.status, `${method} ${path}`, await response.text());
		return response;
	}
}
