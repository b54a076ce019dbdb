import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CleanUp } from '../real-n8n/clean-up';
import { runProcess } from '../real-n8n/processes';

/** Proxies started by root switch to another user. This one exists on every system. */
const ACCOUNT = 'nobody';

/** The folder of one proxy for its settings, passwords and logs. Not readable by other users. */
export interface Home {
	folder: string;
	/** The user that a proxy started by root switches to; undefined if the tests do not run as root. */
	account: { name: string; uid: number; gid: number } | undefined;
	/** Writes a file for the proxy. @returns its path */
	write(name: string, content: string): Promise<string>;
}

export async function makeHome(cleanUp: CleanUp): Promise<Home> {
	const folder = await mkdtemp(join(tmpdir(), 'proxy-for-n8n-'));
	cleanUp.add(async () => await rm(folder, { recursive: true, force: true, maxRetries: 5 }));
	await chmod(folder, 0o700);
	const account = process.getuid?.() === 0 ? { name: ACCOUNT, uid: await id('-u'), gid: await id('-g') } : undefined;
	const give = async (path: string): Promise<void> => {
		if (account) await chown(path, account.uid, account.gid);
	};
	await give(folder);
	return {
		folder,
		account,
		async write(name, content) {
			const path = join(folder, name);
			await writeFile(path, content, { mode: 0o600 });
			await give(path);
			return path;
		},
	};
}

async function id(flag: string): Promise<number> {
	const { code, output } = await runProcess('id', [flag, ACCOUNT], { cwd: '/', env: { PATH: process.env.PATH } });
	if (code !== 0) throw new Error(`As root, proxies run as the user "${ACCOUNT}", which does not exist here.`);
	return Number(output);
}
