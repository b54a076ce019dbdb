import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { IExecuteFunctions } from 'n8n-workflow';
import { InvalidInputError } from '../errors/invalid-input-error';
import { folderFailure } from '../inbox/failures';
import { Inbox } from '../inbox/inbox';
import { optionalText } from '../node-support/parameters';

const FIELD = 'Folder';

/** n8n's own type for a path without links has a mark that only n8n can give. */
type Resolved = Parameters<IExecuteFunctions['helpers']['isFilePathBlocked']>[0];

/**
 * Opens the inbox in the node's folder.
 * @throws InvalidInputError when it is not an absolute path, n8n does not allow it, or it cannot be written
 */
export async function openInbox(context: IExecuteFunctions): Promise<Inbox> {
	const given = optionalText(context.getNodeParameter('folder', 0, ''))?.trim();
	return await inFolder(
		async () => await Inbox.open(given === undefined ? ownFolder(context) : await allowed(context, given)),
	);
}

/** Does something with the inbox. What the file system says about it gets the inbox's words. */
export async function inFolder<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw folderFailure(error);
	}
}

/** n8n keeps a folder for each type of node, which it lets no other read. */
function ownFolder(context: IExecuteFunctions): string {
	return join(context.helpers.getStoragePath(), 'inbox');
}

/** N8N_RESTRICT_FILE_ACCESS_TO and the like hold for the folder where the path really leads to. */
async function allowed(context: IExecuteFunctions, given: string): Promise<string> {
	if (!isAbsolute(given)) {
		throw new InvalidInputError(
			FIELD,
			`${FIELD} is not an absolute path`,
			'Enter the full path, such as /data/roche-inbox.',
		);
	}
	const path = await resolved(resolve(given));
	// Older versions of n8n answer with a promise.
	if (await (context.helpers.isFilePathBlocked(path as Resolved) as unknown)) {
		throw new InvalidInputError(
			FIELD,
			`n8n does not allow access to ${FIELD}`,
			'Add it to N8N_RESTRICT_FILE_ACCESS_TO of all n8n processes, separated from other folders by a semicolon. The variable replaces the folder that n8n 2.x allows by default (~/.n8n-files).',
		);
	}
	return path;
}

/** The path without links, as far as it exists. */
async function resolved(path: string): Promise<string> {
	try {
		return await realpath(path);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
		return join(await resolved(dirname(path)), basename(path));
	}
}
