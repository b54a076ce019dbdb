import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { INSTALL_FLAGS } from '../real-n8n/community-folder';
import { anchorsOf, blocksOf, linksOf, PAGES, ROOT, textOf } from './support/pages';

const MOST_LINES_OF_README = 200;

interface PackageJson {
	name: string;
	scripts: Record<string, string>;
}

const manifest = JSON.parse(textOf('package.json')) as PackageJson;
const links = PAGES.flatMap(linksOf);
const filesIn = (folder: string, ending: RegExp): string[] =>
	readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => ending.test(name))
		.map((name) => `${folder}/${name}`);

it.each(PAGES)('%s contains no conflict markers, which the formatter would turn into text and tables', (page) => {
	expect(textOf(page)).not.toMatch(/<{7}|>{7}|={7}|> > > >/);
});

describe('links', () => {
	it.each(PAGES)('of %s lead to an existing file and heading', (page) => {
		const broken = linksOf(page).filter(
			({ path, anchor }) =>
				!existsSync(join(ROOT, path)) || (anchor !== '' && !(path.endsWith('.md') && anchorsOf(path).includes(anchor))),
		);
		expect(broken.map(({ target }) => target)).toEqual([]);
	});

	it('exist: the search finds them', () => {
		expect(links.length).toBeGreaterThan(100);
		expect(links.filter(({ anchor }) => anchor !== '').length).toBeGreaterThan(20);
		expect(links.filter(({ path }) => path.endsWith('.png')).length).toBeGreaterThanOrEqual(5);
	});

	it('of nodes and credentials to the README on npm lead to a heading', () => {
		const sources = [...filesIn('nodes', /\.(ts|json)$/), ...filesIn('credentials', /\.ts$/)].map(textOf).join('\n');
		const anchors = [...sources.matchAll(new RegExp(`/package/${manifest.name}#([\\w-]+)`, 'g'))].map(([, a]) => a);
		expect(anchors.length).toBeGreaterThanOrEqual(10);
		expect([...new Set(anchors)].filter((anchor) => !anchorsOf('README.md').includes(anchor ?? ''))).toEqual([]);
	});

	it('of the index lead to all pages in docs/', () => {
		const indexed = linksOf('docs/README.md').map(({ path }) => path);
		const pages = PAGES.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
		expect(pages.filter((page) => !indexed.includes(page))).toEqual([]);
	});
});

describe('the tarball', () => {
	const [packed] = JSON.parse(
		execFileSync('npm', ['pack', '--dry-run', '--json', '--loglevel=error'], { cwd: ROOT, encoding: 'utf8' }),
	) as Array<{ files: Array<{ path: string }> }>;
	const shipped = new Set(packed?.files.map(({ path }) => path));

	it('has every page for users, with their pictures and the pages they link to', () => {
		// Pages for contributors are only in the repository.
		const pages = PAGES.filter((page) => !['CONTRIBUTING.md', 'test/README.md'].includes(page));
		const wanted = [...pages, ...pages.flatMap(linksOf).map(({ path }) => path)];
		expect([...new Set(wanted)].filter((path) => !shipped.has(path))).toEqual([]);
	});

	it('has no unused picture', () => {
		const shown = new Set(links.map(({ path }) => path));
		expect([...shipped].filter((path) => path.endsWith('.png') && !shown.has(path))).toEqual([]);
	});
});

it(`the README has at most ${MOST_LINES_OF_README} lines`, () => {
	expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(MOST_LINES_OF_README);
});

describe('commands', () => {
	const scripts = Object.keys(manifest.scripts);
	const shell = PAGES.flatMap(blocksOf).filter(({ language }) => language === 'sh');

	it('are in blocks marked as shell code', () => {
		expect(shell.length).toBeGreaterThan(25);
		expect(PAGES.flatMap(blocksOf).filter(({ language }) => language === '')).toEqual([]);
	});

	it.each(PAGES)('npm run in %s names scripts of package.json', (page) => {
		const named = [...textOf(page).matchAll(/\bnpm run ([\w:-]*\w)/g)].map(([, name = '']) => name);
		expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
	});

	it('each script of package.json is explained to contributors', () => {
		const page = textOf('CONTRIBUTING.md');
		expect(scripts.filter((name) => !page.includes(name === 'test' ? '`npm test`' : `\`npm run ${name}\``))).toEqual(
			[],
		);
	});

	it('that install the tarball have the flags with which the tests install it in n8n', () => {
		const commands = textOf('docs/install.md').matchAll(/npm install \S+\.tgz (?:\\\n\s*)?(--.*)$/gm);
		expect(Array.from(commands, ([, flags]) => flags)).toEqual([INSTALL_FLAGS, INSTALL_FLAGS]);
	});

	it('name only existing files of the repository', () => {
		const named = shell.flatMap(({ code }) => [...code.matchAll(/\b(?:node|npx jest) (\S+)/g)].map(([, f]) => f ?? ''));
		expect(named.length).toBeGreaterThanOrEqual(4);
		expect(named.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
	});
});

describe('the switches of the sandbox', () => {
	it('are those on its page', () => {
		const [, options = ''] = /options: \{\n([\s\S]*?)\n\t\},/.exec(textOf('test/commands/sandbox.ts')) ?? [];
		const known = [...options.matchAll(/^\t\t'?([\w-]+)'?: \{/gm)].map(([, name]) => name);
		const documented = [...textOf('docs/sandbox.md').matchAll(/^\| `--([\w-]+)/gm)].map(([, name]) => name);
		// Except the one for programs that start the sandbox, and --help itself.
		const hidden = ['exit-with-stdin', 'options', 'help'];
		expect(known.filter((name) => !hidden.includes(name ?? '')).toSorted()).toEqual(documented.toSorted());
	});
});

describe('templates', () => {
	const templates = readdirSync(join(ROOT, 'templates'));

	it('that a page names exist', () => {
		const named = PAGES.flatMap((page) => [...textOf(page).matchAll(/\broche-[\w-]+\.json\b/g)].map(([name]) => name));
		expect(named.filter((name) => !templates.includes(name))).toEqual([]);
	});

	it('are all on the page of templates', () => {
		const page = textOf('docs/templates.md');
		expect(templates.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
	});
});
