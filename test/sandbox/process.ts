import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { connectSandbox, type SandboxClient } from './client';
import type { SandboxInfo, SandboxOptions } from './types';

export type { SandboxClient } from './client';

/** The start takes about as long as the generation of keys and certificates; slow CI runners need much longer. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;

const root = join(__dirname, '..', '..');
/** The S3 server needs Node >= 22 (node:sqlite). Tests may run on an older Node, so the Node 24 in node_modules is preferred. */
const NODE_24 = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/**
 * Starts the sandbox in a separate process: jest's module loader cannot load the S3 server, and the TLS work stays off the caller's event
 * loop. The process watches its standard input and therefore ends with its parent, even if the parent crashes.
 *
 * @throws Error if the sandbox does not start within 60 s; the message contains its error output
 */
export async function startSandboxProcess(options: SandboxOptions = {}): Promise<SandboxClient> {
	const child = spawn(
		existsSync(NODE_24) ? NODE_24 : process.execPath,
		[
			'--import',
			pathToFileURL(require.resolve('tsx')).href,
			join(root, 'test', 'commands', 'sandbox.ts'),
			'--json',
			'--exit-with-stdin',
			`--options=${JSON.stringify(options)}`,
		],
		{ cwd: root, stdio: ['pipe', 'pipe', 'pipe'], env: childEnvironment() },
	);
	try {
		const info = await readInfo(child);
		letParentExit(child);
		return connectSandbox(info, async () => {
			await stop(child);
		});
	} catch (error) {
		child.kill('SIGKILL');
		throw error;
	}
}

/** Returns an environment without proxy and Node options: the sandbox must not use a proxy or inherit jest's hooks. */
function childEnvironment(): NodeJS.ProcessEnv {
	const hidden = ['NODE_OPTIONS', 'NODE_USE_ENV_PROXY', 'NODE_EXTRA_CA_CERTS', 'JEST_WORKER_ID'];
	return Object.fromEntries(Object.entries(process.env).filter(([name]) => !hidden.includes(name)));
}

async function readInfo(child: ChildProcess): Promise<SandboxInfo> {
	const { stdout, stderr } = child;
	if (!stdout || !stderr) throw new Error('The sandbox process has no pipes');
	let errors = '';
	stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
	const lines = createInterface({ input: stdout });
	return await new Promise<SandboxInfo>((resolve, reject) => {
		const fail = (what: string) => {
			reject(new Error(`The sandbox process ${what}\n${errors}`));
		};
		const timer = setTimeout(() => {
			fail(`did not start within ${START_TIMEOUT_MS} ms`);
		}, START_TIMEOUT_MS);
		child.once('error', (error) => {
			fail(`could not be started: ${error.message}`);
		});
		child.once('exit', (code) => {
			clearTimeout(timer);
			fail(`ended with exit code ${String(code)}`);
		});
		lines.once('line', (line) => {
			clearTimeout(timer);
			resolve(JSON.parse(line) as SandboxInfo);
		});
	});
}

/** Lets a test run end although it has not closed the sandbox. The sandbox then stops with it. */
function letParentExit(child: ChildProcess) {
	child.unref();
	for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as Socket | null)?.unref();
}

async function stop(child: ChildProcess) {
	if (child.exitCode !== null || child.signalCode !== null) return;
	child.ref();
	const ended = new Promise<void>((resolve) =>
		child.once('exit', () => {
			resolve();
		}),
	);
	child.stdin?.end();
	const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
	await ended;
	clearTimeout(timer);
}
