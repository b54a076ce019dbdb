import type { Coding } from './unpack';

/** Types of the files that Roche delivers, by the ending of their keys (FHIR bundles and CDA documents). */
const TYPES_BY_ENDING: Readonly<Record<string, string>> = { json: 'application/json', xml: 'application/xml' };
/** What S3 says of an object that was stored without a type. */
const UNTYPED = ['binary/octet-stream', 'application/octet-stream', ''];

/** What packed files are called, by how they were packed. */
const ENDINGS_BY_CODING: Readonly<Record<Coding, RegExp>> = { gzip: /(?<=.)\.gz$/i, br: /(?<=.)\.br$/i, deflate: /$/ };
/** Types of packed files: not of what was in them. */
const PACKED_TYPES = /^application\/(x-)?(gzip|gunzip|deflate|brotli)\b/i;

/**
 * The last part of an object key, as the name of a file.
 * @param codings what was undone: "bundle.json.gz" is then "bundle.json"
 */
export function fileName(key: string, codings: readonly Coding[] = []): string {
	const stored = key.split('/').findLast((part) => !['', '.', '..'].includes(part)) ?? 'file';
	const name = codings.reduce((packed, coding) => packed.replace(ENDINGS_BY_CODING[coding], ''), stored);
	// A later step may write a file of this name: it must be no path, and nothing that a terminal obeys.
	return name.replaceAll(/\\|\p{Cc}/gu, '_');
}

/** S3's content type, or the one that the file's ending tells when S3 knows none, or knows that of a packed file that was unpacked. */
export function contentTypeOf(name: string, stored: string | undefined, isUnpacked = false): string {
	if (stored !== undefined && !UNTYPED.includes(stored) && !(isUnpacked && PACKED_TYPES.test(stored))) return stored;
	const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
	return (Object.hasOwn(TYPES_BY_ENDING, ending) ? TYPES_BY_ENDING[ending] : undefined) ?? 'application/octet-stream';
}
