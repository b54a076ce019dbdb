/**
 * Records everything that this process writes to stdout and stderr: n8n's log lines (its logger writes to the
 * console), `console.log` of a node, warnings of Node itself. Searching that for secrets misses nothing that an
 * operator could see.
 */
export class LogCapture {
	private text = '';

	/** Starts recording; the output is swallowed, since a test prints what it needs itself. */
	constructor() {
		for (const stream of [process.stdout, process.stderr]) {
			stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
				this.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
				// Writers such as winston wait for the callback before they go on.
				const done = rest.find((value): value is () => void => typeof value === 'function');
				if (done) process.nextTick(done);
				return true;
			};
		}
	}

	/** A place in the log, to be given to {@link since}. */
	mark(): number {
		return this.text.length;
	}

	/** What was written since that place. */
	since(mark: number): string {
		return this.text.slice(mark);
	}
}
