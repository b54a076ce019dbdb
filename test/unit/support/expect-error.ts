import { InvalidInputError } from '../../../nodes/shared/errors/invalid-input-error';

/** What was thrown. */
export function thrownBy(work: () => unknown): unknown {
	try {
		work();
	} catch (error) {
		return error;
	}
	throw new Error('Nothing was thrown');
}

/** The InvalidInputError that was thrown; it names its field and says what to do. */
export function invalidInput(work: () => unknown): InvalidInputError {
	const error = thrownBy(work);
	if (!(error instanceof InvalidInputError)) throw new Error('Not an InvalidInputError', { cause: error });
	expect(error.message).toContain(error.field);
	expect(error.advice).not.toBe('');
	return error;
}

/** All that could be shown or stored of an error: message, own properties, causes and stack. */
export function textOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	const own = Object.entries(error).map(([name, value]) => `${name}=${String(value)}`);
	return [String(error), error.stack, ...own, error.cause === undefined ? '' : textOf(error.cause)].join('\n');
}
