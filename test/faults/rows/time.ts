import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../sandbox/types';
import { each, RECOVERED, type Row, type Stage } from '../matrix';

const HOUR = 3600;
const S3 = ['file', 'URL'] as const;

const EXPIRED: Fault = { kind: 'status', status: 400, body: '<Error><Code>ExpiredToken</Code></Error>' };
const CUT: Fault = { kind: 'drop', when: 'in-body', afterBytes: 100_000 };

/** Begins as the file that is cut, but the connection stays open until the test cuts it. */
const HELD = { kind: 'stall', when: 'body', afterBytes: 100_000 } as const;

const POLL_INTERVAL = 20;

const clock = (fault: string, clockOffsetSeconds: number, expected: Row['expected']): Row => ({
	fault,
	cause: async ({ rig, options }) => {
		await rig.sandbox.settings({ clockOffsetSeconds });
		// One for S3's time, one for the answer that the token has expired, and one for the time again.
		options.maxAttempts = 4;
	},
	expected,
});

/** Replaces the file that is being read when its first bytes have been sent, and only then cuts the connection. */
async function replaceWhenRead({ rig, side, file, options, afterwards }: Stage): Promise<void> {
	// No timeout may end the transfer before the cut does.
	options.timeout = 30_000;
	const sent = async (): Promise<number> => (await rig.sandbox.state()).sentBytes.s3;
	const before = await sent();
	await rig.sandbox.fault({ target: 's3', fault: HELD });
	let isOver = false;
	const replaced = (async () => {
		while (!isOver && (await sent()) - before < HELD.afterBytes) await sleep(POLL_INTERVAL);
		const base64 = Buffer.from('y'.repeat(200_000)).toString('base64');
		await rig.sandbox.addFile({ kind: 'content', key: file.key, base64, contentType: 'application/json' });
		rig.proxy.set(side, { kind: 'pass' });
	})();
	afterwards(async () => {
		isOver = true;
		await replaced;
	});
}

/** Different clocks, expiring tokens, changing files. */
export const TIME: Row[] = [
	clock("S3's clock is an hour ahead", HOUR + 60, { file: RECOVERED }),
	clock("S3's clock is an hour behind", -HOUR, { file: RECOVERED }),
	clock('the URL has expired', 2 * HOUR, { URL: 'The pre-signed URL has expired' }),
	{
		fault: 'the token expires in the middle of a batch',
		cause: async (stage) => {
			const { rig, more } = stage;
			for (let n = 1; n <= 4; n += 1) {
				const { key } = await rig.sandbox.addFile({ kind: 'cda', key: `delivery/faults/batch-${n}.xml`, seed: n });
				const { notification } = await rig.sandbox.notify({ objectKey: key });
				const { awsCredentials, awsResources } = stage.item;
				more.push({
					...notification,
					MessageReference: { ...notification.MessageReference },
					awsCredentials,
					awsResources,
				});
			}
			stage.options.concurrency = 1;
			await rig.sandbox.fault({ target: 's3', match: 'batch-3', fault: EXPIRED });
		},
		expected: { file: RECOVERED },
	},
	{
		fault: 'the token expires when a cut download resumes',
		cause: async ({ rig }) => {
			await rig.sandbox.fault({ target: 's3', fault: CUT });
			await rig.sandbox.fault({ target: 's3', fault: EXPIRED });
		},
		expected: { file: RECOVERED },
	},
	{
		fault: 'the token has expired, and so has the next one',
		cause: async ({ rig }) => await rig.sandbox.fault({ target: 's3', times: 9, fault: EXPIRED }),
		expected: { file: 'The AWS session token has expired' },
	},
	{
		fault: 'the file is replaced before a cut download resumes',
		cause: replaceWhenRead,
		expected: each(RECOVERED, S3),
	},
	{
		fault: 'the file is removed before it is read',
		cause: async ({ rig, file }) => await rig.sandbox.deleteFile(file.key),
		expected: each('There is no file with this object key', S3),
	},
];
