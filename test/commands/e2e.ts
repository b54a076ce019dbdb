// npm run test:e2e [-- LINE...] [--tarball FILE] [--node FILE]: tests the packed package in real n8n versions, installed as users install it.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Checks } from '../e2e/checks';
import { checkLine, type LineOptions } from '../e2e/line';
import { CleanUp } from '../real-n8n/clean-up';
import { nodeBinary } from '../real-n8n/paths';
import { duration } from '../real-n8n/progress';
import { buildAndPack } from '../real-n8n/workbench';
import { runChecks } from './command';
import { chosenLines } from './lines';

const { values, positionals } = parseArgs({
	allowPositionals: true,
	// --tarball: a published version or a deliberately broken one, instead of a package built from the sources.
	// --node: a Node other than 24 to run n8n on. n8n 1.x has users on 20 and 22.
	options: { tarball: { type: 'string' }, node: { type: 'string' } },
});

/** @throws Error if the file is not a Node binary */
function nodeVersion(file: string): string {
	return execFileSync(file, ['--version'], { encoding: 'utf8' }).trim().replace('v', '');
}

/** n8n's module for evaluating expressions has no build for Node 20 and cannot be compiled for it, so the legacy engine is used. */
function settingsFor(node = nodeBinary()): NodeJS.ProcessEnv {
	return Number.parseInt(nodeVersion(node)) < 22 ? { N8N_EXPRESSION_ENGINE: 'legacy' } : {};
}

async function runLine(checks: Checks, all: CleanUp, options: LineOptions): Promise<void> {
	const { line } = options;
	console.log(`\nn8n ${line}.x on Node ${nodeVersion(options.node ?? nodeBinary())}`);
	const started = Date.now();
	checks.prefix = `n8n ${line}.x: `;
	const cleanUp = new CleanUp();
	all.add(async () => await cleanUp.run());
	try {
		await checkLine(checks, cleanUp, options);
	} catch (error) {
		checks.fail('could not be checked', error);
	} finally {
		await cleanUp.run();
	}
	console.log(`n8n ${line}.x took ${duration(Date.now() - started)}.`);
}

runChecks(async (checks, cleanUp) => {
	const lines = chosenLines(positionals);
	const folder = await mkdtemp(join(tmpdir(), 'roche-e2e-'));
	cleanUp.add(async () => await rm(folder, { recursive: true, force: true }));
	const tarball = values.tarball === undefined ? await buildAndPack(folder) : resolve(values.tarball);
	const { node } = values;
	for (const line of lines) await runLine(checks, cleanUp, { line, tarball, node, environment: settingsFor(node) });
});
