import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** How long a process may take to end after SIGTERM, in ms. n8n closes its database in that time. */
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
	/** The last million characters that it printed, on both streams. */
	output: string;
}

export interface RunningProcess {
	/** Undefined if it could not be started. */
	pid: number | undefined;
	/** Fulfilled when the process has ended and its output is complete. */
	ended: Promise<Ended>;
	/** The output so far, at most the last million characters. */
	output: () => string;
	/** Ends the process and its children with SIGTERM, then with SIGKILL if they take too long. */
	stop: () => Promise<void>;
	/** Kills the process and its children at once (SIGKILL), like a crash of the machine. */
	kill: () => Promise<void>;
}

const running = new Set<ChildProcess>();

/** Sends a signal to a process and its children. Ignores processes that have already ended. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
	if (child.pid === undefined) return;
	try {
		// A negative id means the whole process group. Windows has no process groups.
		process.kill(process.platform === 'win32' ? child.pid : -child.pid, name);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}

// Last resort if this process ends without stopping its children (an exception, process.exit).
process.on('exit', () => {
	running.forEach((child) => {
		signal(child, 'SIGKILL');
	});
});

/**
 * Starts a program in a new process group, so it can be ended together with its children (n8n starts a task runner, npm
 * starts compilers).
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
	// Processes left in its group would keep the output open.
	signal(child, 'SIGKILL');
	await ended;
}

/** Runs a program and waits for its end. */
export async function runProcess(file: string, args: string[], options: ProcessOptions): Promise<Ended> {
	return await startProcess(file, args, options).ended;
}
