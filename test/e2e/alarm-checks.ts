import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FilledIn, HAND_OFF } from '../real-n8n/demo/workflows';
import { type OutputItem, outputItems } from '../real-n8n/execution-data';
import type { Execution } from '../real-n8n/rest-client';
import type { Workbench } from '../real-n8n/workbench';
import { withCredential, withNode, withSavedRuns, type Workflow } from '../real-n8n/workflow';
import { chain, type Credential, httpRequest, listOf, ours, plain } from './chains';
import type { Checks } from './checks';
import { announce, CREDENTIAL_TYPE, itemOf, messageAtRoche, published, refusing, type Run } from './scene';

/** From a failed run to the run of its error workflow, in ms. Less than a second was measured. */
const ALARM_TIMEOUT = 30_000;

const POLL_INTERVAL = 250;

const AGAIN = 'again: 3 times, 30 minutes apart, and not after that.';

/** Starts the runs, because n8n runs the error workflow only after runs that a trigger started, not after manual ones. */
const EVERY_SECOND = plain('Every second', 'scheduleTrigger', 1.2, {
	rule: { interval: [{ field: 'seconds', secondsInterval: 1 }] },
});

/** Checks that each alarm states what is known about the failure, and nothing else. */
export async function checkAlarms(
	checks: Checks,
	bench: Workbench,
	filledIn: FilledIn,
	credential: Credential,
): Promise<void> {
	await checks.check('roche-failure-alarm.json: names the failed step and contains no receipt handle', async () => {
		await failedStep(bench, filledIn);
	});
	await checks.check(
		'roche-failure-alarm.json: for a message that was held back, names the step that caused it',
		async () => {
			await heldBack(bench, filledIn);
		},
	);
	await checks.check('roche-failure-alarm.json: for several messages, states how many were held back', async () => {
		await severalHeldBack(bench, filledIn, credential);
	});
	await checks.check('roche-certificate-alarm.json: the run fails if the certificate expires soon', async () => {
		await certificateAlarm(bench, filledIn);
	});
	await checks.check(
		'roche-failure-alarm.json: after a certificate alarm, does not claim that messages were held back',
		async () => {
			await certificateToFailureAlarm(bench, filledIn);
		},
	);
}

/** Runs the webhook template with the alarm as its error workflow and a file that cannot be read. */
async function failedStep(bench: Workbench, filledIn: FilledIn): Promise<void> {
	const { webhook } = filledIn;
	const alarm = await createAlarm(bench, filledIn);
	const work = async (run: Run): Promise<void> => {
		const body = '<Error><Code>NoSuchKey</Code></Error>';
		await bench.sandbox.fault({ target: 's3', fault: { kind: 'status', status: 404, body } });
		const [sent] = await run({ kind: 'cda', key: 'delivery/gallery/gone.xml' });
		const [item, data] = await toldBy(bench, alarm);
		assert.deepEqual(
			[item?.json.subject, item?.json.step, item?.json.problem],
			[`Roche: "${webhook.name}" has failed`, 'Roche S3 Fetch', 'There is no file with this object key'],
		);
		assert.equal(
			item?.json.consequence,
			`The run ended at this step. If it was working on messages, Roche sends those that were not acknowledged ${AGAIN}`,
		);
		assert.ok(String(item?.json.link).includes('/execution'));
		const { MessageReceiptHandle } = sent.notification;
		assert.ok(
			!JSON.stringify(data).includes(MessageReceiptHandle.slice(7, 60)),
			'The alarm contains the receipt handle',
		);
	};
	await published(bench, withAlarm(webhook, alarm), work, 'roche-notification');
}

/** As above, but the hand-off continues although the EMR refuses the file: only the ACK detects the failure. */
async function heldBack(bench: Workbench, filledIn: FilledIn): Promise<void> {
	const continuing = withNode(filledIn.webhook, HAND_OFF, { onError: 'continueRegularOutput' });
	const alarm = await createAlarm(bench, filledIn);
	await published(
		bench,
		withAlarm(continuing, alarm),
		async (run) => {
			await refusing(bench, async () => {
				const [sent, { status, data }] = await run({ kind: 'cda', key: 'delivery/gallery/held-back.xml' });
				assert.equal(status, 'error');
				assert.deepEqual(data.resultData.error?.context?.heldBack, { messages: 1, steps: [HAND_OFF] });
				assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
			});
			const [item] = await toldBy(bench, alarm);
			assert.deepEqual(
				[item?.json.step, item?.json.consequence],
				[
					'Roche Notification ACK',
					`1 message was held back and not acknowledged. Step: ${HAND_OFF}. Roche sends the held-back messages ${AGAIN} Fix the cause before then.`,
				],
			);
		},
		'roche-notification',
	);
}

