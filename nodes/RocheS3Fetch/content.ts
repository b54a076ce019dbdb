import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { IBinaryKeyData, IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { FileAbout } from '../access-point/fetch-file';
import { InvalidInputError } from '../errors/invalid-input-error';
import { itemParameter } from '../node-support/parameters';

/** What the output item holds of the file: binary data, or the field `data`. */
export interface Content {
	json?: IDataObject;
	binary?: IBinaryKeyData;
}

/** Takes a file's bytes as the parameters "Output" and "Put Output File in Field" say. */
export function contentTaker(context: IExecuteFunctions) {
	const output = itemParameter(context, 'output');
	const binaryPropertyName = itemParameter(context, 'binaryPropertyName');
	return (index: number) =>
		async (content: Readable, { name, contentType }: FileAbout): Promise<Content> => {
			switch (output(index)) {
				case 'json':
					return { json: { data: parseJson(decode(await buffer(content))) } };
				case 'text':
					return { json: { data: decode(await buffer(content)) } };
				default: {
					const binary = await context.helpers.prepareBinaryData(content, name, contentType);
					return { binary: { [propertyName(binaryPropertyName(index))]: binary } };
				}
			}
		};
}

function propertyName(value: unknown): string {
	if (typeof value === 'string' && value.trim() !== '') return value.trim();
	throw new InvalidInputError(
		'Put Output File in Field',
		'Put Output File in Field is empty',
		'Give a name, such as data.',
	);
}

function decode(bytes: Buffer): string {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		throw new InvalidInputError('Output', 'The file is not text in UTF-8', 'Choose the output "Binary".');
	}
}

/** The parser's own message would quote the file's content, which is health data: it goes no further. */
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
