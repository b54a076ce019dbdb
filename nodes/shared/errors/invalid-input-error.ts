/**
 * A value from the user cannot be used.
 * Contains the field's label and what to do; never the value, which may be a secret.
 */
export class InvalidInputError extends Error {
	override readonly name = 'InvalidInputError';

	/**
	 * @param field the field's label in the editor, such as "Client Certificate"
	 * @param problem what is wrong, a sentence that names the field
	 * @param advice how to fix it
	 */
	constructor(
		readonly field: string,
		problem: string,
		readonly advice: string,
	) {
		super(problem);
	}
}
