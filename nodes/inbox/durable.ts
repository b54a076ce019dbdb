import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** For n8n's user alone: what lies here is health data. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** Makes a folder and those above it that are missing. What was there keeps its rights. */
export async function makeFolder(path: string): Promise<void> {
	const first = await mkdir(path, { recursive: true, mode: FOLDER_MODE });
	if (first === undefined) return;
	// Each new folder is an entry of the one above it.
	for (let made = path; made.length >= first.length; made = dirname(made)) await flushFolder(dirname(made));
}

/**
 * Begins a file that must not be there yet.
 * @param write fills it; what it throws is passed on
 * @returns what `write` gave, after all of it has reached the disk. The name has not: see {@link move}
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
 * Renames a file, which is atomic: of several that try, one wins.
 * @returns whether it was there; false: another has moved it
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

/** Makes the names in a folder last. Windows cannot, and does without. */
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
