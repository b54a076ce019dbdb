import { InvalidInputError } from '../../../nodes/shared/errors/invalid-input-error';

/** Returns the thrown error. */
export function thrownBy(work: () => unknown): unknown {
	try {
		work();
	} catch (error) {
		return error;
	}
	throw new Error('Nothing was thrown');
}

/** Returns the thrown InvalidInputError. Asserts that it has a field and advice. */
export function invalidInput(work: () => unknown): InvalidInputError {
	const error = thrownBy(work);
	if (!(error instanceof InvalidInputError)) throw new Error('Not an InvalidInputError', { cause: error });
	expect(error.message).toContain(error.field);
	expect(error.advice).not.toBe('');
	return error;
}

/** Returns all data of an error that could be shown or stored: message, own properties, causes and stack. */
export function textOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	const own = Object.entries(error).map(([name, value]) => `${name}=${String(value)}`);
	return [String(error), error.stack, ...own, error.cause === undefined ? '' : textOf(error.cause)].join('\n');
}
