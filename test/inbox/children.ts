import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import { machineNode } from '../real-n8n/paths';

/** Bundles the child's program and the inbox into one JavaScript file, which starts in about 50 ms. @returns its path */
export async function buildChild(folder: string): Promise<string> {
	const outfile = join(folder, 'child.js');
	await build({
		entryPoints: [join(__dirname, 'child.ts')],
		outfile,
		bundle: true,
		platform: 'node',
		format: 'cjs',
		logLevel: 'warning',
	});
	return outfile;
}

export interface Ended {
	signal: NodeJS.Signals | null;
	code: number | null;
	errors: string;
}

/** A process that works on the inbox. */
export class Child {
	private readonly ended: Promise<Ended>;

	private constructor(private readonly child: ChildProcess) {
		let errors = '';
		child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
		this.ended = once(child, 'close').then(([code, signal]) => ({
			code: code as number | null,
			signal: signal as NodeJS.Signals | null,
			errors,
		}));
	}

	/**
	 * @param limits - for the shell's `ulimit`, or the user to run as. Another user may not be able to read this project's folder and
	 *   therefore uses the machine's own Node
	 */
	static start(program: string, args: string[], { ulimit, uid }: { ulimit?: string; uid?: number } = {}): Child {
		const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
		const node = uid === undefined ? process.execPath : (machineNode() ?? process.execPath);
		if (ulimit === undefined) return new Child(spawn(node, [program, ...args], { stdio, uid }));
		const script = `ulimit ${ulimit}; exec "$0" "$@"`;
		return new Child(spawn('/bin/sh', ['-c', script, process.execPath, program, ...args], { stdio }));
	}

	/** Waits until it prints that it begins; a start may take long on a busy machine. */
	async begun(): Promise<void> {
		if (this.child.stdout) await Promise.race([once(this.child.stdout, 'data'), this.ended]);
	}

	/** Waits for its end. */
	async end(): Promise<Ended> {
		return await this.ended;
	}

	async kill(): Promise<Ended> {
		this.child.kill('SIGKILL');
		return await this.ended;
	}
}
