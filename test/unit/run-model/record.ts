/**
 * Records what n8n keeps of a run, for the tests beside this file: runs the workflows of `support/workflows.ts` on n8n's own engine of each
 * installed line with n8n's own nodes, and writes what the step "ACK" saw at each of its visits to `recorded/<line>/<name>.json`.
 *
 * By hand, after a change of the workflows or of the lines; `npm run test:ack` installs the lines. With names it records these alone.
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

/** @throws Error when the workflow failed, or "ACK" was never reached */
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
