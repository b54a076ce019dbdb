import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { childEnvironment, N8N_FOLDER, nodeBinary, npmCommand } from './paths';
import { runProcess } from './processes';
import { withProgress } from './progress';

/**
 * The n8n lines on which the package is tested, newest first. The version of each is defined only by the package.json in its
 * folder, `n8n-<line>`. `TEST_N8N=2.40` selects another version of a line: that of the folder `n8n-2.40`.
 */
export const N8N_LINES = ['2', '1'] as const;

export type N8nLine = (typeof N8N_LINES)[number];

/**
 * The native modules that n8n needs to start. All other install scripts stay disabled: none is needed, and one of them
 * downloads a Kafka library.
 */
const NATIVE_MODULES: Record<N8nLine, string[]> = { '2': ['sqlite3', 'isolated-vm'], '1': ['sqlite3'] };

/** How much of npm's output is shown after a failure, in characters. */
const OUTPUT_SHOWN = 3_000;

export interface InstalledN8n {
	line: N8nLine;
	version: string;
	/** n8n's command line program, a JavaScript file. */
	program: string;
	/** The Node binary that runs it. */
	node: string;
}

/**
 * Installs n8n once into the folder `.n8n/<version>`, which git ignores. A stamp file with the lock file's hash marks a
 * complete install; without it, as after an interruption, the install starts over.
 *
 * @param node - the Node binary that will run n8n. Node 24 installs it in any case: its native modules suit all versions.
 * @throws Error with the end of npm's output and, if known, what the machine lacks
 */
export async function installN8n(line: N8nLine = '2', node = nodeBinary()): Promise<InstalledN8n> {
	const source = sourceOf(folderOf(line));
	const version = pinnedVersion(source, 'n8n');
	const folder = n8nFolder(line);
	await installOnce(`n8n ${version}`, 'about 6 minutes and 3 GB', source, folder, NATIVE_MODULES[line]);
	return { line, version, program: join(folder, 'node_modules', 'n8n', 'bin', 'n8n'), node };
}

/** Installs the npm registry Verdaccio in the same way. @returns its command line program, a JavaScript file */
export async function installRegistry(): Promise<string> {
	const source = sourceOf('registry');
	const name = `verdaccio-${pinnedVersion(source, 'verdaccio')}`;
	const folder = join(N8N_FOLDER, name);
	await installOnce(name, 'about half a minute and 58 MB', source, folder, []);
	return join(folder, 'node_modules', 'verdaccio', 'bin', 'verdaccio');
}

async function installOnce(what: string, effort: string, source: string, folder: string, natives: string[]) {
	const stampFile = join(folder, '.complete');
	const stamp = await expectedStamp(source);
	if (existsSync(stampFile) && (await readFile(stampFile, 'utf8')) === stamp) return;

	console.log(`  Installing ${what} once into .n8n/${basename(folder)}: ${effort}.`);
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	for (const name of ['package.json', 'package-lock.json']) await copyFile(join(source, name), join(folder, name));
	await downloadPackages(what, folder);
	if (natives.length > 0) await buildNativeModules(folder, natives);
	await writeFile(stampFile, stamp);
}

/** Returns the folder into which {@link installN8n} installs a line. */
export function n8nFolder(line: N8nLine): string {
	return join(N8N_FOLDER, pinnedVersion(sourceOf(folderOf(line)), 'n8n'));
}

function folderOf(line: N8nLine): string {
	const { TEST_N8N = '' } = process.env;
	return `n8n-${TEST_N8N.startsWith(`${line}.`) ? TEST_N8N : line}`;
}

function sourceOf(what: string): string {
	return join(__dirname, what);
}

function pinnedVersion(source: string, name: string): string {
	const manifest: unknown = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
	return (manifest as { dependencies: Record<string, string> }).dependencies[name] ?? '';
}

/** Returns the stamp of a complete install. It differs by lock file, platform and processor, each of which needs its own install. */
async function expectedStamp(source: string): Promise<string> {
	const lock = await readFile(join(source, 'package-lock.json'));
	return `${createHash('sha256').update(lock).digest('hex')} ${process.platform} ${process.arch}\n`;
}

async function downloadPackages(what: string, folder: string): Promise<void> {
	const modules = join(folder, 'node_modules');
	const expected = topLevelPackages(folder);
	const detail = (): string => `${countPackages(modules)} of ${expected} packages`;
	const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
	const { code, output } = await withProgress(`Downloading ${what}`, async () => await npm(folder, args), detail);
	if (code !== 0) throw new Error(`${what} could not be downloaded. Output of npm:\n${output.slice(-OUTPUT_SHOWN)}`);
}

async function buildNativeModules(folder: string, names: string[]): Promise<void> {
	const args = ['rebuild', ...names, '--ignore-scripts=false', '--foreground-scripts', '--loglevel=error'];
	const what = `Preparing ${names.join(' and ')} (compiled if the prebuilt files cannot be downloaded)`;
	const { code, output } = await withProgress(what, async () => await npm(folder, args));
	if (code === 0) return;
	throw new Error(
		`n8n's native modules (${names.join(', ')}) could not be prepared. If their prebuilt files cannot be downloaded, ` +
			'they are compiled, which requires Python 3, make and a C++ compiler (Debian, Ubuntu: apt-get install ' +
			`python3 make g++). Install these, then run the command again. Output of npm:\n${output.slice(-OUTPUT_SHOWN)}`,
	);
}

async function npm(cwd: string, args: string[]): Promise<{ code: number | null; output: string }> {
	const [file, first] = npmCommand();
	return await runProcess(file, [...first, ...args], { cwd, env: childEnvironment() });
}

/** Returns how many packages the lock file puts at the top level of node_modules. */
function topLevelPackages(folder: string): number {
	const lock: unknown = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
	const names = Object.keys((lock as { packages: Record<string, unknown> }).packages);
	return names.filter((name) => name.lastIndexOf('node_modules/') === 0).length;
}

/** Counts the packages that are complete: npm creates all folders at once and fills them one after the other. */
function countPackages(modules: string): number {
	if (!existsSync(modules)) return 0;
	const names = readdirSync(modules).filter((name) => !name.startsWith('.'));
	const packages = names.flatMap((name) =>
		name.startsWith('@') ? readdirSync(join(modules, name)).map((second) => join(name, second)) : [name],
	);
	return packages.filter((name) => existsSync(join(modules, name, 'package.json'))).length;
}
