import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Runs a block of commands as it stands in the documentation, and leaves the event loop free for servers that it talks to.
 * @returns what it printed, standard output before standard error
 * @throws when one of the commands fails
 */
export async function inShell(code: string, cwd: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
	const { stdout, stderr } = await run('sh', ['-euc', code], { cwd, env, timeout: 60_000 });
	return stdout + stderr;
}
