import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, truncate } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { writeFlushed } from './durable';

/** What an entry states about its message, in the line after the preamble of its file. */
export interface Header {
	/** The notification as it was received. */
	notification: Record<string, unknown>;
	/** ISO time. */
	storedAt: string;
	file?: FileAbout;
}

/** What is known about the stored file. */
export interface FileAbout {
	name: string;
	contentType: string;
	/** What the step that read the file (such as Roche S3 Fetch) reported about it. */
	source?: Record<string, unknown>;
}

/** An entry that is open for reading. The caller must close it, or read its content to the end. */
export interface OpenEntry {
	header: Header;
	/** Bytes of the content. */
	size: number;
	/** Hex; undefined if there is no content. */
	sha256: string | undefined;
	/** Where the content begins, in bytes from the start of the file. */
	start: number;
	/** The content. Fails with DamagedEntry if it is not what was stored. */
	content(): Readable;
	close(): Promise<void>;
}

/** The file of an entry does not contain what was written into it. */
export class DamagedEntry extends Error {
	override readonly name = 'DamagedEntry';

	constructor() {
		super('A file of the inbox is damaged');
	}
}

/** Length of the header and size of the content in bytes, then the content's SHA-256. Its length is fixed, so it can be written last. */
const PREAMBLE = /^roche-inbox 1 (\d{10}) (\d{16}) ([0-9a-f]{64})\n$/;
const PREAMBLE_LENGTH = 'roche-inbox 1 '.length + 10 + 1 + 16 + 1 + 64 + 1;
/** In bytes. A notification has a few hundred. */
const LONGEST_HEADER = 16 * 1024 * 1024;
const NO_CONTENT = '0'.repeat(64);

function preamble(header: number, size: number, sha256: string): Buffer {
	return Buffer.from(`roche-inbox 1 ${String(header).padStart(10, '0')} ${String(size).padStart(16, '0')} ${sha256}\n`);
}

/**
 * Writes an entry's file completely and flushes it to the disk. Memory does not grow with the content.
 * @returns size (bytes) and SHA-256 (hex) of the content
 */
export async function writeEntry(
	path: string,
	header: Header,
	content: Readable | undefined,
): Promise<{ size: number; sha256: string | undefined }> {
	const line = Buffer.from(`${JSON.stringify(header)}\n`);
	return await writeFlushed(path, async (file) => {
		await writeAll(file, Buffer.concat([preamble(line.length, 0, NO_CONTENT), line]), 0);
		if (!content) return { size: 0, sha256: undefined };
		const hash = createHash('sha256');
		let size = 0;
		for await (const chunk of content as AsyncIterable<Buffer | string>) {
			const bytes = Buffer.from(chunk as Buffer);
			hash.update(bytes);
			await writeAll(file, bytes, PREAMBLE_LENGTH + line.length + size);
			size += bytes.length;
		}
		const sha256 = hash.digest('hex');
		await writeAll(file, preamble(line.length, size, sha256), 0);
		return { size, sha256 };
	});
}

/** A write may take fewer bytes than it was given: the disk is nearly full, or a limit is reached. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
	for (let done = 0; done < bytes.length;) {
		done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
	}
}

/**
 * Opens an entry's file. It can be read to its end even if it is renamed meanwhile.
 * @throws DamagedEntry if the preamble or the header cannot be read
 */
export async function openEntry(path: string): Promise<OpenEntry> {
	const file = await open(path, constants.O_RDONLY);
	try {
		const [, length, size, sha256] = PREAMBLE.exec((await readAt(file, 0, PREAMBLE_LENGTH)).toString('latin1')) ?? [];
		if (length === undefined || Number(length) > LONGEST_HEADER) throw new DamagedEntry();
		const start = PREAMBLE_LENGTH + Number(length);
		const header = parseHeader(await readAt(file, PREAMBLE_LENGTH, Number(length)));
		const expected = { size: Number(size), sha256: sha256 ?? '' };
		return {
			header,
			start,
			size: expected.size,
			sha256: expected.sha256 === NO_CONTENT ? undefined : expected.sha256,
			content: () => Readable.from(checked(file, start, expected)),
			close: async () => await file.close(),
		};
	} catch (error) {
		await file.close();
		throw error;
	}
}

/** Removes an entry's content and keeps its header. */
export async function dropContent(path: string): Promise<void> {
	const entry = await openEntry(path);
	await entry.close();
	await truncate(path, entry.start);
}

function parseHeader(line: Buffer): Header {
	try {
		return JSON.parse(line.toString('utf8')) as Header;
	} catch {
		throw new DamagedEntry();
	}
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
	const bytes = Buffer.alloc(length);
	for (let done = 0; done < length;) {
		const { bytesRead } = await file.read(bytes, done, length - done, position + done);
		if (bytesRead === 0) throw new DamagedEntry();
		done += bytesRead;
	}
	return bytes;
}

const CHUNK = 256 * 1024;

async function* checked(file: FileHandle, start: number, expected: { size: number; sha256: string }) {
	const hash = createHash('sha256');
	try {
		for (let done = 0; done < expected.size;) {
			const bytes = await readAt(file, start + done, Math.min(CHUNK, expected.size - done));
			hash.update(bytes);
			done += bytes.length;
			yield bytes;
		}
		if (hash.digest('hex') !== expected.sha256) throw new DamagedEntry();
	} finally {
		await file.close();
	}
}
