import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import type { EngineRun } from '../engine/engine-run';
import type { Step } from '../engine/roche';
import { DEMO_HOST } from '../sandbox/hosts';
import type { Delivery, Scene } from './scene';
import type { Squid } from './squid';

const TOKEN: Step = { type: 'rocheGetToken' };
const ACK: Step = { type: 'rocheNotificationAck' };
const FETCH: Step = { type: 'rocheS3Fetch' };

/** Fetches by the URL in the workflow's input, because the nodes' output no longer contains the signature. */
const BY_URL: Step = {
	type: 'rocheS3Fetch',
	name: 'byUrl',
	parameters: {
		source: 'presignedUrl',
		presignedUrl: "={{ $('Start').item.json.link }}",
		binaryPropertyName: 'again',
	},
};

/** The nodes, to test each one alone. */
export const STEPS = { 'Get Token': TOKEN, 'S3 Fetch': FETCH, 'S3 Fetch by URL': BY_URL, 'Notification ACK': ACK };

/** Get Token, S3 Fetch by access point and by pre-signed URL, Notification ACK. */
export const FLOW: Step[] = [TOKEN, FETCH, BY_URL, ACK];

/** The two hosts that a flow needs. */
export interface Hosts {
	api: string;
	s3: string;
}

/** Number of tunnels to each host. */
export interface Tunnels {
	api: number;
	s3: number;
}

/** @throws AssertionError unless there were tunnels to both hosts */
export function assertBoth({ api, s3 }: Tunnels): void {
	assert.ok(api > 0 && s3 > 0, `${api} tunnels to the API and ${s3} to S3`);
}

export function hostsOf({ sandbox }: Scene): Hosts {
	const [, , , region = '', account = '', name = ''] = sandbox.info.accessPoint.replace('accesspoint/', '').split(':');
	return { api: DEMO_HOST, s3: `${name}-${account}.s3-accesspoint.${region}.amazonaws.com` };
}

/** Runs the whole flow. @throws AssertionError unless each file is complete and each message acknowledged */
export async function runFlow(scene: Scene, deliveries: Delivery[], credential?: IDataObject): Promise<EngineRun> {
	const items = deliveries.map(({ item }) => item);
	const run = await scene.run(items, FLOW, credential);
	assert.equal(run.status, 'success', run.error?.message);
	for (const [node, field] of [
		['rocheS3Fetch', 'data'],
		['byUrl', 'again'],
	] as const) {
		for (const [index, { file }] of deliveries.entries()) {
			const item = run.items(node)[index];
			const bytes = await scene.engine.readBinary(item?.binary?.[field]);
			const { sha256, source } = item?.json.file as IDataObject;
			assert.deepEqual([createHash('sha256').update(bytes).digest('hex'), sha256], [file.sha256, file.sha256]);
			assert.equal(source, field === 'data' ? 'accessPoint' : 'presignedUrl');
		}
	}
	const acknowledged = await scene.acknowledged();
	for (const { MessageId } of items) assert.ok(acknowledged.includes(MessageId), 'A message is not acknowledged');
	await assertMutualTls(scene);
	return run;
}

/** Asserts that the client certificate reached Roche's API through the tunnel, and was not sent to S3. */
async function assertMutualTls({ sandbox }: Scene): Promise<void> {
	const subjects = async (target: 'token' | 'ack' | 's3'): Promise<Array<string | null>> => [
		...new Set((await sandbox.requests(target)).map((request) => request.clientCertificateSubject)),
	];
	const [token, ack, s3] = [await subjects('token'), await subjects('ack'), await subjects('s3')];
	assert.match(token[0] ?? '', /CN=/);
	assert.deepEqual([token.length, ack, s3], [1, token, [null]]);
}

/**
 * Stops n8n and counts the tunnels to each host.
 *
 * @throws AssertionError if squid's log contains anything but tunnels, or another number of tunnels than the sandbox received
 */
export async function endAndCount(scene: Scene, squid: Squid, user = '-'): Promise<Tunnels> {
	await scene.stopN8n();
	const behind = (await scene.tunnels()).length;
	const lines = await squid.log(behind);
	assert.equal(lines.length, behind);
	for (const line of lines) {
		assert.deepEqual(line, { result: 'TCP_TUNNEL', status: 200, method: 'CONNECT', target: line.target, user });
	}
	return countTargets(
		scene,
		lines.map(({ target }) => target),
	);
}

/** Counts tunnels by their targets (HOST:PORT). @throws AssertionError for other hosts */
export function countTargets(scene: Scene, targets: string[]): Tunnels {
	const { api, s3 } = hostsOf(scene);
	const count = (host: string): number => targets.filter((target) => target === `${host}:443`).length;
	const others = targets.filter((target) => target !== `${api}:443` && target !== `${s3}:443`);
	assert.deepEqual(others, [], 'Tunnels to unexpected hosts');
	return { api: count(api), s3: count(s3) };
}

/** @throws AssertionError unless the run failed with this message and advice */
export function assertFailed(run: EngineRun, message: string | RegExp, advice: RegExp): void {
	const matches = typeof message === 'string' ? new RegExp(`^${escaped(message)}$`) : message;
	assert.equal(run.status, 'error');
	assert.match(run.error?.message ?? '', matches);
	assert.match(run.error?.description ?? '', advice);
}

function escaped(text: string): string {
	return text.replaceAll(/[.()]/g, '\\$&');
}
