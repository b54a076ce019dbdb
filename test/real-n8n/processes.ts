import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** How long a process may take to end by itself after SIGTERM, in ms. n8n closes its database in that time. */
const STOP_TIMEOUT = 15_000;

/** How much of a process's output is kept for messages, in characters. */
const OUTPUT_KEPT = 1_000_000;

export interface ProcessOptions {
	cwd: string;
	env: NodeJS.ProcessEnv;
	/** Receives everything that the process prints. */
	logFile?: string;
}

export interface Ended {
	/** The exit code; null when a signal ended the process. */
	code: number | null;
	/** What it printed, both streams, the last million characters of it. */
	output: string;
}

export interface RunningProcess {
	/** Undefined when it could not be started. */
	pid: number | undefined;
	/** Fulfilled when the process has ended and its output is complete. */
	ended: Promise<Ended>;
	/** What it has printed so far. */
	output: () => string;
	/** Ends the process and its children: politely first, with SIGKILL when it takes too long. */
	stop: () => Promise<void>;
	/** Ends the process and its children at once (SIGKILL), as a crash of the machine would. */
	kill: () => Promise<void>;
}

const running = new Set<ChildProcess>();

/** Signals a process and its children. A process that is gone already is no error. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
	if (child.pid === undefined) return;
	try {
		// A negative id means the whole group; Windows has none.
		process.kill(process.platform === 'win32' ? child.pid : -child.pid, name);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}

// The last resort, when this process ends without having stopped its children (an exception, process.exit).
process.on('exit', () => {
	running.forEach((child) => {
		signal(child, 'SIGKILL');
	});
});

/**
 * Starts a program in a process group of its own, so that it can be ended together with its children (n8n starts a task
 * runner, npm starts compilers).
 */
export function startProcess(file: string, args: string[], { cwd, env, logFile }: ProcessOptions): RunningProcess {
	const child = spawn(file, args, {
		cwd,
		env,
		stdio: ['ignore', 'pipe', 'pipe'],
		detached: process.platform !== 'win32',
	});
	running.add(child);
	const log = logFile === undefined ? undefined : createWriteStream(logFile, { flags: 'a' });
	let output = '';
	const keep = (chunk: Buffer): void => {
		output = (output + chunk.toString()).slice(-OUTPUT_KEPT);
		log?.write(chunk);
	};
	child.stdout.on('data', keep);
	child.stderr.on('data', keep);
	const ended = new Promise<Ended>((resolve) => {
		const finish = (code: number | null): void => {
			running.delete(child);
			const settle = (): void => {
				resolve({ code, output });
			};
			if (log === undefined) settle();
			else log.end(settle);
		};
		child.once('error', (error) => {
			output += `${file} could not be started: ${error.message}\n`;
			finish(null);
		});
		child.once('close', finish);
	});
	const { pid } = child;
	return { pid, ended, output: () => output, stop: () => stop(child, ended), kill: () => kill(child, ended) };
}

async function kill(child: ChildProcess, ended: Promise<Ended>): Promise<void> {
	if (!running.has(child)) return;
	signal(child, 'SIGKILL');
	await ended;
}

async function stop(child: ChildProcess, ended: Promise<Ended>): Promise<void> {
	// Its id may belong to another program by now.
	if (!running.has(child)) return;
	if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
		const exited = once(child, 'exit');
		signal(child, 'SIGTERM');
		const timer = setTimeout(() => {
			signal(child, 'SIGKILL');
		}, STOP_TIMEOUT);
		await exited;
		clearTimeout(timer);
	}
	// What it left behind in its group would keep the output open.
	signal(child, 'SIGKILL');
	await ended;
}

/** Runs a program to its end. */
export async function runProcess(file: string, args: string[], options: ProcessOptions): Promise<Ended> {
	return await startProcess(file, args, options).ended;
}
