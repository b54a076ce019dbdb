import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { n8nEnvironment } from './environment';
import { runProcess } from './processes';
import { freePort, type N8nOptions } from './server';

/** n8n's command line on a user folder, whether its server is running or not. Every call takes 4 to 10 s. */
export interface N8nCli {
	/** `n8n import:workflow`. Workflows need an `id` and are imported as inactive. */
	importWorkflows(workflows: object[]): Promise<void>;
	/** `n8n import:credentials`. The `data` are in plain text; n8n encrypts them. */
	importCredentials(credentials: object[]): Promise<void>;
	/** `n8n execute`: runs a workflow that has a manual trigger. Fails if a node fails. */
	execute(workflowId: string): Promise<void>;
}

type CliOptions = Pick<N8nOptions, 'n8n' | 'userFolder' | 'environment'>;

/** Returns the commands of n8n's command line. A failing command rejects with n8n's output. */
export function n8nCli(options: CliOptions): N8nCli {
	return {
		importWorkflows: async (workflows) => {
			await importJson(options, 'workflow', workflows);
		},
		importCredentials: async (credentials) => {
			await importJson(options, 'credentials', credentials);
		},
		execute: async (workflowId) => {
			await run(options, ['execute', `--id=${workflowId}`]);
		},
	};
}

async function importJson(options: CliOptions, what: 'workflow' | 'credentials', content: object[]): Promise<void> {
	// Outside the user folder, which is searched for secrets: this file contains credentials in plain text.
	const folder = await mkdtemp(join(tmpdir(), 'n8n-import-'));
	try {
		const file = join(folder, 'import.json');
		await writeFile(file, JSON.stringify(content), { mode: 0o600 });
		await run(options, [`import:${what}`, `--input=${file}`]);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function run({ n8n, userFolder, environment }: CliOptions, args: string[]): Promise<void> {
	const broker = String(await freePort());
	const env = n8nEnvironment(userFolder, { N8N_RUNNERS_BROKER_PORT: broker, ...environment }, n8n.line);
	const { code, output } = await runProcess(n8n.node, [n8n.program, ...args], { cwd: userFolder, env });
	if (code !== 0) throw new Error(`n8n ${args.join(' ')} ended with exit code ${code}:\n${output}`);
}
