import assert from 'node:assert/strict';
import type { IDataObject } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Scene, type Stage, scene } from './scene';

const MB = 1024 * 1024;
const SIZE = 50 * MB;

/** Slow enough to kill squid during the transfer, in bytes per second. */
const RATE = 10 * MB;

/** Bytes that S3 has sent when squid is killed. Fewer have reached n8n. */
const KILLED_AFTER = 20 * MB;

/** Maximum bytes sent, in file sizes. Data in buffers at the kill are sent again, but not the whole file. */
const MOST_SENT = 1.5;

/** Checks the behaviour if squid crashes during a transfer. */
export async function checkOutages(stage: Stage): Promise<void> {
	await scene(
		stage,
		`squid is killed during a transfer of ${SIZE / MB} MB and restarted: the file is complete`,
		killedAndBack,
	);
}

async function killedAndBack(place: Scene): Promise<void> {
	const slow = ['delay_pools 1', 'delay_class 1 1', `delay_parameters 1 ${RATE}/${RATE}`, 'delay_access 1 allow all'];
	const squid = await place.squid({ settings: () => slow });
	await place.startN8n({ HTTPS_PROXY: squid.url });
	const file = await place.sandbox.addFile({ kind: 'bytes', key: 'delivery/proxies/large.bin', size: SIZE });
	const { notification } = await place.sandbox.notify({ objectKey: file.key });
	const before = await sent(place);
	const running = place.run([notification], [{ type: 'rocheGetToken' }, { type: 'rocheS3Fetch' }]);
	try {
		while ((await sent(place)) - before < KILLED_AFTER) await sleep(20);
		await squid.kill();
		await squid.restart();
	} finally {
		await running;
	}
	const run = await running;
	assert.equal(run.status, 'success', run.error?.message);
	const { sha256, size, resumed } = run.json('rocheS3Fetch')[0]?.file as IDataObject;
	assert.deepEqual([sha256, size], [file.sha256, file.size]);
	const ranges = (await place.sandbox.requests('s3')).map(({ headers }) => headers.range ?? 'all');
	const total = ((await sent(place)) - before) / SIZE;
	console.log(
		`    resumed: ${resumed as number}; requested ranges: ${ranges.join(', ')}; bytes sent: ${total.toFixed(2)} times the file`,
	);
	assert.ok((resumed as number) >= 1);
	assert.match(ranges.at(-1) ?? '', /^bytes=[1-9]\d*-/);
	assert.ok(total < MOST_SENT);
	await place.sandbox.deleteFile(file.key);
}

async function sent({ sandbox }: Scene): Promise<number> {
	return (await sandbox.state()).sentBytes.s3;
}
