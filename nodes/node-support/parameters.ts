import type { IExecuteFunctions, NodeParameterValueType } from 'n8n-workflow';
import { InvalidInputError } from '../errors/invalid-input-error';

/**
 * A parameter's value by item. n8n needs about 1 ms for each expression and item, so that a parameter without one is read once.
 * @param name the parameter
 */
export function itemParameter(context: IExecuteFunctions, name: string): (index: number) => unknown {
	const raw = context.getNode().parameters[name];
	if (raw === undefined || hasExpression(raw)) return (index) => context.getNodeParameter(name, index);
	const value: unknown = context.getNodeParameter(name, 0);
	return () => value;
}

/**
 * A whole number of a parameter.
 * @param field the field's label, for the error
 * @param least the smallest number that is allowed
 * @param most the largest one
 * @throws InvalidInputError
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

/** An option that is a text; undefined when it was left empty. */
export function optionalText(value: unknown): string | undefined {
	return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** n8n marks an expression by a leading "=". */
function hasExpression(raw: NodeParameterValueType): boolean {
	return JSON.stringify(raw).includes('"=');
}
