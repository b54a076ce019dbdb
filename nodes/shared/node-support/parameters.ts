import type { IExecuteFunctions, NodeParameterValueType } from 'n8n-workflow';
import { InvalidInputError } from '../errors/invalid-input-error';

/**
 * Returns a function that reads a parameter for an item. n8n needs about 1 ms for each expression and item, so a parameter without an expression
 * is read only once.
 * @param name of the parameter
 */
export function itemParameter(context: IExecuteFunctions, name: string): (index: number) => unknown {
	const raw = context.getNode().parameters[name];
	if (raw === undefined || hasExpression(raw)) return (index) => context.getNodeParameter(name, index);
	const value: unknown = context.getNodeParameter(name, 0);
	return () => value;
}

/**
 * Returns the whole number in a parameter.
 * @param field the field's label, for the error
 * @param fallback for a parameter that is empty or undefined
 * @param least the smallest number allowed
 * @param most the largest number allowed
 * @throws InvalidInputError when it is not a whole number in this range
 */
export function wholeNumber(
	field: string,
	value: unknown,
	fallback: number,
	least: number,
	most = Number.MAX_SAFE_INTEGER,
): number {
	if (value === undefined || value === '') return fallback;
	const number = Number(value);
	if (Number.isSafeInteger(number) && number >= least && number <= most) return number;
	const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
	throw new InvalidInputError(
		field,
		`${field} must be a whole number ${range}`,
		`Correct it, or remove it to use ${fallback}.`,
	);
}

/** Returns an option that is a string; undefined if it is empty or not a string. */
export function optionalText(value: unknown): string | undefined {
	return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Whether the value contains an expression, which n8n marks by a leading "=". */
function hasExpression(raw: NodeParameterValueType): boolean {
	return JSON.stringify(raw).includes('"=');
}
