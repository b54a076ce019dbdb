/**
 * The process in which n8n-core runs during the engine tests. It is a separate process because of jest's sandbox: in it
 * `error instanceof Error` is false for Node's own errors (so n8n would persist other fields), `import()` fails, and
 * NODE_EXTRA_CA_CERTS, HTTPS_PROXY and HOME could not be set for one test file.
 */
import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import { rmSync } from 'node:fs';
import Module from 'node:module';
import { setDefaultAutoSelectFamily } from 'node:net';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import type { EngineSetup, Envelope, QuestionKind, Questions, Reply } from '../protocol';
import { SETUP_VARIABLE } from '../protocol';
import { Execution, testCredential } from './execution';
import { LoadedPackage } from './loaded-package';
import { LogCapture } from './log-capture';
import { resources } from './resources';
import { BinaryModeSwitch, startServices, storedFiles } from './services';

type Answers = { [Kind in QuestionKind]: (body: Questions[Kind]['question']) => Promise<Questions[Kind]['answer']> };

/** Applies the settings that n8n's own start script makes for its process before anything else. */
function behaveLikeN8n(): void {
	inspect.defaultOptions.customInspect = false;
	// As in n8n: without Happy Eyeballs "localhost" may mean only ::1.
	setDefaultAutoSelectFamily(false);
	// This lets packages installed elsewhere find n8n's own n8n-workflow.
	process.env.NODE_PATH = join(dirname(require.resolve('n8n-core/package.json')), '..');
	(Module as unknown as { _initPaths: () => void })._initPaths();
}

function answersWith(loaded: LoadedPackage, log: LogCapture): Answers {
	const executions = new Map<string, Execution>();
	const binaryMode = new BinaryModeSwitch();
	return {
		async run({ runId, ...request }) {
			const mark = log.mark();
			const execution = new Execution(loaded, request);
			executions.set(runId, execution);
			try {
				const result = await binaryMode.during(request.binaryMode ?? 'filesystem', async () => await execution.run());
				return { ...result, log: log.since(mark) };
			} finally {
				executions.delete(runId);
			}
		},
		async cancel({ runId }) {
			executions.get(runId)?.cancel();
			return await Promise.resolve(null);
		},
		async testCredential({ type, data }) {
			const mark = log.mark();
			const result = await testCredential(loaded, type, data);
			return { ...result, log: log.since(mark) };
		},
		readBinary: async (binary) => await Container.get(BinaryDataService).getAsBuffer(binary),
		storedFiles: async () => await storedFiles(),
		resources: async (question) => await Promise.resolve(resources(question)),
		nodeTypes: async () => await Promise.resolve(loaded.nodeTypeNames()),
		stop: async () => await Promise.resolve(null),
	};
}

function send(reply: Reply): void {
	process.send?.(reply);
}

async function start(): Promise<void> {
	const setup = JSON.parse(process.env[SETUP_VARIABLE] ?? '') as EngineSetup;
	const log = new LogCapture();
	// The folder is deleted with this process, however the tests end.
	process.on('exit', () => rmSync(String(process.env.N8N_USER_FOLDER), { recursive: true, force: true }));
	process.on('disconnect', () => process.exit(0));
	behaveLikeN8n();
	await startServices();
	const answers = answersWith(await LoadedPackage.load(setup), log);
	process.on('message', ({ id, kind, body }: Envelope) => {
		// The envelope pairs kind and body, but the compiler cannot follow this through a table by kind.
		const answer = answers[kind] as (question: unknown) => Promise<Questions[QuestionKind]['answer']>;
		answer(body).then(
			(result) => {
				send({ kind: 'answer', id, body: result });
				if (kind === 'stop') process.disconnect();
			},
			(error: unknown) =>
				send({ kind: 'failure', id, message: error instanceof Error ? error.message : String(error) }),
		);
	});
	send({ kind: 'ready' });
}

start().catch((error: unknown) => {
	send({ kind: 'failure', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
	process.exitCode = 1;
	process.disconnect();
});
