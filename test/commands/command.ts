import { inspect } from 'node:util';
import { Checks } from '../e2e/checks';
import { type CleanUp, withCleanUp } from '../real-n8n/clean-up';
import { duration } from '../real-n8n/progress';

/** How many checks or tests passed and failed. */
export interface Counts {
	passed: number;
	failed: number;
}

/**
 * Runs a command to its end: the last line it prints has the counts, and the exit code is 0 only if something passed and nothing failed.
 * @param work - what it throws counts as one failure
 */
export function runCommand(work: () => Promise<Counts>): void {
	work().then(end, (error: unknown) => {
		// With its causes: the message of fetch says only that it failed.
		console.error(`\n${inspect(error)}`);
		end({ passed: 0, failed: 1 });
	});
}

/** Runs a command that makes checks; prints how long it took, the failures and the counts. */
export function runChecks(work: (checks: Checks, cleanUp: CleanUp) => Promise<void>): void {
	runCommand(async () => {
		const checks = new Checks();
		const started = Date.now();
		await withCleanUp(async (cleanUp) => await work(checks, cleanUp));
		console.log(`\nTime: ${duration(Date.now() - started)}.`);
		for (const failure of checks.failures) console.log(`\n✗ ${failure}`);
		return { passed: checks.passed, failed: checks.failures.length };
	});
}

/** The counts of several parts of a command, together. */
export function sumOf(counts: readonly Counts[]): Counts {
	return {
		passed: counts.reduce((sum, { passed }) => sum + passed, 0),
		failed: counts.reduce((sum, { failed }) => sum + failed, 0),
	};
}

function end({ passed, failed }: Counts): void {
	console.log(`\n${passed} passed, ${failed} failed`);
	process.exit(failed === 0 && passed > 0 ? 0 : 1);
}
