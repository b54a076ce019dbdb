import assert from 'node:assert/strict';
import { duration } from '../real-n8n/progress';

/** Counts what was checked. A check that fails does not keep the next ones from being made. */
export class Checks {
	passed = 0;

	readonly failures: string[] = [];

	/** What comes before the name of each check where failures are listed, such as the n8n version. */
	prefix = '';

	/**
	 * Makes one check and prints how it ended.
	 *
	 * @param name - what the user gets
	 * @param work - throws when it is not so
	 */
	async check(name: string, work: () => Promise<void> | void): Promise<void> {
		const started = Date.now();
		try {
			await work();
			this.passed += 1;
			console.log(`  ✓ ${name} (${duration(Date.now() - started)})`);
		} catch (error) {
			this.fail(name, error);
		}
	}

	/** Counts as a failed check what kept the checks from being made. */
	fail(name: string, error: unknown): void {
		const message = error instanceof Error ? error.message : String(error);
		this.failures.push(`${this.prefix}${name}: ${message}`);
		console.log(`  ✗ ${name}\n${message.replace(/^/gm, '      ')}`);
	}
}

/** Asserts that an object has these fields; it may have others. */
export function assertContains(actual: unknown, expected: Record<string, unknown>): void {
	const fields = new Map(Object.entries(Object(actual) as Record<string, unknown>));
	const compared = Object.keys(expected).map((name) => [name, fields.get(name)] as const);
	assert.deepEqual(Object.fromEntries(compared), expected);
}
