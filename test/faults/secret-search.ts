import assert from 'node:assert/strict';
import type { EngineRun } from '../engine/engine-run';
import { formsOf, privateKeySecrets, type Secret } from '../real-n8n/secret-forms';
import type { Stage } from './matrix';

/** Looks for secrets and content of files in what n8n keeps, shows and logs of each run, and counts. */
export class SecretSearch {
	/** Ways to an end that were gone. */
	paths = 0;

	bytes = 0;

	/** What was found where. */
	readonly found: string[] = [];

	/** @param marker - in every file */
	constructor(private readonly marker: string) {}

	/**
	 * Looks through one run: its data as n8n writes them to its database (items, errors, hints), its log and its output.
	 *
	 * @throws AssertionError when something is found
	 */
	async look(path: string, stage: Stage, run: EngineRun): Promise<void> {
		// The input is what the test put in: a message's receipt handle, a URL with its signature.
		const kept = this.withoutInput(run.persisted, stage);
		const text = kept + run.log;
		const secrets = await secretsOf(stage, this.marker);
		const inLog: Secret = { name: 'receipt handle in the log', value: stage.item.MessageReceiptHandle as string };
		const found = [
			...secrets.filter(({ value }) => formsOf(value).some((form) => text.includes(form))),
			...[inLog].filter(({ value }) => run.log.includes(value)),
		].map(({ name }) => `${path}: ${name}`);
		this.paths += 1;
		this.bytes += text.length;
		this.found.push(...found);
		assert.deepEqual(found, [], 'What must not be there was found');
	}

	/** n8n keeps the input of a workflow as the output of its first node. */
	private withoutInput(persisted: string, { item }: Stage): string {
		const { presignedUrl } = (item.MessageReference ?? {}) as { presignedUrl?: string };
		return presignedUrl === undefined ? persisted : persisted.replace(JSON.stringify(presignedUrl), '""');
	}
}

async function secretsOf({ rig, credential, item }: Stage, marker: string): Promise<Secret[]> {
	const { controlUrl } = rig.sandbox.info;
	const issued = (await (await fetch(`${controlUrl}/tokens`)).json()) as Array<Record<string, string>>;
	const tokens = issued.slice(-4).flatMap(({ SecretAccessKey = '', SessionToken = '' }) => [
		{ name: 'AWS secret access key', value: SecretAccessKey },
		{ name: 'AWS session token', value: SessionToken },
	]);
	const { presignedUrl } = (item.MessageReference ?? {}) as { presignedUrl?: string };
	const signature = presignedUrl === undefined ? null : new URL(presignedUrl).searchParams.get('X-Amz-Signature');
	return [
		{ name: 'client secret', value: credential.clientSecret as string },
		...privateKeySecrets('private key', credential.privateKey as string),
		...tokens,
		...(signature ? [{ name: 'signature', value: signature }] : []),
		{ name: 'content of the file', value: marker },
	].filter(({ value }) => value !== '');
}
