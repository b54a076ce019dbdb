import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FilledIn } from '../real-n8n/demo/workflows';
import { outputItems } from '../real-n8n/execution-data';
import type { N8nLine } from '../real-n8n/install';
import type { Execution } from '../real-n8n/rest-client';
import type { Workbench } from '../real-n8n/workbench';
import { withNode, type Workflow } from '../real-n8n/workflow';
import type { NotifyResult } from '../sandbox/types';
import { inFolder, mapNodes } from '../outage/templates';
import type { Checks } from './checks';
import { messageAtRoche, published, refusing } from './scene';

/** Longer than the pause after a release, in ms. */
const PAUSE_OVER = 1_500;
/** Enough faults for each attempt of a run. */
const ATTEMPTS = 4;

const FORWARD = 'Every 15 seconds';

/** Checks the three inbox templates, with a folder of this n8n and short pauses. */
export async function checkInbox(checks: Checks, bench: Workbench, { fillIn }: FilledIn, line: N8nLine): Promise<void> {
	const { rest, sandbox, n8n } = bench;
	// By default n8n 2.x allows workflows to write here.
	const folder = join(n8n.userFolder, '.n8n-files', 'roche-inbox');
	const template = async (file: string): Promise<Workflow> =>
		mapNodes(await fillIn(file), (node) => impatient(inFolder(node, folder)));
	const receive = await template('roche-inbox-receive.json');
	const { id: receiveId } = await rest.createWorkflow(receive);
	const { id: forwardId } = await rest.createWorkflow(await template('roche-inbox-forward.json'));
	const run = async (id: string, trigger: string): Promise<Execution> =>
		await rest.finished(await rest.run(id, trigger));
	const filesIn = async (state: string): Promise<number> => (await readdir(join(folder, 'files', state))).length;
	const received = async (key: string): Promise<number> =>
		(await sandbox.emr()).filter(({ name }) => name === key).length;

	if (line === '2') {
		await checks.check(
			'roche-inbox-receive.json: with a folder that n8n does not allow, nothing is acknowledged',
			async () => {
				const shipped = await fillIn('roche-inbox-receive.json');
				await published(
					bench,
					shipped,
					async (post) => {
						const [sent, { status, data }] = await post({ kind: 'cda', key: 'delivery/inbox/not-allowed.xml' });
						assert.deepEqual(
							[status, data.resultData.error?.message],
							['error', 'n8n does not allow access to Folder'],
						);
						assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
					},
					'roche-inbox',
				);
			},
		);
	}
	const key = 'delivery/inbox/bundle.json';
	await checks.check(
		'roche-inbox-receive.json: the file is stored on disk and acknowledged before the EMR has it',
		async () => {
			await published(
				bench,
				receive,
				async (post) => {
					const [sent, { status, data }] = await post({ kind: 'bundle', observations: 50, key });
					assert.equal(status, 'success', data.resultData.error?.message);
					assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
					assert.deepEqual([await filesIn('waiting'), await received(key)], [1, 0]);
				},
				'roche-inbox',
			);
		},
	);
	await checks.check(
		'roche-inbox-forward.json: a file that the EMR refuses stays in the inbox and is delivered later',
		async () => {
			await refusing(bench, async () => {
				const { status, data } = await run(forwardId, FORWARD);
				assert.equal(status, 'success', data.resultData.error?.message);
				assert.equal(outputItems(data, 'Try again later').length, 1);
			});
			assert.deepEqual([await filesIn('waiting'), await received(key)], [1, 0]);
			await sleep(PAUSE_OVER);
			const { data } = await run(forwardId, FORWARD);
			assert.equal(outputItems(data, 'Mark as delivered').length, 1, data.resultData.error?.message);
			assert.deepEqual([await filesIn('waiting'), await filesIn('done'), await received(key)], [0, 1, 1]);
			const file = (await sandbox.state()).files.find((one) => one.key === key);
			assert.equal((await sandbox.emr()).find(({ name }) => name === key)?.sha256, file?.sha256);
		},
	);
	await checks.check(
		'roche-inbox-receive.json: a file that S3 refused is fetched again without a redelivery',
		async () => {
			let sent: NotifyResult | undefined;
			await published(
				bench,
				receive,
				async (post) => {
					await sandbox.fault({ target: 's3', times: ATTEMPTS, fault: { kind: 'status', status: 503 } });
					[sent] = await post({ kind: 'cda', key: 'delivery/inbox/later.xml' });
				},
				'roche-inbox',
			);
			await sandbox.clearFaults();
			assert.ok(sent);
			assert.equal((await messageAtRoche(bench, sent)).acknowledged, false);
			await sleep(PAUSE_OVER);
			const { status, data } = await run(receiveId, 'Every minute');
			assert.equal(status, 'success', data.resultData.error?.message);
			assert.equal((await messageAtRoche(bench, sent)).acknowledged, true);
			assert.equal(outputItems(data, 'Note the acknowledgement').length, 1);
			assert.equal(await filesIn('waiting'), 1);
		},
	);
	await checkWatch(checks, bench, await template('roche-inbox-watch.json'), run);
}

async function checkWatch(
	checks: Checks,
	{ rest }: Workbench,
	watch: Workflow,
	run: (id: string, trigger: string) => Promise<Execution>,
): Promise<void> {
	const enough = { freeMegabytes: 0 };
	const withOptions = (options: object): Workflow =>
		['Look at the inbox', 'Make the report'].reduce((workflow, name) => {
			const node = workflow.nodes.find((one) => one.name === name);
			return withNode(workflow, name, { parameters: { ...node?.parameters, options: { ...enough, ...options } } });
		}, watch);
	await checks.check('roche-inbox-watch.json: no alarm for a file that has waited only briefly', async () => {
		const { id } = await rest.createWorkflow(withOptions({}));
		const { status, data } = await run(id, 'Every 15 minutes');
		assert.deepEqual([status, data.resultData.runData.Alarm], ['success', undefined]);
	});
	await checks.check(
		'roche-inbox-watch.json: an alarm for a file that waits too long, and a readable report',
		async () => {
			const { id } = await rest.createWorkflow(withOptions({ deliverWithin: 0 }));
			const { status, data } = await run(id, 'Every 15 minutes');
			assert.deepEqual([status, data.resultData.lastNodeExecuted], ['error', 'Alarm']);
			assert.match(data.resultData.error?.message ?? '', /^The hospital's system has not taken 1 file\./);
			const morning = await run(id, 'Every morning');
			const [item] = outputItems(morning.data, 'Send the report');
			assert.match(
				String(item?.json.subject),
				/^Roche inbox: needs attention \(1 delivered, 1 waiting, 0 not acknowledged\)$/,
			);
			assert.match(String(item?.json.html), /<td[^>]*><b>Organization<\/b>/);
		},
	);
}

/** Shortens the pauses to a second. */
function impatient(node: Workflow['nodes'][number]): Workflow['nodes'][number] {
	if (node.parameters.operation !== 'release') return node;
	return { ...node, parameters: { ...node.parameters, options: { pause: 1, longestPause: 1 } } };
}
