import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import { checkCaller, type ExpectedCaller } from '../shared/notification/caller';
import type { FileAvailabilityNotification } from '../shared/notification/read-notification';
import { RefusedNotification } from '../shared/notification/refused-notification';
import type { TriggerOptions } from './properties';

/**
 * Accepts a request that matches the node's credential.
 * @throws RefusedNotification 401 for any other caller; 500 if the credential is incomplete or cannot be read: then no caller is accepted
 */
export async function checkAuthentication(context: IWebhookFunctions): Promise<void> {
	if (context.getNodeParameter('authentication', 'credential') === 'none') return;
	let credential: IDataObject;
	try {
		credential = await context.getCredentials<IDataObject>('rocheNotificationWebhookApi');
	} catch {
		throw new RefusedNotification(500, 'The credential of this webhook cannot be read, so no caller is accepted.');
	}
	checkCaller(expectedCaller(credential), context.getHeaderData());
}

function expectedCaller(credential: IDataObject): ExpectedCaller {
	const text = (name: string): string => (typeof credential[name] === 'string' ? credential[name] : '');
	if (credential.authentication === 'headerAuth') {
		return { authentication: 'headerAuth', headerName: text('headerName'), headerValue: text('headerValue') };
	}
	return { authentication: 'basicAuth', user: text('user'), password: text('password') };
}

/**
 * Compares a notification with the node's filters.
 * @returns why a valid notification does not start the workflow; undefined if it does
 * @throws RefusedNotification 403 for another organization: Roche then has the wrong URL
 */
export function reasonToIgnore(
	context: IWebhookFunctions,
	notification: FileAvailabilityNotification,
): string | undefined {
	const { orgIds = '' } = context.getNodeParameter('options', {}) as TriggerOptions;
	// An expression may return a list.
	const accepted = [orgIds]
		.flat()
		.join(',')
		.split(/[\s,;]+/)
		.filter((orgId) => orgId !== '');
	if (accepted.length > 0 && !accepted.includes(notification.EmrOid)) {
		throw new RefusedNotification(
			403,
			'EmrOid names an organization whose notifications are not accepted here.',
			'EmrOid',
		);
	}
	const wanted = context.getNodeParameter('messageTypes', 'any') as string;
	if (wanted === 'any' || wanted === notification.MessageType) return undefined;
	return `Only notifications of the type "${wanted}" start the workflow.`;
}
