import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { alarmsOf } from '../shared/inbox/alarms';
import type { Inbox } from '../shared/inbox/inbox';
import { pageOf, subjectOf } from '../shared/inbox/page';
import { reportOn } from '../shared/inbox/report';
import { wholeNumber } from '../shared/node-support/parameters';
import { inFolder } from './folder';
import { ACKNOWLEDGE_WITHIN, DELIVER_WITHIN, FREE_MEGABYTES, type InboxOptions } from './properties';
import { minutesOf, windowOf } from './times';

/** Returns the state of the inbox in one item: for a program, for a person, and the alarms that a person must handle. */
export async function report(context: IExecuteFunctions, inbox: Inbox): Promise<INodeExecutionData[]> {
	const options = context.getNodeParameter('options', 0, {}) as InboxOptions;
	const limits = {
		acknowledgeWithin: minutesOf(ACKNOWLEDGE_WITHIN, options.acknowledgeWithin),
		deliverWithin: minutesOf(DELIVER_WITHIN, options.deliverWithin),
		freeMegabytes: wholeNumber(FREE_MEGABYTES.displayName, options.freeMegabytes, Number(FREE_MEGABYTES.default), 0),
	};
	const found = await inFolder(async () => await reportOn(inbox, windowOf(options)));
	const alarms = alarmsOf(found, limits);
	const json = { subject: subjectOf(found, alarms), isAlarm: alarms.length > 0, alarms, html: pageOf(found, alarms) };
	return [{ json: { ...json, report: { ...found } }, pairedItem: { item: 0 } }];
}
