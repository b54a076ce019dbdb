// Collects the licences of third-party code that a bundle holds: most of them ask to be shipped with it.
const { readdir, readFile } = require('node:fs/promises');
const { join } = require('node:path');

const LICENCE_FILE = /^(licen[cs]e|notice)/i;

/**
 * The text of the notices file.
 * @param {string[]} inputs paths of bundled files, as esbuild's metafile names them
 * @returns {Promise<string>} name, version and licence text of each package
 * @throws when a bundled package names no licence
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

module.exports = { noticesOf };
