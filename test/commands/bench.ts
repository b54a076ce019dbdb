// npm run bench [-- CHAPTER...] [--rounds N] [--messages N] [--plots]: compares the speed of the package with n8n's own nodes and a plain script.
// --plots redraws the charts of docs/performance.md.
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { batch } from '../bench/batch';
import { everyday } from '../bench/everyday';
import { type Chapter, printChapter } from '../bench/figures';
import { fhir } from '../bench/fhir';
import { files } from '../bench/files';
import { growth } from '../bench/growth';
import { loader } from '../bench/loader';
import { plotsOf } from '../bench/plots';
import { queue } from '../bench/queue';
import { settings } from '../bench/settings';
import { type CleanUp, withCleanUp } from '../real-n8n/clean-up';
import { THROUGHPUT } from '../real-n8n/environment';
import { ROOT } from '../real-n8n/paths';
import { setUpWorkbench, type Workbench } from '../real-n8n/workbench';

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		rounds: { type: 'string', default: '3' },
		messages: { type: 'string', default: '200' },
		plots: { type: 'boolean', default: false },
	},
});

/** On a machine with much memory V8 collects garbage late, and the garbage would count as memory in use. In MB. */
const COLLECTING = { NODE_OPTIONS: '--max-old-space-size=448' };

const NAMES = ['everyday', 'lazy', 'batch', 'files', 'loader', 'growth', 'fhir', 'queue', 'settings'] as const;
type Name = (typeof NAMES)[number];

async function main(): Promise<void> {
	const [rounds, messages] = [Number(values.rounds), Number(values.messages)];
	const unknown = positionals.filter((name) => !NAMES.some((known) => known === name));
	if (unknown.length > 0) throw new Error(`Unknown chapter ${unknown.join(', ')}; available: ${NAMES.join(', ')}.`);
	const chosen = new Set<string>(positionals.length > 0 ? positionals : NAMES);
	const chapters: Chapter[] = [];
	const take = (...made: Chapter[]): void => {
		chapters.push(...made);
		made.forEach(printChapter);
	};
	const versions = new Set<string>();
	const inN8n = async (
		names: readonly Name[],
		environment: NodeJS.ProcessEnv,
		work: (bench: Workbench, name: Name, cleanUp: CleanUp) => Promise<Chapter[]>,
	): Promise<void> => {
		const wanted = names.filter((name) => chosen.has(name));
		if (wanted.length === 0) return;
		await withCleanUp(async (cleanUp: CleanUp) => {
			const bench = await setUpWorkbench(cleanUp, { environment });
			versions.add(bench.version);
			for (const name of wanted) take(...(await work(bench, name, cleanUp)));
		});
	};
	if (chosen.has('loader')) take(await loader(rounds * 3));
	await inN8n(['everyday', 'batch', 'files', 'growth'], {}, async (bench, name) => {
		if (name === 'everyday') return [await everyday(bench, { rounds, messages, lazy: false })];
		if (name === 'batch') return await batch(bench, { rounds, messages });
		return [name === 'files' ? await files(bench, rounds) : await growth(bench, 1)];
	});
	await inN8n(['lazy'], THROUGHPUT, async (bench) => [await everyday(bench, { rounds, messages, lazy: true })]);
	await inN8n(['fhir'], COLLECTING, async (bench, _name, cleanUp) => [await fhir(cleanUp, bench, rounds)]);
	if (chosen.has('queue')) {
		await withCleanUp(async (cleanUp: CleanUp) => {
			const { n8n, ...chapter } = await queue(cleanUp, { rounds, messages });
			versions.add(n8n);
			take(chapter);
		});
	}
	if (chosen.has('settings')) {
		const { n8n, ...chapter } = await settings({ rounds, messages });
		versions.add(n8n);
		take(chapter);
	}
	await save(chapters, [...versions]);
}

/** Prints the machine and the versions, and writes all figures to a folder that git ignores. */
async function save(chapters: Chapter[], n8n: string[]): Promise<void> {
	const [processor] = cpus();
	const machine = {
		date: new Date().toISOString(),
		processors: `${cpus().length} x ${processor?.model.trim() ?? 'unknown'}`,
		memory: `${Math.round(totalmem() / 1024 ** 3)} GB`,
		node: process.versions.node,
		n8n,
	};
	console.log(`\n${Object.entries(machine).flat().join(' ')}`);
	const folder = join(ROOT, '.bench');
	await mkdir(folder, { recursive: true });
	const file = join(folder, `${machine.date.replaceAll(':', '-')}.json`);
	await writeFile(file, JSON.stringify({ machine, chapters }, null, '\t'));
	for (const [name, svg] of values.plots ? plotsOf(chapters) : [])
		await writeFile(join(ROOT, 'docs', 'plots', name), svg);
	const missed = chapters.flatMap(({ figures }) => figures.filter(({ met }) => met === false));
	console.log(`Goals missed: ${missed.length}. All figures: .bench/${file.slice(folder.length + 1)}`);
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	},
);
