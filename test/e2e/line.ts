import assert from 'node:assert/strict';
import type { CleanUp } from '../real-n8n/clean-up';
import { searchWhatIsLeft, secretsOf } from '../real-n8n/demo/secrets';
import { fillInTemplates } from '../real-n8n/demo/workflows';
import type { N8nLine } from '../real-n8n/install';
import { setUpWorkbench, type Workbench } from '../real-n8n/workbench';
import { checkRetries } from '../field/in-n8n/retry';
import { checkAlarms } from './alarm-checks';
import type { Checks } from './checks';
import { checkGallery } from './gallery-checks';
import { checkAccessPointList, checkCredentialTest } from './credential-checks';
import { checkDelivery } from './delivery-checks';
import { checkErrorOutputs } from './error-output-checks';
import { checkEverydayPath } from './everyday-checks';
import { checkFailures } from './failure-checks';
import { checkHandOvers } from './hand-over-checks';
import { Hospital } from './hospital';
import { checkInbox } from './inbox-checks';
import { checkPackage } from './package-checks';
import { checkRedelivery } from './redelivery-checks';
import { checkRuns } from './run-checks';
import { CREDENTIAL_TYPE } from './scene';
import { checkTemplates } from './template-checks';
import { checkTrigger, TRIGGER_SECRETS } from './trigger-checks';
import { checkNotificationBodies } from '../field/in-n8n/notification-bodies';

/** Which package is checked, in which n8n, on which Node. */
export interface LineOptions {
	line: N8nLine;
	tarball: string;
	/** Default: Node 24. */
	node?: string;
	/** Added to n8n's environment. */
	environment?: NodeJS.ProcessEnv;
}

/** Runs all checks on one n8n line, with the package installed from its tarball. */
export async function checkLine(checks: Checks, cleanUp: CleanUp, options: LineOptions): Promise<void> {
	// n8n logs how it loads a package only at this level. The search for secrets also reads this log.
	const environment = { ...options.environment, N8N_LOG_LEVEL: 'debug' };
	const bench = await setUpWorkbench(cleanUp, { ...options, environment });
	checks.prefix = `n8n ${bench.version}: `;
	await checkPackage(checks, bench);
	await checkCredentialTest(checks, bench);
	await checkAccessPointList(checks, bench);
	await checkTemplates(checks, bench);

	const templates = await fillInTemplates(bench);
	const credential = await bench.rest.createCredential('Roche', CREDENTIAL_TYPE, bench.sandbox.info.credential);
	const { id: webhookId } = await bench.rest.createWorkflow(templates.webhook);
	await bench.rest.publish(webhookId);
	await checkRuns(checks, bench, templates, webhookId);
	await checkFailures(checks, bench, credential, webhookId);
	await checkErrorOutputs(checks, bench, credential);
	await checkGallery(checks, bench, templates);
	await checkHandOvers(checks, cleanUp, bench, templates);
	await checkRetries(checks, bench, templates, options.line);
	await checkInbox(checks, bench, templates, options.line);
	await checkAlarms(checks, bench, templates, credential);
	const hospital = await Hospital.open();
	cleanUp.add(async () => await hospital.close());
	await checkEverydayPath(checks, bench, templates, credential, hospital);
	if (options.line === '2') await checkDelivery(checks, bench, templates, hospital);
	await checkTrigger(checks, bench);
	await checkNotificationBodies(checks, bench, credential);
	if (options.line === '2') await checkRedelivery(checks, bench, templates);
	await checkSecrets(checks, bench);
}

/** Searches n8n's files for secrets. Stops n8n. */
async function checkSecrets(checks: Checks, { n8n, sandbox }: Workbench): Promise<void> {
	await checks.check('database, log and stored files contain no secret', async () => {
		const secrets = [...(await secretsOf(sandbox)), ...TRIGGER_SECRETS];
		const acknowledged = (await sandbox.state()).messages.filter((message) => message.acknowledged);
		assert.ok(acknowledged.length > 0, 'Nothing was acknowledged');
		await n8n.stop();
		const present = acknowledged.map(({ messageId }) => messageId);
		assert.deepEqual(searchWhatIsLeft(n8n.userFolder, secrets, present).problems, []);
	});
}
