import { constants } from 'node:buffer';
import type { Readable } from 'node:stream';
import type { IBinaryKeyData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { FileAbout } from '../shared/access-point/fetch-file';
import { decodeText, type Refusal } from '../shared/access-point/text';
import { InvalidInputError } from '../shared/errors/invalid-input-error';
import { itemParameter } from '../shared/node-support/parameters';
import { partsOf } from './fhir-parts';

/** What the output item contains of the file: binary data, the field `data`, or a part of a bundle with the field `part`. */
export interface Content {
	json?: IDataObject;
	binary?: IBinaryKeyData;
}

const CHOOSE_BINARY = 'Choose the output "Binary".';
const UNPACK =
	'The file is compressed with gzip, but S3 does not say so: choose the output "Binary", and decompress it in a Compression step.';

/**
 * Returns a function that reads a file into the form that the parameters "Output" and "Put Output File in Field" select.
 * @throws (the function that is returned) InvalidInputError when a parameter cannot be used, or the file does not have the form
 */
export function contentTaker(context: IExecuteFunctions) {
	const output = itemParameter(context, 'output');
	const binaryPropertyName = itemParameter(context, 'binaryPropertyName');
	return (item: INodeExecutionData, index: number) =>
		async (content: Readable, about: FileAbout): Promise<Content | Content[]> => {
			const { name, contentType } = about;
			switch (output(index)) {
				case 'json':
					return { json: { data: parseJson(await textOf(content, contentType)) } };
				case 'text':
					return { json: { data: await textOf(content, contentType) } };
				case 'fhirParts':
					return await partsOf(context, content, about, item, index, propertyName(binaryPropertyName(index)));
				default: {
					// Before the file is read: it would be stored, and no item would refer to it.
					const field = propertyName(binaryPropertyName(index));
					return { binary: { [field]: await context.helpers.prepareBinaryData(content, name, contentType) } };
				}
			}
		};
}

function propertyName(value: unknown): string {
	if (typeof value === 'string' && value.trim() !== '') return value.trim();
	throw new InvalidInputError(
		'Put Output File in Field',
		'Put Output File in Field is empty',
		'Enter a name, such as data.',
	);
}

/** Why a file cannot be read as text, by the result of `decodeText`. */
const REFUSALS: Readonly<Record<Refusal | 'tooLarge', string>> = {
	notUtf8: 'The file is not text in UTF-8',
	invalid: 'The file is not text in the character encoding that it declares',
	unknown: 'The file declares an unknown character encoding',
	ambiguous: 'The file declares two character encodings, and its text differs between them',
	tooLarge: 'The file is too large for the outputs JSON and Text',
};

async function textOf(content: Readable, contentType: string): Promise<string> {
	const bytes = await whole(content);
	const decoded = bytes ? decodeText(bytes, contentType) : ({ refused: 'tooLarge' } as const);
	if ('text' in decoded) return decoded.text;
	throw new InvalidInputError('Output', REFUSALS[decoded.refused], isGzip(bytes) ? UNPACK : CHOOSE_BINARY);
}

/** Reads all bytes; returns undefined if there are more than a JavaScript string can contain characters. */
async function whole(content: Readable): Promise<Buffer | undefined> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of content as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > constants.MAX_STRING_LENGTH) return undefined;
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

/** By the first two bytes (RFC 1952, 2.3.1). */
function isGzip(bytes: Buffer | undefined): boolean {
	return bytes?.[0] === 0x1f && bytes[1] === 0x8b;
}

/** Parses JSON without passing on the parser's own message, which would quote the file's content, that is, health data. */
function parseJson(text: string): IDataObject {
	try {
		return JSON.parse(text) as IDataObject;
	} catch {
		throw new InvalidInputError(
			'Output',
			'The file is not JSON',
			'Choose the output "Binary" or "Text"; Clinical Report files are XML.',
		);
	}
}
