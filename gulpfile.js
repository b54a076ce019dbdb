// Builds dist/: compiles TypeScript, bundles third-party code into the files that load it, copies other files unchanged, and last writes
// what n8n reads at its start.
const { execFile, spawn } = require('node:child_process');
const { readdir, readFile, rm, writeFile } = require('node:fs/promises');
const { join } = require('node:path');
const { promisify } = require('node:util');
const esbuild = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

const VENDOR = 'nodes/shared/wire/vendor';
const NOTICES = 'dist/THIRD-PARTY-NOTICES.txt';
const LICENCE_FILE = /^(licen[cs]e|notice)/i;

async function clean() {
	await rm('dist', { recursive: true, force: true });
}

/** Runs a program of a development package. */
function run(program, args, failure) {
	return new Promise((resolve, reject) => {
		spawn(process.execPath, [join('node_modules', program), ...args], { stdio: 'inherit' }).on('close', (code) =>
			code === 0 ? resolve() : reject(new Error(failure)),
		);
	});
}

async function compile() {
	await run('typescript/bin/tsc', ['-p', 'tsconfig.json'], 'TypeScript found errors');
}

/** One copy of undici for all bundles: its dispatchers must be of the same class everywhere. */
const oneUndici = {
	name: 'one-undici',
	setup({ onResolve, initialOptions }) {
		if (initialOptions.entryPoints.includes(`${VENDOR}/undici.ts`)) return;
		onResolve({ filter: /^undici$/ }, () => ({ path: './undici.js', external: true }));
	},
};

/** Bundles the libraries behind one file of the vendor folder: hospitals' n8n servers often cannot reach a registry to install from. */
async function bundleOne(name) {
	const { metafile } = await esbuild.build({
		entryPoints: [`${VENDOR}/${name}.ts`],
		outfile: `dist/${VENDOR}/${name}.js`,
		bundle: true,
		minify: true,
		platform: 'node',
		target: 'node20.19',
		format: 'cjs',
		legalComments: 'none',
		metafile: true,
		plugins: [oneUndici],
		logLevel: 'warning',
	});
	return Object.keys(metafile.inputs);
}

/**
 * Returns the licences of the third-party code that is bundled: most of them must be shipped with it.
 * @param {string[]} inputs paths of bundled files, as in esbuild's metafile
 * @returns {Promise<string>} name, version and licence text of each package
 * @throws if a bundled package names no licence
 */
async function noticesOf(inputs) {
	const folders = new Set(inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
	const notices = await Promise.all([...folders].sort().map(noticeOf));
	return `This package holds code of these packages, under their licences.\n\n${notices.join('\n')}`;
}

async function noticeOf(folder) {
	const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
	if (!license) throw new Error(`${name} is bundled and names no licence`);
	const files = (await readdir(folder)).filter((file) => LICENCE_FILE.test(file));
	const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
	return [`${'-'.repeat(80)}\n${name} ${version} (${license})\n`, ...texts].join('\n');
}

async function bundle() {
	const inputs = await Promise.all(['undici', 'aws-s3', 'p-retry', 'p-limit', 'streamparser'].map(bundleOne));
	await writeFile(NOTICES, await noticesOf(inputs.flat()));
}

function copyIcons() {
	return src('nodes/icons/*.svg', { encoding: false }).pipe(dest('dist/nodes/icons'));
}

/** Copies what describes the nodes beside their code: codex files and the schemas of their outputs. */
function copyDescriptions() {
	return src('nodes/**/*.json').pipe(dest('dist/nodes'));
}

/**
 * Writes dist/known and dist/types, from which n8n lists the nodes at its start without loading them. n8n-core's own program loads the
 * built package as n8n does, icons and codex included, so this step is the last.
 */
async function describe() {
	await run('n8n-core/bin/generate-metadata', [], 'n8n-core could not load what was built');
	// This folder lists which options a node loads from where: read by checks of n8n's own packages, never by n8n.
	await rm('dist/methods', { recursive: true });
}

/** Packs the tarball that is published, and prints the setting by which n8n loads it as an unverified package, with its SHA-512. */
async function pack() {
	const { stdout } = await promisify(execFile)('npm', ['pack', '--json'], { shell: process.platform === 'win32' });
	const [{ name, version, filename, integrity }] = JSON.parse(stdout);
	console.log(`${filename}\nN8N_COMMUNITY_PACKAGES='${JSON.stringify([{ name, version, checksum: integrity }])}'`);
}

const build = series(clean, compile, parallel(bundle, copyIcons, copyDescriptions), describe);

exports.default = build;
exports.pack = series(build, pack);
