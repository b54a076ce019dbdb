// npm run editor: a real n8n with the package, the sandbox, the credentials and both templates, for use in a browser.
import { readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type CleanUp, withCleanUp } from '../real-n8n/clean-up';
import { CALLER, fillInTemplates, withNotification } from '../real-n8n/demo/workflows';
import { THROUGHPUT } from '../real-n8n/environment';
import { withProgress } from '../real-n8n/progress';
import { OWNER } from '../real-n8n/rest-client';
import { setUpWorkbench, type Workbench } from '../real-n8n/workbench';

const HELP = `Runs n8n with the package, the sandbox, the credentials and both templates until you press Ctrl-C.

npm run editor -- [options]
  --port N   n8n's port (default 5678)
`;

const DEFAULT_PORT = 5678;

/** From a posted notification to its ACK, in ms. About one second was measured. */
const ACKNOWLEDGE_TIMEOUT = 30_000;

/** How often to check whether a message is acknowledged, in ms. */
const POLL_INTERVAL = 250;

/** How often to check that n8n is still running, in ms. */
const WATCH_INTERVAL = 5_000;

/** How much of n8n's log is shown if it stops unexpectedly, in characters. */
const LOG_SHOWN = 2_000;

/** The loaded workflows and where to find them. */
interface Loaded {
	url: string;
	byHand: { id: string; name: string };
	webhook: { id: string; name: string };
	callbackUrl: string;
}

function portFrom(value: string | undefined): number {
	const port = Number(value ?? DEFAULT_PORT);
	if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
	throw new Error(`--port must be a number from 1 to 65535, not "${String(value)}".`);
}

/** Fails early: n8n would notice only after the package has been built and installed. */
async function assertFree(port: number): Promise<void> {
	// n8n listens on one of these addresses only. A program on the other one could receive the browser's requests to "localhost".
	for (const host of ['127.0.0.1', '::1']) {
		if (!(await somebodyListens(port, host))) continue;
		throw new Error(
			`Port ${port} is in use by another program, perhaps another n8n. Stop it, or choose another port:\n` +
				`  npm run editor -- --port ${port + 1}`,
		);
	}
}

async function somebodyListens(port: number, host: string): Promise<boolean> {
	return await new Promise((resolve) => {
		const socket = createConnection({ port, host });
		const settle = (answer: boolean) => {
			socket.destroy();
			resolve(answer);
		};
		socket.once('connect', () => settle(true)).once('error', () => settle(false));
	});
}

async function load(bench: Workbench, port: number): Promise<Loaded> {
	const { rest, sandbox } = bench;
	// Users may run the same notification twice. Roche's guide does not document the answer to a second ACK; here it succeeds.
	await sandbox.settings({ staleHandle: 'ignore' });
	const templates = await fillInTemplates(bench);
	const { key } = await sandbox.addFile({ kind: 'bundle', observations: 500 });
	const { notification, operationId } = await sandbox.notify({ objectKey: key });
	const byHand = await rest.createWorkflow(withNotification(templates.byHand, { ...notification, operationId }));
	const webhook = await rest.createWorkflow(templates.webhook);
	await rest.publish(webhook.id);
	const url = `http://localhost:${port}`;
	return {
		url,
		byHand: { id: byHand.id, name: templates.byHand.name },
		webhook: { id: webhook.id, name: templates.webhook.name },
		callbackUrl: `http://127.0.0.1:${port}/webhook/roche-notification`,
	};
}

