import assert from 'node:assert/strict';
import type { EngineRun } from '../engine/engine-run';
import { formsOf, privateKeySecrets, type Secret } from '../real-n8n/secret-forms';
import { fetch } from '../sandbox/fetch';
import type { Stage } from './matrix';

/** A run, whose secrets are searched for. */
export type Subject = Pick<Stage, 'rig' | 'credential' | 'item'> & { secrets?: Secret[] };

/** Searches the data that n8n stores, shows and logs of each run for secrets and file content, and counts. */
export class SecretSearch {
	/** Number of searched runs and texts. */
	paths = 0;

	bytes = 0;

	/** The findings and where they were. */
	readonly found: string[] = [];

	/** @param marker - contained in every file */
	constructor(private readonly marker: string) {}

	/**
	 * Searches one run: its data as n8n writes them to its database (items, errors, hints), its log and its output.
	 *
	 * @throws AssertionError if a secret is found
	 */
	async look(path: string, subject: Subject, run: EngineRun): Promise<void> {
		const handle = subject.item.MessageReceiptHandle;
		// n8n stores the input of a workflow: it contains the message's receipt handle. No log may contain it.
		const inLog = typeof handle === 'string' && handle.trim() !== '' && run.log.includes(handle);
		const found = inLog ? ['receipt handle in the log'] : [];
		await this.lookInText(path, subject, withoutInput(run.persisted, subject) + run.log, found);
	}

	/** Searches any text. @throws AssertionError if a secret is found */
	async lookInText(path: string, subject: Subject, text: string, alreadyFound: string[] = []): Promise<void> {
		const secrets = await secretsOf(subject, this.marker);
		const names = secrets
			.filter(({ value }) => formsOf(value).some((form) => text.includes(form)))
			.map(({ name }) => name);
		const found = [...alreadyFound, ...names].map((name) => `${path}: ${name}`);
		this.paths += 1;
		this.bytes += text.length;
		this.found.push(...found);
		assert.deepEqual(found, [], 'A secret or file content was found');
	}
}

/** Removes the test's input, such as a URL with its signature: n8n stores it as the output of the first node. */
function withoutInput(persisted: string, { item }: Subject): string {
	return urlsIn(item).reduce((text, url) => text.replace(JSON.stringify(url), '""'), persisted);
}

function urlsIn(value: unknown): string[] {
	if (typeof value === 'string') return /^https?:/.test(value) ? [value] : [];
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(urlsIn) : [];
}

async function secretsOf({ rig, credential, item, secrets = [] }: Subject, marker: string): Promise<Secret[]> {
	const { controlUrl } = rig.sandbox.info;
	const issued = (await (await fetch(`${controlUrl}/tokens`)).json()) as Array<Record<string, string>>;
	const tokens = issued.slice(-4).flatMap(({ SecretAccessKey = '', SessionToken = '' }) => [
		{ name: 'AWS secret access key', value: SecretAccessKey },
		{ name: 'AWS session token', value: SessionToken },
	]);
	const { presignedUrl } = (item.MessageReference ?? {}) as { presignedUrl?: string };
	const signature = presignedUrl === undefined ? null : new URL(presignedUrl).searchParams.get('X-Amz-Signature');
	return [
		...secrets,
		{ name: 'client secret', value: credential.clientSecret as string },
		...privateKeySecrets('private key', credential.privateKey as string),
		...tokens,
		...(signature ? [{ name: 'signature', value: signature }] : []),
		{ name: 'content of the file', value: marker },
	].filter(({ value }) => value !== '');
}
