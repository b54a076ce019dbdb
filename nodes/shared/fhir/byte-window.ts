/** The last bytes of a stream, addressed by their positions in it. */
export class ByteWindow {
	private chunks: Buffer[] = [];
	/** Position of the first byte that is kept. */
	private from = 0;

	add(chunk: Buffer): void {
		this.chunks.push(chunk);
	}

	/** Returns a copy of the bytes between two positions. Both must be at or after the end of what was dropped. */
	slice(from: number, to: number): Buffer {
		const parts: Buffer[] = [];
		let at = this.from;
		for (const chunk of this.chunks) {
			if (at < to && at + chunk.length > from) parts.push(chunk.subarray(Math.max(0, from - at), to - at));
			at += chunk.length;
		}
		return Buffer.concat(parts);
	}

	/** Drops the chunks that end at or before a position. */
	dropBefore(position: number): void {
		let count = 0;
		for (const { length } of this.chunks) {
			if (this.from + length > position) break;
			this.from += length;
			count += 1;
		}
		this.chunks = this.chunks.slice(count);
	}
}
