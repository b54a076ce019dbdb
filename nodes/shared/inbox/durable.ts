import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Only n8n's user has access: these files contain health data. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** Creates a folder and its missing parents. Existing folders keep their permissions. */
export async function makeFolder(path: string): Promise<void> {
	const first = await mkdir(path, { recursive: true, mode: FOLDER_MODE });
	if (first === undefined) return;
	// Each new folder is an entry of its parent, which must be flushed too.
	for (let made = path; made.length >= first.length; made = dirname(made)) await flushFolder(dirname(made));
}

/**
 * Creates a file that must not exist yet, and flushes its content to the disk.
 * @param write writes the content; its errors are passed on
 * @returns what `write` returned, after all content has reached the disk. The file's name has not: see {@link move}
 */
export async function writeFlushed<T>(path: string, write: (file: FileHandle) => Promise<T>): Promise<T> {
	const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, FILE_MODE);
	try {
		const result = await write(file);
		await file.sync();
		return result;
	} finally {
		await file.close();
	}
}

/**
 * Renames a file. Renaming is atomic: if several processes try, one of them succeeds.
 * @returns whether the file was there; false if another process has moved it
 */
export async function move(from: string, to: string): Promise<boolean> {
	try {
		await rename(from, to);
	} catch (error) {
		if (isMissing(error) && !(await exists(from))) return false;
		throw error;
	}
	await flushFolder(dirname(to));
	return true;
}

/** Flushes the names in a folder to the disk. Windows cannot do that, so it is skipped there. */
async function flushFolder(path: string): Promise<void> {
	if (process.platform === 'win32') return;
	const folder = await open(path, constants.O_RDONLY);
	try {
		await folder.sync();
	} finally {
		await folder.close();
	}
}

export function isMissing(error: unknown): boolean {
	return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

async function exists(path: string): Promise<boolean> {
	try {
		await stat(path);
		return true;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}
