import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FilledIn, HAND_OFF } from '../real-n8n/demo/workflows';
import { outputItems } from '../real-n8n/execution-data';
import type { Workbench } from '../real-n8n/workbench';
import { withNode } from '../real-n8n/workflow';
import type { Checks } from './checks';
import { messageAtRoche, published, refusing, runByHand, withFolder } from './scene';

const OBSERVATIONS = 1200;
/** Parts of at most 500 observations. */
const PARTS = 3;

/** Runs further templates, filled in as an analyst would. */
export async function checkGallery(checks: Checks, bench: Workbench, filledIn: FilledIn): Promise<void> {
	await checkObservations(checks, bench, filledIn);
	await checkReports(checks, bench, filledIn);
	await checks.check('roche-backlog.json: fetches the existing files, lists the missing ones and fails', async () => {
		await backlog(bench, filledIn);
	});
}

async function checkObservations(checks: Checks, bench: Workbench, filledIn: FilledIn): Promise<void> {
	const { sandbox } = bench;
	const template = await filledIn.fillIn('roche-fhir-observations.json');
	const step = template.nodes.find(({ name }) => name === HAND_OFF);
	const url = `=${sandbox.info.controlUrl}/emr?name=observation/part-{{ $json.part.number }}`;
	const workflow = withNode(template, HAND_OFF, { parameters: { ...step?.parameters, url } });
	await published(
		bench,
		workflow,
		async (run) => {
			const observed = async (): Promise<string[]> => {
				const names = (await sandbox.emr()).map(({ name }) => name);
				return names.filter((name) => name.startsWith('observation/'));
			};
			await checks.check(
				`roche-fhir-observations.json: delivers ${OBSERVATIONS} observations in parts, with one ACK`,
				async () => {
					const [sent] = await run({ kind: 'bundle', observations: OBSERVATIONS, key: 'delivery/gallery/bundle.json' });
					assert.deepEqual(await observed(), ['observation/part-1', 'observation/part-2', 'observation/part-3']);
					assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
				},
			);
			await checks.check('roche-fhir-observations.json: an empty bundle is acknowledged', async () => {
				const base64 = Buffer.from('{"resourceType":"Bundle","type":"collection"}').toString('base64');
				const contentType = 'application/json';
				const [sent] = await run({ kind: 'content', key: 'delivery/gallery/empty.json', base64, contentType });
				assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
				assert.equal((await observed()).length, PARTS);
			});
			await checks.check(
				'roche-fhir-observations.json: a file that is no bundle, or contains other resources, is not acknowledged',
				async () => {
					const medication = { resource: { resourceType: 'MedicationAdministration' } };
					const others = [{ resourceType: 'Bundle', entry: [medication] }, { resourceType: 'OperationOutcome' }, []];
					for (const [index, other] of others.entries()) {
						const base64 = Buffer.from(JSON.stringify(other)).toString('base64');
						const key = `delivery/gallery/other-${index}.json`;
						const [sent, { status }] = await run({ kind: 'content', key, base64, contentType: 'application/json' });
						assert.equal(status, 'error');
						assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
					}
				},
			);
			await checks.check(
				'roche-fhir-observations.json: if a part is refused, the message is not acknowledged',
				async () => {
					await refusing(bench, async () => {
						const [sent, { status }] = await run({
							kind: 'bundle',
							observations: 3,
							key: 'delivery/gallery/refused.json',
						});
						assert.equal(status, 'error');
						assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
					});
				},
			);
		},
		'roche-fhir-observations',
	);
}

async function checkReports(checks: Checks, bench: Workbench, filledIn: FilledIn): Promise<void> {
	const template = await filledIn.fillIn('roche-cda-to-folder.json');
	await checks.check(
		'roche-cda-to-folder.json: without a folder it writes nothing and acknowledges nothing',
		async () => {
			await published(
				bench,
				template,
				async (run) => {
					const [sent, { status, data }] = await run({ kind: 'cda', key: 'delivery/gallery/nowhere.xml' });
					assert.deepEqual([status, data.resultData.lastNodeExecuted], ['error', HAND_OFF]);
					assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
				},
				'roche-cda-to-folder',
			);
		},
	);
	await checks.check(
		'roche-cda-to-folder.json: the report is in the folder, byte for byte, and acknowledged',
		async () => {
			// By default n8n 2.x allows workflows to write here.
			const folder = join(bench.n8n.userFolder, '.n8n-files');
			await mkdir(folder, { recursive: true });
			const workflow = withFolder(template, folder);
			await published(
				bench,
				workflow,
				async (run) => {
					const [sent, { status }, sha256] = await run({ kind: 'cda', key: 'delivery/gallery/report.xml' });
					assert.equal(status, 'success');
					const written = await readFile(join(folder, `${sent.notification.MessageId}.xml`));
					assert.equal(createHash('sha256').update(written).digest('hex'), sha256);
					assert.ok(existsSync(join(folder, `${sent.notification.MessageId}.xml.ready`)), 'The marker is missing');
					assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
				},
				'roche-cda-to-folder',
			);
		},
	);
}

async function backlog(bench: Workbench, filledIn: FilledIn): Promise<void> {
	const { sandbox } = bench;
	const template = await filledIn.fillIn('roche-backlog.json');
	const first = await sandbox.addFile({ kind: 'bundle', observations: 5, key: 'delivery/gallery/again-1.json' });
	const second = await sandbox.addFile({ kind: 'cda', key: 'delivery/gallery/again-2.xml' });
	const gone = 'delivery/gallery/long-gone.json';
	const { accessPoint } = sandbox.info;
	const list = { accessPoint, objectKeys: [first.key, gone, second.key] };
	const parameters = { mode: 'raw', jsonOutput: JSON.stringify(list), options: {} };
	const execution = await runByHand(bench, withNode(template, 'Paste the files here', { parameters }));
	const { lastNodeExecuted } = execution.data.resultData;
	assert.deepEqual([execution.status, lastNodeExecuted], ['error', 'Fetch them again']);
	const received = (await sandbox.emr()).filter(({ name }) => name.startsWith('delivery/gallery/again'));
	// n8n sends them at once, so they may arrive in any order.
	assert.deepEqual(
		received.map(({ name, sha256 }) => [name, sha256]).toSorted(),
		[first, second].map(({ key, sha256 }) => [key, sha256]),
	);
	const failed = outputItems(execution.data, 'Files that could not be fetched');
	assert.deepEqual(
		failed.map(({ json }) => json),
		[{ accessPoint, objectKey: gone, problem: 'There is no file with this object key' }],
	);
}
