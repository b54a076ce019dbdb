import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SandboxClient, startSandboxProcess } from '../sandbox/process';
import type { CleanUp } from './clean-up';
import { type N8nCli, n8nCli } from './cli';
import { installTarball, packPackage } from './community-folder';
import { sandboxEnvironment } from './environment';
import { installN8n, type N8nLine } from './install';
import { childEnvironment, npmCommand, ROOT } from './paths';
import { runProcess } from './processes';
import { withProgress } from './progress';
import { N8nRestClient } from './rest-client';
import { type N8nServer, startN8n } from './server';

export interface WorkbenchOptions {
	/** The n8n line; default the newest. */
	line?: N8nLine;
	/** The Node binary that runs n8n; default Node 24. */
	node?: string;
	/** The packed package; unset: it is built and packed. */
	tarball?: string;
	/** n8n's port; unset: any free port. */
	port?: number;
	/** Added to n8n's environment. */
	environment?: NodeJS.ProcessEnv;
}

/** A real n8n with the packed package installed, the sandbox beside it, and the owner logged in. */
export interface Workbench {
	n8n: N8nServer;
	rest: N8nRestClient;
	sandbox: SandboxClient;
	/** n8n's command line on the same user folder. */
	cli: N8nCli;
	/** The version of n8n. */
	version: string;
}

/**
 * Sets up a workbench and prints the progress: installs n8n (once), builds and packs the package, installs it offline from
 * its tarball, and starts the sandbox and n8n.
 *
 * @param cleanUp - receives the steps that stop and remove everything at the end
 */
export async function setUpWorkbench(cleanUp: CleanUp, options: WorkbenchOptions = {}): Promise<Workbench> {
	const installed = await installN8n(options.line, options.node);
	const folder = await mkdtemp(join(tmpdir(), 'n8n-with-roche-nodes-'));
	cleanUp.add(async () => {
		await rm(folder, { recursive: true, force: true, maxRetries: 5 });
	});
	const tarball = options.tarball ?? (await buildAndPack(folder));
	const userFolder = await mkdtemp(join(folder, 'user-'));
	await withProgress('Installing the tarball as a community package, offline', async () => {
		await installTarball(tarball, userFolder);
	});
	const sandbox = await withProgress('Starting the sandbox', async () => await startSandboxProcess());
	cleanUp.add(async () => {
		await sandbox.close();
	});
	const environment = { ...sandboxEnvironment(sandbox.info), ...options.environment };
	const n8n = await withProgress(`Starting n8n ${installed.version}`, async () => {
		return await startN8n({ n8n: installed, userFolder, port: options.port, environment });
	});
	cleanUp.add(async () => {
		await n8n.stop();
	});
	const rest = await N8nRestClient.connect(n8n.url, installed.line);
	const cli = n8nCli({ n8n: installed, userFolder, environment });
	return { n8n, sandbox, rest, cli, version: installed.version };
}

/**
 * Builds the package, packs it as `npm publish` would, and prints the progress.
 *
 * @param folder - receives the tarball
 * @returns the tarball's path
 */
export async function buildAndPack(folder: string): Promise<string> {
	await withProgress('Building the package', buildPackage);
	return await withProgress('Packing the package', async () => await packPackage(folder));
}

async function buildPackage(): Promise<void> {
	const [file, first] = npmCommand();
	const { code, output } = await runProcess(file, [...first, 'run', 'build'], { cwd: ROOT, env: childEnvironment() });
	if (code !== 0) throw new Error(`The package could not be built:\n${output}`);
}
