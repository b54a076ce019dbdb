import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CleanUp } from '../real-n8n/clean-up';
import { type FilledIn, HAND_OFF } from '../real-n8n/demo/workflows';
import type { Execution } from '../real-n8n/rest-client';
import type { Workbench } from '../real-n8n/workbench';
import { withNode, withSavedRuns, type Workflow } from '../real-n8n/workflow';
import type { FileRequest, NotifyResult } from '../sandbox/types';
import type { Checks } from './checks';
import { FhirServer } from './fhir-server';
import { messageAtRoche, nextRun, runByWebhook, withFolder } from './scene';
import { SftpServer } from './sftp-server';

/** Together with the patient 121 resources: two parts of 50 and one of 21. */
const OBSERVATIONS = 120;
/** Every attempt of every acknowledgement. */
const ALWAYS = 1_000;

/** Checks the templates for FHIR and SFTP servers against real servers. */
export async function checkHandOvers(
	checks: Checks,
	cleanUp: CleanUp,
	bench: Workbench,
	filledIn: FilledIn,
): Promise<void> {
	await checkFhirServer(checks, cleanUp, bench, filledIn);
	await checkSftp(checks, cleanUp, bench, filledIn);
}

async function checkFhirServer(checks: Checks, cleanUp: CleanUp, bench: Workbench, filledIn: FilledIn): Promise<void> {
	const server = await FhirServer.open();
	cleanUp.add(async () => await server.close());
	const template = await filledIn.fillIn('roche-fhir-server.json');
	const workflow = withParameters(template, HAND_OFF, { url: server.baseUrl });
	const stored = async () => [await server.count('Patient'), await server.count('Observation')];
	const path = 'roche-fhir-server';
	await checks.check('roche-fhir-server.json: 120 observations in transactions of 50, one ACK', async () => {
		await openTo(bench, workflow, path, async ({ run }) => {
			const [sent, { status }] = await run({ kind: 'bundle', observations: OBSERVATIONS, key: 'fhir/bundle.json' });
			assert.equal(status, 'success');
			assert.deepEqual([server.posted.length, ...(await stored())], [3, 1, OBSERVATIONS]);
			assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
		});
	});
	await checks.check('roche-fhir-server.json: a redelivered message creates no duplicates', async () => {
		await openTo(bench, workflow, path, async ({ run, again }) => {
			await withoutAck(bench, async () => {
				const [, { status }] = await run(bundleOf(WITHOUT_IDS, 'fhir/without-ids.json'));
				assert.equal(status, 'error');
			});
			const [patients = 0, observations = 0] = await stored();
			assert.equal(observations, OBSERVATIONS + WITHOUT_IDS.length - 1);
			const { status } = await again();
			assert.equal(status, 'success');
			assert.deepEqual(await stored(), [patients, observations]);
			assert.match(server.posted.at(-1) ?? '', /"value": 5\.60\b/);
		});
	});
	await checks.check('roche-fhir-server.json: a refused resource stops the run, no ACK', async () => {
		const refused = { resourceType: 'No/Such/Resource', id: 'a' };
		for (const bundleType of ['transaction', 'batch']) {
			const kind = withParameters(workflow, 'Roche S3 Fetch', { bundleType });
			await openTo(bench, kind, path, async ({ run }) => {
				const [sent, { status, data }] = await run(bundleOf([...WITHOUT_IDS, refused], `fhir/${bundleType}.json`));
				const last = bundleType === 'batch' ? 'Not all was stored' : HAND_OFF;
				assert.deepEqual([status, data.resultData.lastNodeExecuted], ['error', last]);
				assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
			});
		}
	});
}

/** An observation with an identifier, one without any identifying field, and a patient. */
const WITHOUT_IDS = [
	{ resourceType: 'Observation', status: 'final', code: { text: 'a' }, identifier: [{ system: 'urn:a', value: '1' }] },
	{
		resourceType: 'Observation',
		status: 'final',
		code: { text: 'b' },
		valueQuantity: { value: 'VALUE', unit: 'mmol/L' },
	},
	{ resourceType: 'Patient', identifier: [{ system: 'urn:a', value: 'p' }] },
];

function bundleOf(resources: object[], key: string): FileRequest {
	const text = JSON.stringify({ resourceType: 'Bundle', entry: resources.map((resource) => ({ resource })) }, null, 1);
	const base64 = Buffer.from(text.replace('"VALUE"', '5.60')).toString('base64');
	return { kind: 'content', key, base64, contentType: 'application/fhir+json' };
}

