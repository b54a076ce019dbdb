import type { SandboxClient } from '../../sandbox/process';
import type { Workbench } from '../workbench';
import { readTemplate, withCredential, withNode, withSavedRuns, type Workflow } from '../workflow';

const CREDENTIAL_TYPE = 'rochePartnersServicesApi';
const WEBHOOK_CREDENTIAL_TYPE = 'rocheNotificationWebhookApi';

/** The credentials that Roche's stand-in sends with a notification. */
export const CALLER = { user: 'roche', password: 'as-long-and-random-as-a-password-is-in-tests' };

/** The trigger's credential, which accepts this caller. */
export const CALLER_CREDENTIAL = { authentication: 'basicAuth', ...CALLER };

/** Steps of the templates that an analyst fills in. */
export const HAND_OFF = 'Hand the file to the EMR';
const NOTIFICATION = 'Paste a notification here';

/** The templates after an analyst has filled them in. */
export interface FilledIn {
	byHand: Workflow;
	webhook: Workflow;
	/** Handles each message once. */
	once: Workflow;
	/** Any other file of `templates/`, filled in the same way. */
	fillIn: (file: string) => Promise<Workflow>;
}

/** Tests and creates the credential, then fills in the templates. */
export async function fillInTemplates({ rest, sandbox }: Pick<Workbench, 'rest' | 'sandbox'>): Promise<FilledIn> {
	const { credential: data } = sandbox.info;
	const test = await rest.testCredential('Roche', CREDENTIAL_TYPE, data);
	if (test.status !== 'OK') throw new Error(`The credential's test failed: ${test.message}`);
	const credential = await rest.createCredential('Roche', CREDENTIAL_TYPE, data);
	const caller = await rest.createCredential('Roche may call', WEBHOOK_CREDENTIAL_TYPE, CALLER_CREDENTIAL);
	const fillIn = async (file: string): Promise<Workflow> => {
		const template = await readTemplate(file);
		// The templates save no data of successful runs. Here the data are saved, because the search for secrets needs them.
		const withRoche = withCredential(handedToEmr(template, sandbox), CREDENTIAL_TYPE, credential);
		return withSavedRuns(withCredential(withRoche, WEBHOOK_CREDENTIAL_TYPE, caller));
	};
	return {
		byHand: await fillIn('roche-fetch-one-notification.json'),
		webhook: await fillIn('roche-notification-webhook.json'),
		once: await fillIn('roche-handle-once.json'),
		fillIn,
	};
}

/** Pastes a notification into the template for one notification. */
export function withNotification(workflow: Workflow, notification: object): Workflow {
	const parameters = { mode: 'raw', jsonOutput: JSON.stringify(notification, null, 2), options: {} };
	return withNode(workflow, NOTIFICATION, { parameters });
}

/** Sets the URL of the hand-off step to the sandbox's stand-in EMR, if that step is an HTTP Request. */
export function handedToEmr(workflow: Workflow, { info }: Pick<SandboxClient, 'info'>): Workflow {
	const step = workflow.nodes.find(({ name, type }) => name === HAND_OFF && type === 'n8n-nodes-base.httpRequest');
	if (step === undefined) return workflow;
	const url = `=${info.controlUrl}/emr?name={{ encodeURIComponent($json.file.key) }}`;
	return withNode(workflow, HAND_OFF, { parameters: { ...step.parameters, url } });
}
