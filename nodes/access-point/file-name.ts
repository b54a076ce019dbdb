/** Types of the files that Roche delivers, by the ending of their keys (FHIR bundles and CDA documents). */
const TYPES_BY_ENDING: Readonly<Record<string, string>> = { json: 'application/json', xml: 'application/xml' };
/** What S3 says of an object that was stored without a type. */
const UNTYPED = ['binary/octet-stream', 'application/octet-stream', ''];

/** The last part of an object key, as the name of a file. */
export function fileName(key: string): string {
	const name = key.split('/').findLast((part) => !['', '.', '..'].includes(part)) ?? 'file';
	// A later step may write a file of this name: it must be no path, and nothing that a terminal obeys.
	return name.replaceAll(/\\|\p{Cc}/gu, '_');
}

/** S3's content type, or the one that the file's ending tells when S3 knows none. */
export function contentTypeOf(name: string, stored: string | undefined): string {
	if (stored !== undefined && !UNTYPED.includes(stored)) return stored;
	const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
	return (Object.hasOwn(TYPES_BY_ENDING, ending) ? TYPES_BY_ENDING[ending] : undefined) ?? 'application/octet-stream';
}
