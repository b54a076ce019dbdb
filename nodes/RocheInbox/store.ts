import { Readable } from 'node:stream';
import type { IBinaryData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { InvalidInputError } from '../shared/errors/invalid-input-error';
import { throwIfCancelled } from '../shared/errors/cancelled-error';
import { type Entry, keyOf } from '../shared/inbox/entry-name';
import { fileState, type Inbox } from '../shared/inbox/inbox';
import { isRecord } from '../shared/formats/is-record';
import { withoutSecrets } from '../shared/node-support/item-fields';
import { mapItems } from '../shared/node-support/map-items';
import { itemParameter } from '../shared/node-support/parameters';
import { inFolder } from './folder';
import { handleOf, messageOf } from './message';
import { leaseOf } from './times';
import { fixedPace } from '../shared/wire/pace';

/** Files stored at once: a disk is not faster with more. */
const CONCURRENCY = 4;

const KNOWN: Readonly<Record<Entry['state'], string>> = {
	waiting: 'alreadyStored',
	claimed: 'alreadyStored',
	done: 'alreadyDelivered',
};

/**
 * Stores the file of each item. When an item is returned, its file is on the disk.
 * @throws NodeOperationError unless the node continues on errors
 */
export async function storeFiles(context: IExecuteFunctions, inbox: Inbox): Promise<INodeExecutionData[]> {
	const field = itemParameter(context, 'binaryPropertyName');
	const signal = context.getExecutionCancelSignal();
	return await mapItems(context, () => ({
		pace: fixedPace(CONCURRENCY),
		work: async (item, index) => {
			throwIfCancelled(signal);
			const { messageId, delivery } = messageOf(item.json);
			const binary = binaryOf(item, String(field(index)));
			const { file: source } = item.json;
			const file = {
				name: binary.fileName ?? 'file',
				contentType: binary.mimeType,
				source: isRecord(source) ? source : undefined,
			};
			const content = async (): Promise<Readable> => await streamOf(context, binary);
			const stored = await inFolder(async () => await inbox.store(messageId, delivery, file, content));
			const { entry, isNew, size, sha256 } = stored;
			const state = isNew ? 'stored' : KNOWN[entry.state];
			const { inbox: _before, ...fields } = withoutSecrets(item.json);
			return {
				json: {
					...fields,
					...handleOf(stored.delivery),
					inbox: { state, ...about(entry), ...(isNew && { size, sha256 }) },
				},
				binary: item.binary,
			};
		},
	}));
}

/** Keeps the notification of each item, and claims it for this run. */
export async function keepNotifications(context: IExecuteFunctions, inbox: Inbox): Promise<INodeExecutionData[]> {
	const options = itemParameter(context, 'options');
	return await mapItems(context, () => ({
		pace: fixedPace(CONCURRENCY),
		work: async (item, index) => {
			const { messageId, delivery } = messageOf(item.json);
			const lease = leaseOf(options(index));
			const kept = await inFolder(async () => await inbox.keep(messageId, delivery, lease));
			const { entry, isNew, isClaimed, delivery: newest } = kept;
			const state = isNew ? 'kept' : 'alreadyKept';
			return {
				json: {
					...item.json,
					...handleOf(newest),
					inbox: { state, ...about(entry), ...(isClaimed && { claim: entry.claim }) },
				},
				binary: item.binary,
			};
		},
	}));
}

/** Returns for each item's message where its file is. */
export async function lookUp(context: IExecuteFunctions, inbox: Inbox): Promise<INodeExecutionData[]> {
	return await mapItems(context, () => ({
		pace: fixedPace(CONCURRENCY),
		work: async (item) => {
			const { messageId } = messageOf(item.json);
			const entry = await inFolder(async () => await inbox.files.find(keyOf(messageId)));
			return {
				json: { ...item.json, inbox: { state: fileState(entry), ...(entry && about(entry)) } },
				binary: item.binary,
			};
		},
	}));
}

/** Returns what an item states about its entry. */
export function about({ storedAt, attempts }: Entry): IDataObject {
	return { storedAt: new Date(storedAt).toISOString(), attempts };
}

function binaryOf({ binary }: INodeExecutionData, field: string): IBinaryData {
	const data = binary && Object.hasOwn(binary, field) ? binary[field] : undefined;
	if (data) return data;
	throw new InvalidInputError(
		'Input Binary Field',
		'Input Binary Field names a field that the item does not have',
		'Put this node after Roche S3 Fetch with the output "Binary". Steps in between must keep the binary data.',
	);
}

/** Small files, and all files in n8n's binary mode "default", are in the item itself. */
async function streamOf(context: IExecuteFunctions, { id, data }: IBinaryData): Promise<Readable> {
	return id === undefined ? Readable.from([Buffer.from(data, 'base64')]) : await context.helpers.getBinaryStream(id);
}
