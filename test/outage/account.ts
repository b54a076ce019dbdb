import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { keyOf, parseName, STATES } from '../../nodes/shared/inbox/entry-name';
import type { SandboxClient } from '../sandbox/process';
import { WITHOUT_INBOX } from './templates';
import type { Posted } from './traffic';

/** Outcome of the messages sent to one template, according to Roche, the EMR and the inbox folder, without asking n8n. */
export interface Account {
	posted: number;
	stored: number;
	acknowledged: number;
	/** Messages whose file the EMR has, byte for byte. */
	delivered: number;
	/** Messages whose file the EMR does not have. */
	lost: number;
	/** Files that the EMR has received more than once. */
	twice: number;
}

/** @param folder - the inbox folder; undefined for the template without an inbox */
export async function drawUp(sandbox: SandboxClient, posted: readonly Posted[], folder?: string): Promise<Account> {
	const { files, messages } = await sandbox.state();
	const emr = await sandbox.emr();
	const sums = new Map(files.map(({ key, sha256 }) => [key, sha256]));
	const acknowledged = new Set(messages.filter((one) => one.acknowledged).map(({ messageId }) => messageId));
	const stored = folder === undefined ? new Set<string>() : await storedIn(folder);
	const prefix = folder === undefined ? WITHOUT_INBOX : '';
	const received = ({ key }: Posted): number =>
		emr.filter(({ name, sha256 }) => name === prefix + key && sha256 === sums.get(key)).length;
	const counts = posted.map(received);
	return {
		posted: posted.length,
		stored: posted.filter(({ messageId }) => stored.has(keyOf(messageId))).length,
		acknowledged: posted.filter(({ messageId }) => acknowledged.has(messageId)).length,
		delivered: counts.filter((count) => count > 0).length,
		lost: counts.filter((count) => count === 0).length,
		twice: counts.filter((count) => count > 1).length,
	};
}

/** Returns the keys of the messages whose file is or was in the inbox. */
async function storedIn(folder: string): Promise<Set<string>> {
	const keys = new Set<string>();
	for (const state of STATES) {
		for (const name of await readdir(join(folder, 'files', state))) keys.add(parseName(state, name)?.key ?? '');
	}
	return keys;
}

/** Returns how many files are being delivered to the EMR at this moment. */
export async function inFlight(folder: string): Promise<number> {
	return (await readdir(join(folder, 'files', 'claimed'))).length;
}

export function line(account: Account): string {
	const { posted, stored, acknowledged, delivered, lost, twice } = account;
	return [posted, stored, acknowledged, delivered, lost, twice].join(' / ');
}
