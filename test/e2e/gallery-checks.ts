import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FilledIn } from '../real-n8n/demo/workflows';
import { outputItems } from '../real-n8n/execution-data';
import type { Execution } from '../real-n8n/rest-client';
import type { Workbench } from '../real-n8n/workbench';
import { withCredential, withNode, withSavedRuns, type Workflow } from '../real-n8n/workflow';
import type { NotifyResult } from '../sandbox/types';
import type { Checks } from './checks';
import { CREDENTIAL_TYPE, messageAtRoche, runByHand, runByWebhook } from './scene';

const OBSERVATIONS = 200;

/** From a failed run to the run of its error workflow, in ms. Less than a second was seen. */
const ALARM_TIMEOUT = 30_000;

const POLL_INTERVAL = 250;

/** The templates beside the basic ones, each filled in as an analyst would, and run. */
export async function checkGallery(checks: Checks, bench: Workbench, filledIn: FilledIn): Promise<void> {
	await checkObservations(checks, bench, filledIn);
	await checkReports(checks, bench, filledIn);
	await checks.check('roche-failure-alarm.json: says what failed, and holds no receipt handle', async () => {
		await alarm(bench, filledIn);
	});
	await checks.check('roche-certificate-alarm.json: fails the run when the certificate expires soon', async () => {
		await certificateAlarm(bench, filledIn);
	});
	await checks.check('roche-backlog.json: fetches what is there, and lists what is not', async () => {
		await backlog(bench, filledIn);
	});
}

async function checkObservations(checks: Checks, bench: Workbench, filledIn: FilledIn): Promise<void> {
	const { sandbox } = bench;
	const template = await filledIn.fillIn('roche-fhir-observations.json');
	const step = template.nodes.find(({ name }) => name === 'Hand the observation to the EMR');
	const url = `=${sandbox.info.controlUrl}/emr?name=observation/{{ $json.entry.resource.id }}`;
	const workflow = withNode(template, 'Hand the observation to the EMR', { parameters: { ...step?.parameters, url } });
	await published(
		bench,
		workflow,
		async (run) => {
			const observed = async (): Promise<string[]> => {
				const names = (await sandbox.emr()).map(({ name }) => name);
				return names.filter((name) => name.startsWith('observation/'));
			};
			await checks.check(`roche-fhir-observations.json: hands on ${OBSERVATIONS} observations, one ACK`, async () => {
				const [sent] = await run({ kind: 'bundle', observations: OBSERVATIONS, key: 'delivery/gallery/bundle.json' });
				assert.equal(new Set(await observed()).size, OBSERVATIONS);
				assert.equal((await observed()).length, OBSERVATIONS);
				assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
			});
			await checks.check('roche-fhir-observations.json: an empty bundle is acknowledged', async () => {
				const base64 = Buffer.from('{"resourceType":"Bundle","type":"collection"}').toString('base64');
				const contentType = 'application/json';
				const [sent] = await run({ kind: 'content', key: 'delivery/gallery/empty.json', base64, contentType });
				assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
				assert.equal((await observed()).length, OBSERVATIONS);
			});
			await checks.check('roche-fhir-observations.json: a file of something else is not acknowledged', async () => {
				const medication = { resource: { resourceType: 'MedicationAdministration' } };
				const others = [{ resourceType: 'Bundle', entry: [medication] }, { resourceType: 'OperationOutcome' }, []];
				for (const [index, other] of others.entries()) {
					const base64 = Buffer.from(JSON.stringify(other)).toString('base64');
					const key = `delivery/gallery/other-${index}.json`;
					const [sent, { status }] = await run({ kind: 'content', key, base64, contentType: 'application/json' });
					assert.equal(status, 'error');
					assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
				}
			});
			await checks.check('roche-fhir-observations.json: a refused observation leaves the message open', async () => {
				await refusing(bench, async () => {
					const [sent, { status }] = await run({
						kind: 'bundle',
						observations: 3,
						key: 'delivery/gallery/refused.json',
					});
					assert.equal(status, 'error');
					assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
				});
			});
		},
		'roche-fhir-observations',
	);
}

async function checkReports(checks: Checks, bench: Workbench, filledIn: FilledIn): Promise<void> {
	const template = await filledIn.fillIn('roche-cda-to-folder.json');
	await checks.check('roche-cda-to-folder.json: as it comes it writes nothing and acknowledges nothing', async () => {
		await published(
			bench,
			template,
			async (run) => {
				const [sent, { status, data }] = await run({ kind: 'cda', key: 'delivery/gallery/nowhere.xml' });
				assert.deepEqual([status, data.resultData.lastNodeExecuted], ['error', 'Write the report']);
				assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
			},
			'roche-cda-to-folder',
		);
	});
	await checks.check(
		'roche-cda-to-folder.json: the report is in the folder, byte for byte, and acknowledged',
		async () => {
			// Where n8n 2.x lets workflows write unless it is told otherwise.
			const folder = join(bench.n8n.userFolder, '.n8n-files');
			await mkdir(folder, { recursive: true });
			const step = template.nodes.find(({ name }) => name === 'Write the report');
			const fileName = String(step?.parameters.fileName).replace('/replace/this/folder', folder);
			const workflow = withNode(template, 'Write the report', { parameters: { ...step?.parameters, fileName } });
			await published(
				bench,
				workflow,
				async (run) => {
					const [sent, { status }, sha256] = await run({ kind: 'cda', key: 'delivery/gallery/report.xml' });
					assert.equal(status, 'success');
					const written = await readFile(join(folder, `${sent.notification.MessageId}.xml`));
					assert.equal(createHash('sha256').update(written).digest('hex'), sha256);
					assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
				},
				'roche-cda-to-folder',
			);
		},
	);
}

