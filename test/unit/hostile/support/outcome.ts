import { InvalidInputError } from '../../../../nodes/shared/errors/invalid-input-error';
import { textOf } from '../../support/expect-error';

/** What became of an input: there is no third way. */
export type Outcome<T> = { kind: 'used'; value: T } | { kind: 'refused'; error: InvalidInputError };

/** Uses an input; whatever is thrown beside InvalidInputError would be n8n's "unknown error" to the user, and fails the test. */
export function outcomeOf<T>(use: () => T): Outcome<T> {
	try {
		return { kind: 'used', value: use() };
	} catch (error) {
		if (error instanceof InvalidInputError) return { kind: 'refused', error };
		throw new Error(`Neither used nor refused: ${String(error)}`, { cause: error });
	}
}

/** The runs of so many signs of a secret that can be read in an error: its message, its advice and all else that it carries. */
export function leaksOf(error: Error, secret: string, length = 16): string[] {
	const secretRuns = (runsOfSecrets[secret] ??= new Set(runsOf(secret, length)));
	return runsOf(textOf(error), length).filter((run) => secretRuns.has(run));
}

/** There are few secrets and thousands of errors. */
const runsOfSecrets: Record<string, Set<string>> = {};

function runsOf(text: string, length: number): string[] {
	return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) => text.slice(at, at + length));
}
