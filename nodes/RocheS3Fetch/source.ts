import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { fileInAccessPoint, fileOfNotification, type FileSource } from '../shared/access-point/file-source';
import { parsePresignedUrl } from '../shared/access-point/presigned-url';
import { itemParameter, optionalText } from '../shared/node-support/parameters';
import type { S3FetchOptions } from './properties';

/** Finds the file of one item. */
type SourceOfItem = (item: INodeExecutionData, index: number, options: S3FetchOptions) => FileSource;

/**
 * Returns a function that finds the file of an item, as the parameter "Source" says.
 * @throws (the function that is returned) InvalidInputError when the item or the parameters do not name a file
 */
export function fileSource(context: IExecuteFunctions): SourceOfItem {
	const kind = itemParameter(context, 'source');
	return (item, index, options) => {
		const allowedHosts = allowedHostsOf(options.allowedHosts);
		switch (kind(index)) {
			case 'object':
				return fileInAccessPoint(
					context.getNodeParameter('accessPoint', index, undefined, { extractValue: true }),
					context.getNodeParameter('objectKey', index),
				);
			case 'presignedUrl':
				return {
					kind: 'presignedUrl',
					presigned: parsePresignedUrl(context.getNodeParameter('presignedUrl', index), allowedHosts),
				};
			default:
				return fileOfNotification(item.json, allowedHosts, optionalText(options.presignedUrlField));
		}
	};
}

/** The hosts of the option "Allowed Hosts": separated by commas, spaces or lines. */
function allowedHostsOf(text: unknown): string[] {
	return typeof text === 'string' ? text.split(/[\s,]+/).filter((host) => host !== '') : [];
}
