/** How often the progress line is updated on a terminal, in ms. */
const TERMINAL_INTERVAL = 1_000;

/** How often a line is added if the output is recorded (CI), in ms. */
const RECORDED_INTERVAL = 30_000;

/** Formats a duration, as in "8 s" or "3 min 05 s". */
export function duration(ms: number): string {
	const seconds = Math.round(ms / 1000);
	if (seconds < 60) return `${seconds} s`;
	return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/**
 * Prints a task and its duration until the work is done: on a terminal one line that is updated, elsewhere a line every
 * half minute.
 *
 * @param what - such as "Installing n8n"
 * @param work - its rejection is passed on
 * @param detail - returns the current state for each print, such as "1,200 of 2,340 packages"
 */
export async function withProgress<T>(what: string, work: () => Promise<T>, detail?: () => string): Promise<T> {
	const { isTTY } = process.stdout;
	const started = Date.now();
	const line = (): string => [what, duration(Date.now() - started), detail?.()].filter(Boolean).join(', ');
	const print = (): void => {
		process.stdout.write(isTTY ? `\r\x1b[K  ... ${line()}` : `  ... ${line()}\n`);
	};
	if (isTTY) print();
	const timer = setInterval(print, isTTY ? TERMINAL_INTERVAL : RECORDED_INTERVAL);
	const finish = (mark: string): void => {
		clearInterval(timer);
		process.stdout.write(`${isTTY ? '\r\x1b[K' : ''}  ${mark} ${what} (${duration(Date.now() - started)})\n`);
	};
	try {
		const result = await work();
		finish('✓');
		return result;
	} catch (error) {
		finish('✗');
		throw error;
	}
}
