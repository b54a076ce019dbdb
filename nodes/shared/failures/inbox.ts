import { InvalidInputError } from '../errors/invalid-input-error';
import type { Failure } from '../errors/failure';

const FIELD = 'Folder';

interface FolderFailure extends Pick<Failure, 'message' | 'advice'> {
	codes: readonly string[];
}

/** Errors of the operating system on the folder (codes: Node's documentation, "Common system errors"). Rows are added by hand. */
const FAILURES: readonly FolderFailure[] = [
	{
		codes: ['ENOSPC', 'EDQUOT', 'EFBIG'],
		message: 'The disk of the inbox is full',
		advice: 'Free some space. Nothing was stored for this item, so its message is not acknowledged.',
	},
	{
		codes: ['EACCES', 'EPERM'],
		message: 'The user that runs n8n is not allowed to write to Folder',
		advice:
			"Make that user the owner of the folder (in n8n's Docker image the user with the id 1000), and set its mode to 700.",
	},
	{
		codes: ['EROFS'],
		message: 'Folder is on a read-only disk',
		advice: 'Choose a folder on a writable volume that outlives the container.',
	},
	{
		codes: ['ENOTDIR', 'EEXIST', 'ELOOP', 'ENAMETOOLONG', 'EINVAL'],
		message: 'Folder is not a usable folder',
		advice: 'Check the path: a part of it may be a file, a broken link, or too long.',
	},
	{
		codes: ['ENOENT', 'ESTALE', 'ENOTCONN', 'EIO', 'ETIMEDOUT', 'ENODEV', 'ENXIO', 'EHOSTDOWN'],
		message: 'The disk of the inbox does not work as it should',
		advice: 'Check the disk, or the network drive, and whether it is still mounted.',
	},
	{
		codes: ['EMFILE', 'ENFILE'],
		message: 'n8n has too many files open to use the inbox',
		advice: 'Raise the limit of open files of the n8n process (ulimit -n).',
	},
];

/** Replaces an error of the operating system, whose text names files, with the inbox's own message. Returns any other error unchanged. */
export function folderFailure(error: unknown): unknown {
	const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
	// Only errors of file operations: the network has some of the same codes.
	if (!(error instanceof Error) || code === undefined || (syscall !== undefined && NETWORK.test(syscall))) return error;
	const failure = FAILURES.find(({ codes }) => codes.includes(code));
	return failure ? new InvalidInputError(FIELD, `${failure.message} (${code})`, failure.advice) : error;
}

const NETWORK = /^(connect|getaddrinfo|listen|bind|accept)/;
