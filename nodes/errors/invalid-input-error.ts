/**
 * A value that the user gave cannot be used. Thrown before any request is made.
 * Carries the field as the user sees it, and what to do; never the value, which may be a secret.
 */
export class InvalidInputError extends Error {
	override readonly name = 'InvalidInputError';

	/**
	 * @param field the field's label in the editor, such as "Client Certificate"
	 * @param problem what is wrong, a sentence that names the field
	 * @param advice how to put it right
	 */
	constructor(
		readonly field: string,
		problem: string,
		readonly advice: string,
	) {
		super(problem);
	}
}
