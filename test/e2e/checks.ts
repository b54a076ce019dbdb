import assert from 'node:assert/strict';
import { duration } from '../real-n8n/progress';

/** Runs checks and counts the results. A failing check does not prevent the next ones. */
export class Checks {
	passed = 0;

	readonly failures: string[] = [];

	/** Printed before each name in the list of failures, such as the n8n version. */
	prefix = '';

	/**
	 * Runs one check and prints its result.
	 *
	 * @param name - what the user gets
	 * @param work - throws if the user does not get it
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

	/** Counts and prints a failure, also of something that prevented the checks. */
	fail(name: string, error: unknown): void {
		const message = withCauses(error);
		this.failures.push(`${this.prefix}${name}: ${message}`);
		console.log(`  ✗ ${name}\n${message.replace(/^/gm, '      ')}`);
	}
}

/** Returns the messages of an error and its causes: that of fetch says only that it failed. */
export function withCauses(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	return error.cause === undefined ? error.message : `${error.message}: ${withCauses(error.cause)}`;
}

/** Asserts that an object has these fields; it may have others. */
export function assertContains(actual: unknown, expected: Record<string, unknown>): void {
	const fields = new Map(Object.entries(Object(actual) as Record<string, unknown>));
	const compared = Object.keys(expected).map((name) => [name, fields.get(name)] as const);
	assert.deepEqual(Object.fromEntries(compared), expected);
}
