import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { IExecuteFunctions } from 'n8n-workflow';
import { InvalidInputError } from '../shared/errors/invalid-input-error';
import { folderFailure } from '../shared/failures/inbox';
import { Inbox } from '../shared/inbox/inbox';
import { optionalText } from '../shared/node-support/parameters';

const FIELD = 'Folder';

/** n8n brands its type for a path without links: only n8n can create such a value. */
type Resolved = Parameters<IExecuteFunctions['helpers']['isFilePathBlocked']>[0];

/**
 * Opens the inbox in the node's folder.
 * @throws InvalidInputError if the folder is not an absolute path, n8n does not allow access to it, or it cannot be written to
 */
export async function openInbox(context: IExecuteFunctions): Promise<Inbox> {
	const given = optionalText(context.getNodeParameter('folder', 0, ''))?.trim();
	return await inFolder(
		async () => await Inbox.open(given === undefined ? ownFolder(context) : await allowed(context, given)),
	);
}

/** Runs work on the inbox, and replaces errors of the file system with the inbox's own: see `folderFailure`. */
export async function inFolder<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw folderFailure(error);
	}
}

/** n8n keeps a storage folder for each type of node, and lets no other type read it. */
function ownFolder(context: IExecuteFunctions): string {
	return join(context.helpers.getStoragePath(), 'inbox');
}

/** Returns the path without links: N8N_RESTRICT_FILE_ACCESS_TO and the like apply to the folder that the path really leads to. */
async function allowed(context: IExecuteFunctions, given: string): Promise<string> {
	if (!isAbsolute(given)) {
		throw new InvalidInputError(
			FIELD,
			`${FIELD} is not an absolute path`,
			'Enter the full path, such as /data/roche-inbox.',
		);
	}
	const path = await resolved(resolve(given));
	// Older versions of n8n return a promise.
	if (await (context.helpers.isFilePathBlocked(path as Resolved) as unknown)) {
		throw new InvalidInputError(
			FIELD,
			`n8n does not allow access to ${FIELD}`,
			'Add it to N8N_RESTRICT_FILE_ACCESS_TO of all n8n processes, separated from other folders by a semicolon. The variable replaces the folder that n8n 2.x allows by default (~/.n8n-files).',
		);
	}
	return path;
}

/** Returns the path without links, as far as it exists. */
async function resolved(path: string): Promise<string> {
	try {
		return await realpath(path);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
		return join(await resolved(dirname(path)), basename(path));
	}
}
