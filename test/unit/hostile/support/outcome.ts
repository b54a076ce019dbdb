import { InvalidInputError } from '../../../../nodes/shared/errors/invalid-input-error';
import { textOf } from '../../support/expect-error';

/** The outcome of an input: used or refused. */
export type Outcome<T> = { kind: 'used'; value: T } | { kind: 'refused'; error: InvalidInputError };

/** Uses an input. Any error other than InvalidInputError would be an "unknown error" in n8n, and fails the test. */
export function outcomeOf<T>(use: () => T): Outcome<T> {
	try {
		return { kind: 'used', value: use() };
	} catch (error) {
		if (error instanceof InvalidInputError) return { kind: 'refused', error };
		throw new Error(`Neither used nor refused: ${String(error)}`, { cause: error });
	}
}

/** Returns the pieces of a secret, `length` characters long, that are in an error: in its message, advice or other properties. */
export function leaksOf(error: Error, secret: string, length = 16): string[] {
	const secretRuns = (runsOfSecrets[secret] ??= new Set(runsOf(secret, length)));
	return runsOf(textOf(error), length).filter((run) => secretRuns.has(run));
}

/** A cache: there are few secrets and thousands of errors. */
const runsOfSecrets: Record<string, Set<string>> = {};

function runsOf(text: string, length: number): string[] {
	return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) => text.slice(at, at + length));
}
