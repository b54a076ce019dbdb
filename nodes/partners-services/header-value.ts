import { InvalidInputError } from '../errors/invalid-input-error';

/** Visible ASCII and inner spaces: what every HTTP server and proxy passes on unchanged (RFC 9110, 5.5). */
const HEADER_SAFE = /^[\x20-\x7e]+$/;

/**
 * A pasted value as it goes into a header: without the space and line breaks around it.
 * @param field the field's label, for the error
 * @throws InvalidInputError when it is empty, or holds a line break or a character outside ASCII
 */
export function headerValue(field: string, value: unknown): string {
	if (typeof value !== 'string' && typeof value !== 'number') {
		throw new InvalidInputError(field, `${field} is missing`, `Enter a value for "${field}".`);
	}
	const text = String(value).trim();
	if (text === '') throw new InvalidInputError(field, `${field} is empty`, `Enter a value for "${field}".`);
	if (/[\r\n\0]/.test(text)) {
		throw new InvalidInputError(field, `${field} contains a line break`, 'Paste the value again, as one line.');
	}
	if (!HEADER_SAFE.test(text)) {
		throw new InvalidInputError(
			field,
			`${field} contains a character that an HTTP header cannot carry`,
			'Only ASCII letters, digits and punctuation are allowed; look for invisible characters from copy and paste.',
		);
	}
	return text;
}

/**
 * An organization OID such as `3.16.724.4.41`.
 * @throws InvalidInputError when it is not digits and dots
 */
export function organizationId(field: string, value: unknown): string {
	const text = headerValue(field, value);
	if (/^\d+(\.\d+)*$/.test(text)) return text;
	throw new InvalidInputError(
		field,
		`${field} is not an organization OID`,
		'An OID consists of digits and dots, such as 3.16.724.4.41. Enter the one that Roche gave you.',
	);
}

/**
 * A UUID for `x-origin-request-id`.
 * @throws InvalidInputError when it is not a UUID
 */
export function originRequestId(value: unknown): string {
	const field = 'Origin Request ID';
	const text = headerValue(field, value);
	if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text;
	throw new InvalidInputError(
		field,
		`${field} is not a UUID`,
		'Enter a UUID, or leave the field empty: the node then creates one.',
	);
}
