import assert from 'node:assert/strict';
import type { IDataObject } from 'n8n-workflow';
import type { EngineRun } from '../engine/engine-run';
import { chain, type RocheNode } from '../engine/roche';
import type { SandboxFile, SandboxMessage } from '../sandbox/types';
import { CANCELLED, type Column, type Outcome, RECOVERED, type Row, type Stage } from './matrix';
import type { Rig } from './rig';
import type { SecretSearch } from './secret-search';

/** One attempt that meets the fault, and one retry. */
const MAX_ATTEMPTS = 2;

/** Timeout of an attempt, in ms. Long enough that on two busy cores only an attempt without an answer reaches it. */
const TIMEOUT = 1500;

const NODES: Record<Column, RocheNode> = {
	token: 'rocheGetToken',
	file: 'rocheS3Fetch',
	URL: 'rocheS3Fetch',
	ACK: 'rocheNotificationAck',
};

const TARGETS = { token: 'token', file: 's3', URL: 's3', ACK: 'ack' } as const;

/** Part of every file, to detect file content in the wrong places. */
export const MARKER = 'Erika-Mustermann-0815';

let files = 0;

/** Creates a file that contains the marker, and the item of a message about it. */
export async function makeMarkedFile(rig: Rig, presigned = false): Promise<{ file: SandboxFile; item: IDataObject }> {
	files += 1;
	const file = await rig.sandbox.addFile({
		kind: 'content',
		key: `delivery/faults/${files}.json`,
		base64: Buffer.from(`{"patient":"${MARKER}","padding":"${'x'.repeat(300_000)}"`).toString('base64'),
		contentType: 'application/json',
	});
	const { notification, operationId } = await rig.sandbox.notify({ objectKey: file.key, presigned });
	const { MessageReference } = notification;
	return { file, item: { ...notification, MessageReference: { ...MessageReference }, operationId } };
}

/** Creates the input of the node: an existing file, an open message, a valid token. */
async function makeStage(rig: Rig, column: Column): Promise<Omit<Stage, 'cancel' | 'afterwards'>> {
	const credential = rig.freshCredential();
	const presigned = column === 'URL';
	const { file, item } = await makeMarkedFile(rig, presigned);
	if (presigned) {
		// Without access point and key, which would be used if the URL has expired.
		const { presignedUrl } = item.MessageReference as IDataObject;
		item.MessageReference = { presignedUrl };
	}
	const token = column === 'file' ? await rig.token(credential) : {};
	return {
		rig,
		column,
		target: TARGETS[column],
		side: column === 'file' || column === 'URL' ? 's3' : 'api',
		file,
		item: { ...item, ...token },
		more: [],
		credential,
		options: { maxAttempts: MAX_ATTEMPTS, timeout: TIMEOUT },
	};
}

/** Runs one cell of the matrix: the node with the fault. @throws AssertionError if something is not as expected */
export async function runCell(rig: Rig, row: Row, column: Column, search: SecretSearch): Promise<Outcome> {
	await rig.reset();
	const made = await makeStage(rig, column);
	const stored = await rig.engine.storedFiles();
	const controller = new AbortController();
	const undo: Array<() => Promise<void>> = [];
	const stage: Stage = { ...made, cancel: () => controller.abort(), afterwards: (work) => undo.push(work) };
	try {
		await row.cause(stage);
		const type = NODES[column];
		const { item, more, credential, options } = stage;
		const run = await rig.engine.runWorkflow({
			workflow: chain([item, ...more], [{ type, parameters: { options } }]),
			credentials: { rochePartnersServicesApi: credential as never },
			binaryMode: 'filesystem',
			signal: controller.signal,
		});
		const outcome = outcomeOf(run);
		assert.doesNotMatch(run.log, /Warning: |[Uu]nhandled/, 'n8n has printed a warning of Node');
		await search.look(`${row.fault}, ${column}`, stage, run);
		await checkEffects(stage, row, run, outcome, stored.length);
		assert.ok([row.expected[column] ?? []].flat().includes(outcome), `The outcome was: ${outcome}`);
		return outcome;
	} finally {
		for (const work of undo) await work();
	}
}

/** Returns the message with the called host's name replaced. */
function outcomeOf(run: EngineRun): Outcome {
	if (run.status === 'success') return RECOVERED;
	if (run.status === 'canceled') return CANCELLED;
	const message = run.error?.message ?? 'no message';
	const dated = message.replaceAll(/\d{4}-\d\d-\d\d/g, 'DATE');
	return dated.replaceAll(/[\w.-]+\.(amazonaws\.com|rochedcplatform-sandbox\.com|invalid)|127\.0\.0\.1:\d+/g, 'HOST');
}

/** Asserts that a file is complete or absent, and that Roche has an ACK only if it should. */
async function checkEffects(stage: Stage, row: Row, run: EngineRun, outcome: Outcome, stored: number): Promise<void> {
	const { rig, column, file, item } = stage;
	const recovered = outcome === RECOVERED;
	if (outcome === CANCELLED)
		assert.ok(run.took < Number(stage.options.timeout), 'A timeout ended the run, not the stop button');
	if (column === 'ACK') {
		const { messages } = await rig.sandbox.state();
		const message = messages.find(({ messageId }: SandboxMessage) => messageId === item.MessageId);
		assert.equal(message?.acknowledged, recovered || row.reachesRoche === true, 'Whether Roche received the ACK');
		return;
	}
	const [out] = run.items(NODES[column]);
	if (column === 'token') {
		assert.equal(out?.json.awsCredentials !== undefined, recovered);
		return;
	}
	const files = await rig.engine.storedFiles();
	assert.equal(files.length > stored, recovered, 'Files of a failed download are left');
	if (!recovered) return;
	const { files: inS3 } = await rig.sandbox.state();
	const { size, sha256 } = inS3.find(({ key }) => key === file.key) ?? file;
	assert.deepEqual([(out?.json.file as IDataObject).size, (out?.json.file as IDataObject).sha256], [size, sha256]);
	assert.equal((await rig.engine.readBinary(out?.binary?.data)).length, size);
}
