import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Runs a block of commands of the documentation without blocking the event loop, so servers in this process can answer.
 * @returns its output, standard output before standard error
 * @throws if one of the commands fails
 */
export async function inShell(code: string, cwd: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
	const { stdout, stderr } = await run('sh', ['-euc', code], { cwd, env, timeout: 60_000 });
	return stdout + stderr;
}