async function checkSftp(checks: Checks, cleanUp: CleanUp, bench: Workbench, filledIn: FilledIn): Promise<void> {
	const server = await SftpServer.open();
	cleanUp.add(async () => await server.close());
	const template = await filledIn.fillIn('roche-report-to-sftp.json');
	const path = 'roche-report-to-sftp';
	await checks.check(
		'roche-report-to-sftp.json: without server and folder it uploads nothing and acknowledges nothing',
		async () => {
			const asItComes = openTo(bench, template, path, async ({ run }) => {
				const [sent, { status, data }] = await run({ kind: 'cda', key: 'sftp/nowhere.xml' });
				assert.deepEqual([status, data.resultData.lastNodeExecuted], ['error', HAND_OFF]);
				assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
			});
			// n8n 2.x does not publish a workflow in which a credential is missing.
			if (bench.version.startsWith('1.')) await asItComes;
			else await assert.rejects(asItComes, /Missing required credential: sftp/);
		},
	);
	const credential = await bench.rest.createCredential('The hospital’s server', 'sftp', server.credential);
	const workflow = {
		...template,
		nodes: withFolder(template, server.folder).nodes.map((node) =>
			node.type === 'n8n-nodes-base.ftp' ? { ...node, credentials: { sftp: credential } } : node,
		),
	};
	const hash = async (file: string) =>
		createHash('sha256')
			.update(await readFile(file))
			.digest('hex');
	await checks.check(
		'roche-report-to-sftp.json: the report is uploaded completely, under its message id, and acknowledged',
		async () => {
			await openTo(bench, workflow, path, async ({ run }) => {
				const [sent, { status }, sha256] = await run({ kind: 'cda', key: 'sftp/report.xml' });
				assert.equal(status, 'success');
				const name = `${sent.notification.MessageId}.xml`;
				assert.deepEqual(await readdir(server.folder), [name]);
				assert.equal(await hash(join(server.folder, name)), sha256);
				assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
			});
		},
	);
	await checks.check('roche-report-to-sftp.json: a redelivered report replaces the first one', async () => {
		await openTo(bench, workflow, path, async ({ run, again }) => {
			const before = await readdir(server.folder);
			const [sent] = await withoutAck(bench, async () => await run({ kind: 'cda', key: 'sftp/again.xml' }));
			assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
			const { status } = await again();
			assert.equal(status, 'success');
			const added = (await readdir(server.folder)).filter((name) => !before.includes(name));
			assert.deepEqual(added, [`${sent.notification.MessageId}.xml`]);
			assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
		});
	});
	await checks.check(
		'roche-report-to-sftp.json: no ACK while the server is down; Retry then delivers and acknowledges',
		async () => {
			await openTo(bench, workflow, path, async ({ run }) => {
				await server.stop();
				const [sent, failed] = await run({ kind: 'cda', key: 'sftp/later.xml' });
				assert.deepEqual([failed.status, failed.data.resultData.lastNodeExecuted], ['error', HAND_OFF]);
				assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
				await server.start();
				assert.equal((await bench.rest.retry(failed.id)).status, 'success');
				assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
			});
		},
	);
}

interface Opened {
	run: (request: FileRequest) => Promise<[NotifyResult, Execution, sha256: string]>;
	/** Redelivers the last message. */
	again: () => Promise<Execution>;
}

/** Publishes a workflow while the work runs. */
async function openTo<T>(
	bench: Workbench,
	workflow: Workflow,
	path: string,
	work: (opened: Opened) => Promise<T>,
): Promise<T> {
	const { id } = await bench.rest.createWorkflow(withSavedRuns(workflow));
	await bench.rest.publish(id);
	let last = '';
	try {
		return await work({
			run: async (request) => {
				const file = await bench.sandbox.addFile(request);
				const [sent, execution] = await runByWebhook(bench, id, file.key, path);
				last = sent.notification.MessageId;
				return [sent, execution, file.sha256];
			},
			again: async () =>
				await nextRun(bench, id, async () => {
					await bench.sandbox.redeliver(last);
				}),
		});
	} finally {
		await bench.rest.unpublish(id);
	}
}

/** Makes Roche refuse all acknowledgements while the work runs. */
async function withoutAck<T>({ sandbox }: Workbench, work: () => Promise<T>): Promise<T> {
	await sandbox.fault({ target: 'ack', times: ALWAYS, fault: { kind: 'status', status: 403 } });
	try {
		return await work();
	} finally {
		await sandbox.clearFaults();
	}
}

function withParameters(workflow: Workflow, step: string, parameters: Record<string, unknown>): Workflow {
	const node = workflow.nodes.find(({ name }) => name === step);
	return withNode(workflow, step, { parameters: { ...node?.parameters, ...parameters } });
}
