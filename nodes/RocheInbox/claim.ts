import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { DamagedEntry } from '../shared/inbox/content';
import type { Claimed, Inbox } from '../shared/inbox/inbox';
import type { Queue } from '../shared/inbox/queue';
import { withoutSecrets } from '../shared/node-support/item-fields';
import { wholeNumber } from '../shared/node-support/parameters';
import { inFolder } from './folder';
import type { InboxOptions } from './properties';
import { about } from './store';
import { keepOf, leaseOf, pauseOf, windowOf } from './times';

/** Added to the window, in ms: after both, counted from the last delivery, Roche has no use for an acknowledgement. */
const SLACK_MS = 1_800_000;

/** Returns the oldest files that are due. If there are none, it returns no item and the run ends here. */
export async function claimFiles(context: IExecuteFunctions, inbox: Inbox): Promise<INodeExecutionData[]> {
	const field = context.getNodeParameter('binaryPropertyName', 0);
	const claimed = await claim(context, inbox, inbox.files);
	const items: INodeExecutionData[] = [];
	for (const [index, one] of claimed.entries()) {
		try {
			items.push(await takeOut(context, one, field));
		} catch (error) {
			// A damaged file must not block the others; the report counts it.
			if (isDamaged(error)) {
				await inbox.files.putAside(one.entry);
				continue;
			}
			await giveBack(inbox, claimed, index);
			throw error;
		} finally {
			await one.opened.close();
		}
	}
	return items;
}

async function takeOut(context: IExecuteFunctions, one: Claimed, field: string): Promise<INodeExecutionData> {
	const { header } = one.opened;
	const { name = 'file', contentType = 'application/octet-stream' } = header.file ?? {};
	const data = await inFolder(
		async () => await context.helpers.prepareBinaryData(one.opened.content(), name, contentType),
	);
	// The URL is no longer needed; the receipt handle identifies the message for the steps that follow.
	const json = withoutSecrets(itemOf(one));
	const file = header.file?.source as IDataObject | undefined;
	return { json: { ...json, ...(file && { file }) }, binary: { [field]: data }, pairedItem: { item: 0 } };
}

/** Releases all claimed files: the one that failed is due after a pause, the others at once. */
async function giveBack(inbox: Inbox, claimed: readonly Claimed[], failed: number): Promise<void> {
	const pause = pauseOf({});
	for (const [index, { entry, opened }] of claimed.entries()) {
		await opened.close();
		await inbox.files.release(entry.key, entry.claim, index === failed ? pause : () => 0);
	}
}

/** n8n may have wrapped it in its own error. */
function isDamaged(error: unknown): boolean {
	return error instanceof DamagedEntry || (error instanceof Error && error.cause instanceof DamagedEntry);
}

/** Returns notifications that are not acknowledged and that no run is working on. */
export async function claimNotifications(context: IExecuteFunctions, inbox: Inbox): Promise<INodeExecutionData[]> {
	const window = windowOf(context.getNodeParameter('options', 0, {}));
	await inFolder(async () => await inbox.dropEnded(window + SLACK_MS));
	const claimed = await claim(context, inbox, inbox.notifications);
	for (const { opened } of claimed) await opened.close();
	return claimed.map((one) => ({ json: itemOf(one), pairedItem: { item: 0 } }));
}

async function claim(context: IExecuteFunctions, inbox: Inbox, queue: Queue): Promise<Claimed[]> {
	const options = context.getNodeParameter('options', 0, {}) as InboxOptions;
	const most = wholeNumber('Most at Once', context.getNodeParameter('most', 0), 10, 1, 1000);
	const how = { most, lease: leaseOf(options), keep: keepOf(options), together: options.together ?? true };
	return await inFolder(async () => await inbox.claim(queue, how));
}

function itemOf({ entry, notification }: Claimed): IDataObject {
	const leaseUntil = new Date(entry.until).toISOString();
	return {
		...(notification as IDataObject),
		inbox: { state: 'claimed', ...about(entry), claim: entry.claim, leaseUntil },
	};
}
