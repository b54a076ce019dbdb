/**
 * Records everything that this process writes to stdout and stderr: n8n's log lines (its logger writes to the
 * console), `console.log` of a node, Node's own warnings. A search for secrets
 * in this log covers everything that an operator could see.
 */
export class LogCapture {
	private text = '';

	/** Starts recording. The output is not printed. */
	constructor() {
		for (const stream of [process.stdout, process.stderr]) {
			stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
				this.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
				// Writers such as winston wait for the callback before they continue.
				const done = rest.find((value): value is () => void => typeof value === 'function');
				if (done) process.nextTick(done);
				return true;
			};
		}
	}

	/** Returns a position in the log for {@link since}. */
	mark(): number {
		return this.text.length;
	}

	/** Returns everything written since that position. */
	since(mark: number): string {
		return this.text.slice(mark);
	}
}
