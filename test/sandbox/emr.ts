import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { EmrFile } from './types';

/** Stand-in for the hospital's EMR: accepts files and keeps their name, size and hash, not their content. */
export class EmrStub {
	private readonly files: EmrFile[] = [];

	/** Hashes a file while it arrives, without buffering it. */
	async receive(request: IncomingMessage, name: string): Promise<EmrFile> {
		const hash = createHash('sha256');
		let size = 0;
		for await (const chunk of request as AsyncIterable<Buffer>) {
			hash.update(chunk);
			size += chunk.length;
		}
		const contentType = request.headers['content-type'] ?? '';
		const file = { name, size, sha256: hash.digest('hex'), contentType, at: new Date().toISOString() };
		this.files.push(file);
		return file;
	}

	list(): EmrFile[] {
		return this.files;
	}
}
