import { setTimeout as sleep } from 'node:timers/promises';
import { CALLER } from '../real-n8n/demo/workflows';
import type { SandboxClient } from '../sandbox/process';
import type { FileRequest } from '../sandbox/types';
import { realMs, type Scenario } from './scenario';

/** Realistic sizes: most bundles have up to 500 observations, a few 12,000 (about 11 MB). */
const OBSERVATIONS = [1, 20, 100, 500, 20, 5, 100, 250, 20, 1];
const LARGE_EVERY = 100;
const LARGE = 12_000;
const REPORT_EVERY = 4;

/** A posted message and the template to which it was sent. */
export interface Posted {
	messageId: string;
	key: string;
	way: 'inbox' | 'webhook';
	/** Epoch milliseconds. */
	at: number;
}

/** Puts the files into S3. @returns their keys */
export async function putFiles(sandbox: SandboxClient, count: number): Promise<string[]> {
	const keys: string[] = [];
	for (let seed = 1; seed <= count; seed += 1) keys.push((await sandbox.addFile(fileOf(seed))).key);
	return keys;
}

function fileOf(seed: number): FileRequest {
	if (seed % REPORT_EVERY === 0 && seed % LARGE_EVERY !== 0)
		return { kind: 'cda', seed, key: `delivery/report-${seed}.xml` };
	const observations = seed % LARGE_EVERY === 0 ? LARGE : (OBSERVATIONS[seed % OBSERVATIONS.length] ?? 1);
	return { kind: 'bundle', observations, seed, key: `delivery/bundle-${seed}.json` };
}

/** Makes Roche announce each file twice, evenly over the scenario: to the inbox and to the template without one. */
export async function announceAll(
	sandbox: SandboxClient,
	keys: readonly string[],
	scenario: Scenario,
	webhookUrl: string,
): Promise<Posted[]> {
	const began = Date.now();
	const posted: Array<Promise<Posted[]>> = [];
	for (const [index, key] of keys.entries()) {
		const due = began + realMs(scenario, (scenario.hours * index) / keys.length);
		await sleep(Math.max(0, due - Date.now()));
		posted.push(
			Promise.all([announce(sandbox, key, 'inbox', webhookUrl), announce(sandbox, key, 'webhook', webhookUrl)]),
		);
	}
	return (await Promise.all(posted)).flat();
}

async function announce(sandbox: SandboxClient, key: string, way: Posted['way'], url: string): Promise<Posted> {
	const at = Date.now();
	const callbackUrl = `${url}/webhook/${way === 'inbox' ? 'roche-inbox' : 'roche-notification'}`;
	const { notification } = await sandbox.notify({ objectKey: key, callbackUrl, callbackAuth: CALLER });
	return { messageId: notification.MessageId, key, way, at };
}
