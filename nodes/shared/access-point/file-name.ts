import type { Coding } from './unpack';

/** Types of the files that Roche delivers, by the extension of their keys (FHIR bundles and CDA documents). */
const TYPES_BY_ENDING: Readonly<Record<string, string>> = { json: 'application/json', xml: 'application/xml' };
/** S3's types of an object that was stored without a type. */
const UNTYPED = ['binary/octet-stream', 'application/octet-stream', ''];

/** Extensions of packed files, by their coding. */
const ENDINGS_BY_CODING: Readonly<Record<Coding, RegExp>> = { gzip: /(?<=.)\.gz$/i, br: /(?<=.)\.br$/i, deflate: /$/ };
/** Types of packed files, not of their content. */
const PACKED_TYPES = /^application\/(x-)?(gzip|gunzip|deflate|brotli)\b/i;

/**
 * Returns the last part of an object key as a file name.
 * @param codings the codings that were undone: "bundle.json.gz" then becomes "bundle.json"
 */
export function fileName(key: string, codings: readonly Coding[] = []): string {
	const stored = key.split('/').findLast((part) => !['', '.', '..'].includes(part)) ?? 'file';
	const name = codings.reduce((packed, coding) => packed.replace(ENDINGS_BY_CODING[coding], ''), stored);
	// A later step may write a file of this name: it must not be a path, and must contain nothing that a terminal interprets.
	return name.replaceAll(/\\|\p{Cc}/gu, '_');
}

/** Returns S3's content type, or that of the file's extension if S3 has none, or has the type of a packed file that was unpacked. */
export function contentTypeOf(name: string, stored: string | undefined, isUnpacked = false): string {
	if (stored !== undefined && !UNTYPED.includes(stored) && !(isUnpacked && PACKED_TYPES.test(stored))) return stored;
	const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
	return (Object.hasOwn(TYPES_BY_ENDING, ending) ? TYPES_BY_ENDING[ending] : undefined) ?? 'application/octet-stream';
}
