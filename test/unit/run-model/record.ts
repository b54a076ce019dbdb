/**
 * Records n8n's data of runs, for the tests beside this file: runs the workflows of `support/workflows.ts` on the engine of each
 * installed n8n line with n8n's own nodes, and writes the data that the step "ACK" saw in each of its runs to
 * `recorded/<line>/<name>.json`.
 *
 * Run it by hand after a change of the workflows or of the lines; `npm run test:ack` installs the lines. With names it records only these.
 *
 *     npx tsx test/unit/run-model/record.ts [NAME...]
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { Engine } from '../../engine/harness';
import { chain } from '../../engine/roche';
import { N8N_LINES, n8nFolder, type N8nLine } from '../../real-n8n/install';
import { notification } from './support/notification';
import { RECORDED } from './support/recorded';
import type { Snapshot } from './support/snapshot';
import { type Recorded, WORKFLOWS } from './support/workflows';

const FIXTURE = join(__dirname, '..', '..', 'engine', 'fixture-package');

/** @throws Error if the workflow failed, or "ACK" did not run */
async function record(
	engine: Engine,
	{ steps, items = [1, 2].map(notification), settings, destinationNode }: Recorded,
): Promise<Snapshot[]> {
	const workflow = { ...chain(items, steps), settings };
	const run = await engine.runWorkflow({ workflow, destinationNode });
	if (run.error) throw new Error(run.error.message);
	const visits = run.tasks('ACK').flatMap(({ data }) => data?.main?.[0]?.slice(0, 1) ?? []);
	if (visits.length === 0) throw new Error('"ACK" was not reached');
	return visits.map(({ json }) => json.snapshot as unknown as Snapshot);
}

async function recordLine(line: N8nLine, names: string[]): Promise<void> {
	const folder = join(RECORDED, line);
	if (names.length === 0) await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	const engine = await Engine.start({ n8n: n8nFolder(line), packageDirectory: FIXTURE });
	try {
		for (const [name, workflow] of Object.entries(WORKFLOWS)) {
			if (names.length > 0 && !names.includes(name)) continue;
			try {
				const file = join(folder, `${name}.json`);
				const options = await resolveConfig(file);
				const text = JSON.stringify(await record(engine, workflow));
				await writeFile(file, await format(text, { ...options, parser: 'json' }));
			} catch (error) {
				throw new Error(`${name} could not be recorded on n8n ${line}.x`, { cause: error });
			}
		}
	} finally {
		await engine.stop();
	}
}

async function main(): Promise<void> {
	for (const line of N8N_LINES) await recordLine(line, process.argv.slice(2));
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
