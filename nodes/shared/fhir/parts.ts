import { createHash } from 'node:crypto';
import { type BundleEntry, readBundle } from './read-bundle';

export type BundleType = 'collection' | 'batch' | 'transaction';

export interface PartOptions {
	/** Maximum number of resources in a part. */
	partSize: number;
	/** Types of the resources to return; empty for all. */
	resourceTypes: readonly string[];
	bundleType: BundleType;
	/** The same for each delivery of the file; ids are derived from it. */
	seed: string;
}

/** A bundle with some of the resources. */
export interface BundlePart {
	/** From 1. */
	number: number;
	/** Number of resources. */
	resources: number;
	/** Their types, sorted; for a part without resources, the types that the bundle contains instead. */
	types: string[];
	/** Whether this is the last part. */
	last: boolean;
	/** The bundle in JSON; undefined if there are no resources. */
	bundle?: Buffer;
}

/** A part also ends at this size, in bytes: resources may be large, and a whole part is in memory. */
const LARGEST_PART = 16 * 1024 * 1024;

/**
 * Splits a FHIR bundle into smaller ones. URLs and resources are kept byte for byte; a resource may only get an id in addition.
 * @throws InvalidInputError if the file is not a bundle, at its end at the latest: use the parts only after all have been read
 */
export async function* bundleParts(content: AsyncIterable<Buffer>, options: PartOptions): AsyncGenerator<BundlePart> {
	const { partSize, resourceTypes } = options;
	let number = 1;
	let entries: BundleEntry[] = [];
	let bytes = 0;
	const leftOut = new Set<string>();
	for await (const entry of readBundle(content)) {
		if (resourceTypes.length > 0 && !resourceTypes.includes(entry.type)) {
			leftOut.add(entry.type);
			continue;
		}
		// A part is returned when the next one begins: only then is it known not to be the last.
		if (entries.length === partSize || (bytes > 0 && bytes + entry.resource.length > LARGEST_PART)) {
			yield partOf(entries, number, false, options);
			number += 1;
			entries = [];
			bytes = 0;
		}
		entries.push(entry);
		bytes += entry.resource.length;
	}
	const lastPart = partOf(entries, number, true, options);
	yield lastPart.resources > 0 ? lastPart : { ...lastPart, types: [...leftOut].sort() };
}

function partOf(entries: readonly BundleEntry[], number: number, last: boolean, options: PartOptions): BundlePart {
	const types = [...new Set(entries.map(({ type }) => type))].sort();
	const about = { number, resources: entries.length, types, last };
	if (entries.length === 0) return about;
	const pieces: Array<Buffer | string> = [
		`{"resourceType":"Bundle","type":${JSON.stringify(options.bundleType)},"entry":[`,
	];
	entries.forEach((entry, index) => {
		if (index > 0) pieces.push(',');
		pieces.push(...entryOf(entry, options));
	});
	pieces.push(']}');
	return {
		...about,
		bundle: Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece))),
	};
}

function entryOf(entry: BundleEntry, { bundleType, seed }: PartOptions): Array<Buffer | string> {
	const { fullUrl } = entry;
	const url = fullUrl ? ['"fullUrl":', fullUrl, ','] : [];
	if (bundleType === 'collection') return ['{', ...url, '"resource":', entry.resource, '}'];
	const { request, ownId } = requestFor(entry, seed);
	return ['{', ...url, '"resource":', ...withId(entry.resource, ownId), ',"request":', JSON.stringify(request), '}'];
}

/**
 * Returns the request by which a server stores a resource without a duplicate on a second delivery (FHIR, "Conditional create", "Update as
 * create").
 */
function requestFor({ type, id, identifier, position }: BundleEntry, seed: string) {
	if (typeof id === 'string' || typeof id === 'number') {
		return { request: { method: 'PUT', url: `${type}/${encodeURIComponent(String(id))}` } };
	}
	const search = searchBy(identifier);
	if (search !== undefined) return { request: { method: 'POST', url: type, ifNoneExist: search } };
	const ownId = createHash('sha256').update(`${seed}\n${position}`).digest('hex').slice(0, 32);
	return { request: { method: 'PUT', url: `${type}/${ownId}` }, ownId };
}

/** Returns the search for the first identifier that has a value; undefined if none has. */
function searchBy(identifier: unknown): string | undefined {
	const list: unknown[] = Array.isArray(identifier) ? identifier : [identifier];
	for (const one of list) {
		const { system, value } = (one ?? {}) as { system?: unknown; value?: unknown };
		if (typeof value !== 'string' || value === '') continue;
		const token = typeof system === 'string' ? `${escaped(system)}|${escaped(value)}` : escaped(value);
		return `identifier=${encodeURIComponent(token)}`;
	}
	return undefined;
}

/** Escapes a value for a search (FHIR, "Escaping Search Parameters"). */
function escaped(text: string): string {
	return text.replaceAll(/[\\$,|]/g, (sign) => `\\${sign}`);
}

/** Adds the id, if given: a server accepts a PUT only for a resource that contains its own id. */
function withId(resource: Buffer, id: string | undefined): Array<Buffer | string> {
	return id === undefined ? [resource] : [`{"id":"${id}",`, resource.subarray(1)];
}
