import type { IBinaryData, ICredentialDataDecryptedObject, INodeCredentialTestResult } from 'n8n-workflow';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBinary } from '../real-n8n/paths';
import { EngineRun } from './engine-run';
import type { EngineSetup, QuestionKind, Questions, Reply, Resources, RunRequest, StoredFile } from './protocol';
import { SETUP_VARIABLE } from './protocol';

export interface EngineOptions extends Partial<EngineSetup> {
	/** Added to the environment of the engine process, such as HTTPS_PROXY; `undefined` removes a variable. */
	env?: Record<string, string | undefined>;
}

export interface RunOptions extends RunRequest {
	/** Cancels the execution as n8n's stop button does. */
	signal?: AbortSignal;
}

interface Pending {
	resolve: (answer: never) => void;
	reject: (error: Error) => void;
}

/** n8n-core in a separate process, with one package loaded. It can run many workflows, also concurrently. */
export class Engine {
	private readonly pending = new Map<number, Pending>();
	private questions = 0;
	private output = '';
	/** Set once the process has ended: the error for every further question. */
	private over: Error | undefined;

	private constructor(
		private readonly child: ChildProcess,
		private readonly ready: { resolve: () => void; reject: (error: Error) => void },
	) {
		child.on('message', (reply: Reply) => this.receive(reply));
		child.once('exit', (code, signal) => this.ended(`The engine process ended (${String(signal ?? code)})`));
		for (const stream of [child.stdout, child.stderr]) {
			stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString('utf8')));
		}
	}

	/** Starts the process and loads the package. @throws Error when the package does not load */
	static async start({ env = {}, ...setup }: EngineOptions = {}): Promise<Engine> {
		const folder = mkdtempSync(join(tmpdir(), 'engine-test-'));
		const child = fork(join(__dirname, 'process', 'main.ts'), {
			// An installed n8n needs Node 24; jest may run on an older Node.
			execPath: setup.n8n === undefined ? process.execPath : nodeBinary(),
			execArgv: preloaded(setup).flatMap((file) => ['--require', file]),
			serialization: 'advanced',
			stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
			env: environment(folder, { packageDirectory: join(__dirname, '..', '..'), loader: 'package', ...setup }, env),
		});
		try {
			return await new Promise<Engine>((resolve, reject) => {
				const engine: Engine = new Engine(child, { resolve: () => resolve(engine), reject });
			});
		} catch (error) {
			rmSync(folder, { recursive: true, force: true });
			throw error;
		}
	}

	/**
	 * Runs a workflow to its end. A failed or cancelled execution is a result, not a rejection.
	 * @throws Error when n8n would not start it (a required parameter is empty, a node type is unknown)
	 */
	async runWorkflow({ signal, ...request }: RunOptions): Promise<EngineRun> {
		const runId = String(++this.questions);
		const cancel = () => void this.ask('cancel', { runId }).catch(() => {});
		const reply = this.ask('run', { ...request, runId });
		signal?.addEventListener('abort', cancel, { once: true });
		if (signal?.aborted) cancel();
		try {
			return new EngineRun(await reply);
		} finally {
			signal?.removeEventListener('abort', cancel);
		}
	}

	/** Returns what the editor's Test button would show for these credential data, and the log. */
	async testCredential(
		type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<INodeCredentialTestResult & { log: string }> {
		return await this.ask('testCredential', { type, data });
	}

	/** Returns the bytes of an item's binary data, read with n8n's own binary data service. */
	async readBinary(binary: IBinaryData | undefined): Promise<Buffer> {
		if (!binary) throw new Error('The item has no such binary data');
		return Buffer.from(await this.ask('readBinary', binary));
	}

	/** Returns every file in n8n's binary data folder, including incomplete ones. */
	async storedFiles(): Promise<StoredFile[]> {
		return await this.ask('storedFiles', null);
	}

	/** Returns the sockets, timers, files and memory in use, by default after a garbage collection. */
	async resources({ collectGarbage = true } = {}): Promise<Resources> {
		return await this.ask('resources', { collectGarbage });
	}

	/** Returns the full names of the package's node types. */
	async nodeTypes(): Promise<string[]> {
		return await this.ask('nodeTypes', null);
	}

	/** Ends the process, which deletes its folder. */
	async stop(): Promise<void> {
		if (this.child.exitCode !== null || this.child.signalCode !== null) return;
		const exit = once(this.child, 'exit');
		await this.ask('stop', null).catch(() => this.child.kill('SIGKILL'));
		await exit;
	}

	private async ask<Kind extends QuestionKind>(
		kind: Kind,
		body: Questions[Kind]['question'],
	): Promise<Questions[Kind]['answer']> {
		if (this.over) throw this.over;
		const id = ++this.questions;
		return await new Promise((resolve, reject) => {
			this.pending.set(id, { resolve, reject });
			this.child.send({ id, kind, body }, (error) => {
				if (error) this.settle(id, (pending) => pending.reject(error));
			});
		});
	}

	private receive(reply: Reply): void {
		if (reply.kind === 'ready') return this.ready.resolve();
		if (reply.kind === 'answer') return this.settle(reply.id, ({ resolve }) => resolve(reply.body as never));
		const error = new Error(reply.message);
		if (reply.id === undefined) return this.ready.reject(error);
		this.settle(reply.id, ({ reject }) => reject(error));
	}

	private settle(id: number, how: (pending: Pending) => void): void {
		const pending = this.pending.get(id);
		this.pending.delete(id);
		if (pending) how(pending);
	}

	private ended(why: string): void {
		const error = new Error(this.output ? `${why}:\n${this.output}` : why);
		this.over = error;
		this.ready.reject(error);
		for (const id of [...this.pending.keys()]) this.settle(id, ({ reject }) => reject(error));
	}
}

/** Modules to load before the engine process's own files. */
function preloaded({ n8n }: Partial<EngineSetup>): string[] {
	const typescript = require.resolve('tsx/cjs');
	return n8n === undefined ? [typescript] : [typescript, join(__dirname, 'process', 'packages-of-n8n.ts')];
}

/** The environment of a production n8n, without jest and the developer's home folder. */
function environment(folder: string, setup: EngineSetup, more: Record<string, string | undefined>): NodeJS.ProcessEnv {
	return {
		...process.env,
		NODE_OPTIONS: undefined,
		JEST_WORKER_ID: undefined,
		NODE_ENV: 'production',
		HOME: folder,
		USERPROFILE: folder,
		N8N_USER_FOLDER: folder,
		N8N_ENCRYPTION_KEY: 'engine-tests',
		N8N_LOG_LEVEL: 'debug',
		N8N_LOG_OUTPUT: 'console',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		NO_COLOR: '1',
		[SETUP_VARIABLE]: JSON.stringify(setup),
		...more,
	};
}
