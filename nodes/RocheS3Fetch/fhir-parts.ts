import type { Readable } from 'node:stream';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { FileAbout } from '../shared/access-point/fetch-file';
import { type BundleType, bundleParts } from '../shared/fhir/parts';
import { wholeNumber } from '../shared/node-support/parameters';
import type { Content } from './content';
import { DEFAULT_PART_SIZE } from './properties';

/** FHIR, "MIME Types". */
const FHIR_JSON = 'application/fhir+json';

/**
 * Reads the parts of a FHIR bundle, each into its own binary data. They are written one after the other, so only one is in memory if n8n
 * keeps binary data in files.
 * @param field name of the binary field
 * @throws InvalidInputError when the parameters cannot be used, or the file is not a bundle
 */
export async function partsOf(
	context: IExecuteFunctions,
	content: Readable,
	{ key, name }: FileAbout,
	{ json }: INodeExecutionData,
	index: number,
	field: string,
): Promise<Content[]> {
	const partSize = wholeNumber('Part Size', context.getNodeParameter('partSize', index), DEFAULT_PART_SIZE, 1);
	const resourceTypes = wordsOf(context.getNodeParameter('resourceTypes', index));
	const bundleType = context.getNodeParameter('bundleType', index) as BundleType;
	// Every delivery of a message has the same MessageId; a file without a message has its key.
	const seed = typeof json.MessageId === 'string' && json.MessageId !== '' ? json.MessageId : key;
	const contents: Content[] = [];
	const chunks = content as AsyncIterable<Buffer>;
	for await (const { bundle, ...part } of bundleParts(chunks, { partSize, resourceTypes, bundleType, seed })) {
		const partName = `${name.replace(/\.json$/i, '')}.part-${part.number}.json`;
		const binary = bundle && { [field]: await context.helpers.prepareBinaryData(bundle, partName, FHIR_JSON) };
		contents.push({ json: { part }, binary });
	}
	return contents;
}

function wordsOf(text: unknown): string[] {
	return typeof text === 'string' ? text.split(/[\s,;]+/).filter((word) => word !== '') : [];
}
