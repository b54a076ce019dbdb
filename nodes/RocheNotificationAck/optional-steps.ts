import { InvalidInputError } from '../shared/errors/invalid-input-error';

const FIELD = 'Optional Steps';

/**
 * Returns the names of steps in a string: one per line, or several with commas between them. A line that is the name of a step is not split.
 * @throws InvalidInputError for a name that no step of the workflow has
 */
export function optionalSteps(text: unknown, steps: ReadonlySet<string>): ReadonlySet<string> {
	const lines = typeof text === 'string' ? text.split('\n').map((line) => line.trim()) : [];
	const names = lines.flatMap((line) => (steps.has(line) ? [line] : line.split(',').map((name) => name.trim())));
	const given = names.filter((name) => name !== '');
	const unknown = given.find((name) => !steps.has(name));
	if (unknown === undefined) return new Set(given);
	throw new InvalidInputError(
		FIELD,
		`${FIELD} names "${unknown}", but no step of the workflow has this name`,
		'Enter the names that the editor shows below the nodes, one per line.',
	);
}
