/** How often the running line is renewed on a terminal, in ms. */
const TERMINAL_INTERVAL = 1_000;

/** How often a line is added where output is recorded (CI), in ms. */
const RECORDED_INTERVAL = 30_000;

/** "8 s", or "3 min 05 s". */
export function duration(ms: number): string {
	const seconds = Math.round(ms / 1000);
	if (seconds < 60) return `${seconds} s`;
	return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/**
 * Prints what is going on and for how long, until the work is done: one line that renews itself on a terminal, a line
 * every half minute elsewhere.
 *
 * @param what - such as "Installing n8n"
 * @param work - what is waited for; its failure passes through
 * @param detail - asked at each print for what is known of the state, such as "1,200 of 2,340 packages"
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