/** Run by its schedule's node, with a certificate that lasts, and with one that does not. */
async function certificateAlarm(bench: Workbench, filledIn: FilledIn): Promise<void> {
	const { rest, sandbox } = bench;
	const template = await filledIn.fillIn('roche-certificate-alarm.json');
	const run = async (workflow: Workflow): Promise<Execution> => {
		const { id } = await rest.createWorkflow(workflow);
		return await rest.finished(await rest.run(id, 'Every morning'));
	};
	const quiet = await run(template);
	assert.deepEqual([quiet.status, quiet.data.resultData.runData.Alarm], ['success', undefined]);
	const data = { ...sandbox.info.credential, ...sandbox.info.identities.expiresSoon };
	const credential = await rest.createCredential('Roche, expires soon', CREDENTIAL_TYPE, data);
	const { status, data: alarmed } = await run(withCredential(template, CREDENTIAL_TYPE, credential));
	assert.deepEqual([status, alarmed.resultData.lastNodeExecuted], ['error', 'Alarm']);
	assert.match(alarmed.resultData.error?.message ?? '', /expires in (9|10) days, on \d{4}-\d\d-\d\d\./);
}

/** The basic template with this error workflow, and a file that is gone. */
async function alarm(bench: Workbench, filledIn: FilledIn): Promise<void> {
	const { rest, sandbox } = bench;
	const alarmWorkflow = await filledIn.fillIn('roche-failure-alarm.json');
	const { id: alarmId } = await rest.createWorkflow(alarmWorkflow);
	// n8n 1.x runs error workflows without that, and refuses to activate them.
	if (bench.version.startsWith('2.')) await rest.publish(alarmId);
	const { webhook } = filledIn;
	const workflow = { ...webhook, settings: { ...webhook.settings, errorWorkflow: alarmId } };
	await published(
		bench,
		workflow,
		async (run) => {
			await sandbox.fault({
				target: 's3',
				fault: { kind: 'status', status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' },
			});
			const [sent] = await run({ kind: 'cda', key: 'delivery/gallery/gone.xml' });
			const told = await firstRun(bench, alarmId);
			const [item] = outputItems(told.data, 'Send the alarm');
			assert.deepEqual(
				[item?.json.subject, item?.json.step],
				[`Roche: "${webhook.name}" has failed`, 'Not acknowledged'],
			);
			const { MessageId, MessageReceiptHandle } = sent.notification;
			assert.ok(String(item?.json.problem).includes(`Message ${MessageId} was not acknowledged`));
			assert.ok(String(item?.json.problem).includes('There is no file with this object key'));
			assert.ok(String(item?.json.link).includes('/execution'));
			assert.ok(!JSON.stringify(told.data).includes(MessageReceiptHandle.slice(7, 60)), 'The receipt handle is in it');
		},
		'roche-notification',
	);
}

async function backlog(bench: Workbench, filledIn: FilledIn): Promise<void> {
	const { sandbox } = bench;
	const template = await filledIn.fillIn('roche-backlog.json');
	const first = await sandbox.addFile({ kind: 'bundle', observations: 5, key: 'delivery/gallery/again-1.json' });
	const second = await sandbox.addFile({ kind: 'cda', key: 'delivery/gallery/again-2.xml' });
	const gone = 'delivery/gallery/long-gone.json';
	const list = { accessPoint: sandbox.info.accessPoint, objectKeys: [first.key, gone, second.key] };
	const parameters = { mode: 'raw', jsonOutput: JSON.stringify(list), options: {} };
	const execution = await runByHand(bench, withNode(template, 'Paste the files here', { parameters }));
	assert.equal(execution.status, 'success');
	const received = (await sandbox.emr()).filter(({ name }) => name.startsWith('delivery/gallery/again'));
	assert.deepEqual(
		received.map(({ name, sha256 }) => [name, sha256]),
		[first, second].map(({ key, sha256 }) => [key, sha256]),
	);
	const failed = outputItems(execution.data, 'Files that could not be fetched');
	assert.deepEqual(
		failed.map(({ json }) => json),
		[{ objectKey: gone, problem: 'There is no file with this object key' }],
	);
}

type Run = (file: Parameters<Workbench['sandbox']['addFile']>[0]) => Promise<[NotifyResult, Execution, string]>;

/** Publishes a workflow as long as the work takes, which posts notifications of new files to it. */
async function published(
	bench: Workbench,
	workflow: Workflow,
	work: (run: Run) => Promise<void>,
	path: string,
): Promise<void> {
	const { id } = await bench.rest.createWorkflow(withSavedRuns(workflow));
	await bench.rest.publish(id);
	try {
		await work(async (request) => {
			const file = await bench.sandbox.addFile(request);
			return [...(await runByWebhook(bench, id, file.key, path)), file.sha256];
		});
	} finally {
		await bench.rest.unpublish(id);
	}
}

async function refusing({ sandbox }: Workbench, work: () => Promise<void>): Promise<void> {
	await sandbox.settings({ emrStatus: 503 });
	try {
		await work();
	} finally {
		await sandbox.settings({ emrStatus: null });
	}
}

async function firstRun({ rest }: Workbench, workflowId: string): Promise<Execution> {
	const deadline = Date.now() + ALARM_TIMEOUT;
	for (;;) {
		const [run] = await rest.executions(workflowId);
		if (run !== undefined) return await rest.finished(run.id);
		if (Date.now() > deadline) throw new Error('The error workflow has not run.');
		await sleep(POLL_INTERVAL);
	}
}
