import { createRequire } from 'node:module';

const load = createRequire(__filename);

type Method = (...args: unknown[]) => Promise<unknown>;

/** Functions that change the disk. */
const OF_FOLDERS = ['mkdir', 'open', 'rename', 'rm', 'truncate', 'writeFile'];
const OF_FILES = ['write', 'sync'];

/**
 * Kills this process with SIGKILL right before its n-th change of the disk.
 *
 * @param n - from 1
 */
export async function killBefore(n: number): Promise<void> {
	const fs = load('node:fs/promises') as Record<string, Method>;
	const file = (await fs.open?.('/dev/null', 'r')) as object;
	let count = 0;
	const counted = (owner: Record<string, Method>, names: string[]): void => {
		for (const name of names) {
			const method = owner[name];
			if (!method) throw new Error(`There is no ${name}`);
			owner[name] = async function (this: unknown, ...args: unknown[]) {
				count += 1;
				if (count === n) process.kill(process.pid, 'SIGKILL');
				return await method.apply(this, args);
			};
		}
	};
	await (file as unknown as { close: () => Promise<void> }).close();
	counted(Object.getPrototypeOf(file) as Record<string, Method>, OF_FILES);
	counted(fs, OF_FOLDERS);
}