async function severalHeldBack(bench: Workbench, filledIn: FilledIn, credential: Credential): Promise<void> {
	const announced = [
		await announce(bench, { kind: 'cda', key: 'delivery/gallery/held-back-1.xml' }),
		await announce(bench, { kind: 'cda', key: 'delivery/gallery/held-back-2.xml' }),
	];
	const url = `${bench.sandbox.info.controlUrl}/no-such-path`;
	const workflow = chain('Two messages on a schedule', [
		EVERY_SECOND,
		...listOf(announced.map(itemOf)),
		ours('rocheGetToken', credential),
		ours('rocheS3Fetch', credential),
		{ ...httpRequest('HTTP Request', url), onError: 'continueRegularOutput' },
		ours('rocheNotificationAck', credential),
	]);
	const [item] = await toldOnSchedule(bench, workflow, await createAlarm(bench, filledIn));
	assert.match(
		String(item?.json.consequence),
		/^2 messages were held back and not acknowledged\. Step: HTTP Request\. /,
	);
	for (const sent of announced) assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
}

/** Runs the template from its schedule node, with a certificate valid for long and with one that expires soon. */
async function certificateAlarm(bench: Workbench, filledIn: FilledIn): Promise<void> {
	const { rest } = bench;
	const template = await filledIn.fillIn('roche-certificate-alarm.json');
	const run = async (workflow: Workflow): Promise<Execution> => {
		const { id } = await rest.createWorkflow(workflow);
		return await rest.finished(await rest.run(id, 'Every morning'));
	};
	const quiet = await run(template);
	assert.deepEqual([quiet.status, quiet.data.resultData.runData.Alarm], ['success', undefined]);
	const { status, data: alarmed } = await run(await expiring(bench, template));
	assert.deepEqual([status, alarmed.resultData.lastNodeExecuted], ['error', 'Alarm']);
	assert.match(alarmed.resultData.error?.message ?? '', /expires in (9|10) days, on \d{4}-\d\d-\d\d\./);
}

/** Checks the alarm for a failure that does not concern a message. */
async function certificateToFailureAlarm(bench: Workbench, filledIn: FilledIn): Promise<void> {
	const template = await expiring(bench, await filledIn.fillIn('roche-certificate-alarm.json'));
	const { parameters } = EVERY_SECOND;
	const workflow = withNode(template, 'Every morning', { parameters });
	const [item] = await toldOnSchedule(bench, workflow, await createAlarm(bench, filledIn));
	assert.match(String(item?.json.problem), /^The client certificate for Roche expires in /);
	assert.match(String(item?.json.consequence), /^The run ended at this step\. If it was working on messages, /);
}

async function expiring({ rest, sandbox }: Workbench, template: Workflow): Promise<Workflow> {
	const data = { ...sandbox.info.credential, ...sandbox.info.identities.expiresSoon };
	const credential = await rest.createCredential('Roche, expires soon', CREDENTIAL_TYPE, data);
	return withCredential(template, CREDENTIAL_TYPE, credential);
}

/** @returns the id of a new copy of the alarm */
async function createAlarm({ rest, version }: Workbench, filledIn: FilledIn): Promise<string> {
	const { id } = await rest.createWorkflow(await filledIn.fillIn('roche-failure-alarm.json'));
	// n8n 1.x runs error workflows that are not active, and refuses to activate them.
	if (version.startsWith('2.')) await rest.publish(id);
	return id;
}

function withAlarm(workflow: Workflow, errorWorkflow: string): Workflow {
	return { ...workflow, settings: { ...workflow.settings, errorWorkflow } };
}

async function toldOnSchedule(bench: Workbench, workflow: Workflow, alarm: string): ReturnType<typeof toldBy> {
	const { id } = await bench.rest.createWorkflow(withSavedRuns(withAlarm(workflow, alarm)));
	await bench.rest.publish(id);
	try {
		return await toldBy(bench, alarm);
	} finally {
		await bench.rest.unpublish(id);
	}
}

/** Waits for the alarm's run. @returns the item at its last step, and the whole execution data */
async function toldBy({ rest }: Workbench, alarm: string): Promise<[OutputItem | undefined, Execution['data']]> {
	const deadline = Date.now() + ALARM_TIMEOUT;
	for (;;) {
		const [run] = await rest.executions(alarm);
		if (run !== undefined) {
			const { data } = await rest.finished(run.id);
			return [outputItems(data, 'Send the alarm')[0], data];
		}
		if (Date.now() > deadline) throw new Error('The error workflow did not run.');
		await sleep(POLL_INTERVAL);
	}
}
