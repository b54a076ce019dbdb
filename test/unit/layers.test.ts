import { type Import, importsOfNodes } from './support/imports';

/** Folders without n8n, and the folders of ours that each may import: one direction, lowest first. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
	errors: ['errors'],
	wire: ['wire', 'errors'],
	'partners-services': ['partners-services', 'wire', 'errors'],
	notification: ['notification', 'errors'],
	'access-point': ['access-point', 'notification', 'partners-services', 'wire', 'errors'],
	fhir: ['fhir', 'wire', 'errors'],
	'node-support': ['node-support', 'access-point', 'notification', 'partners-services', 'wire', 'errors'],
	// n8n's records, and nothing of Roche or of HTTP.
	'run-model': ['run-model'],
	'run-verdict': ['run-verdict', 'run-model', 'notification'],
	inbox: ['inbox', 'errors'],
};
const WITHOUT_N8N = ['errors', 'wire', 'partners-services', 'access-point', 'notification', 'inbox', 'fhir'];
/** Large libraries, which are loaded on first use only. */
const VENDORS = /^(undici|p-retry|p-limit|@aws-sdk\/.+|@smithy\/.+|@streamparser\/.+)$/;

const imports = importsOfNodes();
const folderOf = (path: string) => path.split('/')[0] ?? '';
const told = (list: Import[]) => list.map(({ file, target, kind }) => `${file} imports ${target} (${kind})`);

const ofFolder = (folder: string) => imports.filter(({ file }) => folderOf(file) === folder);

describe('the layers: n8n above, domain in the middle, wire below', () => {
	it('all files are looked at', () => {
		expect(new Set(imports.map(({ file }) => file)).size).toBeGreaterThan(30);
		for (const folder of WITHOUT_N8N) expect(ofFolder(folder).length).toBeGreaterThan(0);
	});

	it.each(WITHOUT_N8N)('%s knows no n8n, so that it works in a plain script', (folder) => {
		expect(told(ofFolder(folder).filter(({ target }) => /^(n8n-|@n8n\/)/.test(target)))).toEqual([]);
	});

	it.each(Object.keys(BELOW))('%s imports nothing from above', (folder) => {
		const above = ofFolder(folder).filter(
			({ target, ours }) => ours && !(BELOW[folder] ?? []).includes(folderOf(target)),
		);
		expect(told(above)).toEqual([]);
	});

	it('the domain needs no package but those that wire loads', () => {
		const packages = WITHOUT_N8N.flatMap(ofFolder).filter(({ target, ours }) => !ours && !target.startsWith('node:'));
		expect(told(packages.filter(({ target }) => !VENDORS.test(target)))).toEqual([]);
	});

	it('nodes do not import one another', () => {
		const across = imports.filter(
			({ file, target }) => folderOf(file) !== folderOf(target) && /^Roche/.test(folderOf(target)),
		);
		expect(told(across)).toEqual([]);
	});
});

describe('large libraries are loaded on first use', () => {
	it('only files in wire/vendor import them, everything else their types alone', () => {
		const values = imports.filter(({ target, kind }) => VENDORS.test(target) && kind !== 'type');
		expect(told(values.filter(({ file }) => !file.startsWith('wire/vendor/')))).toEqual([]);
		expect(values.length).toBeGreaterThanOrEqual(5);
	});

	it('files in wire/vendor are imported dynamically', () => {
		const ofVendor = imports.filter(({ target }) => target.startsWith('wire/vendor/'));
		expect(told(ofVendor.filter(({ kind }) => kind === 'value'))).toEqual([]);
		expect(ofVendor.length).toBeGreaterThanOrEqual(5);
	});

	it('what is imported dynamically is a file in wire/vendor', () => {
		const dynamic = imports.filter(({ kind }) => kind === 'dynamic');
		expect(told(dynamic.filter(({ target }) => !target.startsWith('wire/vendor/')))).toEqual([]);
	});
});

describe('no file imports itself through others', () => {
	const next = new Map<string, string[]>();
	for (const { file, target, kind } of imports) {
		const from = file.replace(/\.ts$/, '');
		if (kind !== 'type') next.set(from, [...(next.get(from) ?? []), target]);
	}
	const reaches = (from: string, goal: string, seen = new Set<string>()): boolean =>
		(next.get(from) ?? []).some((target) => {
			if (target === goal) return true;
			if (seen.has(target)) return false;
			seen.add(target);
			return reaches(target, goal, seen);
		});

	it('there is no cycle', () => {
		expect([...next.keys()].filter((file) => reaches(file, file))).toEqual([]);
	});
});