function printGuide({ url, byHand, webhook, callbackUrl }: Loaded, { sandbox, n8n }: Workbench, key: string): void {
	const body = JSON.stringify({ objectKey: key, callbackUrl, callbackAuth: CALLER });
	console.log(`
n8n is ready: ${url}
  Email     ${OWNER.email}
  Password  ${OWNER.password}

1. Run a template by hand
   Open ${url}/workflow/${byHand.id} and log in. The workflow "${byHand.name}"
   already contains a notification. Press "Execute workflow": every node turns green.
   Double-click a node to see its output. The file is in "Roche S3 Fetch", under "Binary".

2. Send a notification from Roche's stand-in
   Press Enter in this window. The notification goes to the second workflow, which is active:
   "${webhook.name}".
   Its executions: ${url}/workflow/${webhook.id}/executions
   To announce the file of step 1 from another window:
   curl ${sandbox.info.controlUrl}/notifications -H 'content-type: application/json' -d '${body}'

3. Look at the credential: ${url}/home/credentials
   n8n tests it when you open it. Its keys were created for this run and work only here.

Requests that Roche's stand-in received: ${sandbox.info.controlUrl}/requests
n8n's log: ${n8n.logFile}

Ctrl-C stops everything and deletes the temporary files.
`);
}

/** Posts a notification of a new file, as Roche does, and prints the outcome. */
async function announce({ sandbox }: Workbench, { callbackUrl }: Loaded, number: number): Promise<void> {
	const key = `delivery/clinical-data/announced-${number}.json`;
	const file = await sandbox.addFile({ kind: 'bundle', observations: 500, key, seed: number });
	const { notification, callbackStatus, callbackError } = await sandbox.notify({
		objectKey: key,
		callbackUrl,
		callbackAuth: CALLER,
	});
	console.log(
		`Posted a notification for ${key} (${file.size} bytes): ${callbackStatus ?? callbackError ?? 'no answer'}`,
	);
	if (callbackStatus !== 200) return;
	const deadline = Date.now() + ACKNOWLEDGE_TIMEOUT;
	while (Date.now() < deadline) {
		const { messages } = await sandbox.state();
		if (messages.some(({ messageId, acknowledged }) => messageId === notification.MessageId && acknowledged)) {
			const received = (await sandbox.emr()).find(({ name }) => name === key);
			const intact = received?.sha256 === file.sha256 ? 'unchanged' : 'NOT identical to the file in S3';
			console.log(`  The EMR received ${received?.size ?? 0} bytes, ${intact}. The message is acknowledged.`);
			return;
		}
		await sleep(POLL_INTERVAL);
	}
	console.log('  Not acknowledged. See the executions of the workflow.');
}

/** Posts a notification of a new file each time Enter is pressed in the terminal. */
function announceOnEnter(bench: Workbench, loaded: Loaded): void {
	let number = 0;
	process.stdin.setEncoding('utf8').on('data', (typed: string) => {
		for (const _line of typed.matchAll(/\n/g)) {
			number += 1;
			announce(bench, loaded, number).catch((error: unknown) => {
				console.error(`The notification could not be posted: ${messageOf(error)}`);
			});
		}
	});
}

/** @throws Error with the end of n8n's log, as soon as n8n no longer runs */
async function untilGone({ n8n }: Workbench): Promise<never> {
	for (;;) {
		await sleep(WATCH_INTERVAL);
		const { port, hostname } = new URL(n8n.url);
		if (await somebodyListens(Number(port), hostname)) continue;
		const log = await readFile(n8n.logFile, 'utf8');
		throw new Error(`n8n has stopped unexpectedly. The end of its log:\n${log.slice(-LOG_SHOWN)}`);
	}
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

async function editor(cleanUp: CleanUp, port: number): Promise<void> {
	console.log('\nSetting up');
	const bench = await setUpWorkbench(cleanUp, { port, environment: THROUGHPUT });
	const loaded = await withProgress('Loading the credential and the templates', async () => await load(bench, port));
	const [file] = (await bench.sandbox.state()).files;
	printGuide(loaded, bench, file?.key ?? '');
	announceOnEnter(bench, loaded);
	await untilGone(bench);
}

async function main(): Promise<void> {
	const { values } = parseArgs({ options: { port: { type: 'string' }, help: { type: 'boolean', default: false } } });
	if (values.help) {
		console.log(HELP);
		return;
	}
	const port = portFrom(values.port);
	await assertFree(port);
	await withCleanUp(async (cleanUp) => {
		await editor(cleanUp, port);
	});
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(`\n${messageOf(error)}`);
		process.exit(1);
	},
);
