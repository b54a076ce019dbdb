import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(__dirname, '..', '..');
const pages = [
	...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'test/README.md'],
	...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

/** What GitHub makes of a heading. */
function anchorsOf(page: string): Set<string> {
	const withoutCode = read(page).replaceAll(/^```.*?^```/gms, '');
	const headings = [...withoutCode.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => text);
	return new Set(
		headings.map((text) =>
			text
				.toLowerCase()
				.replaceAll(/[^\p{L}\p{N} _-]/gu, '')
				.replaceAll(' ', '-'),
		),
	);
}

/** Targets of links and pictures that are not somewhere else. */
function targetsOf(page: string): string[] {
	const text = read(page);
	const links = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/(?:src|href)="([^"]+)"/g)];
	return links.flatMap(([, target = '']) => (/^(https?|mailto):/.test(target) ? [] : [target]));
}

describe.each(pages)('%s', (page) => {
	it('has no link that leads nowhere', () => {
		const broken = targetsOf(page).filter((target) => {
			const [path = '', anchor] = target.split('#');
			const file = path === '' ? page : relative(root, join(root, dirname(page), path));
			if (!existsSync(join(root, file))) return true;
			return anchor !== undefined && !anchorsOf(file).has(anchor);
		});
		expect(broken).toEqual([]);
	});

	it('names no command that there is not', () => {
		const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
		const named = [...read(page).matchAll(/npm run (?:--silent )?([a-z:0-9]+)/g)].map(([, name = '']) => name);
		expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
	});
});

it('the front page is short', () => {
	expect(read('README.md').split('\n').length).toBeLessThanOrEqual(200);
});

it('every page is in the index', () => {
	const index = new Set(targetsOf('docs/README.md'));
	const others = pages.flatMap((page) => (/^docs\/(?!README)/.test(page) ? [page.slice('docs/'.length)] : []));
	expect(others.filter((name) => !index.has(name))).toEqual([]);
});

describe('the errors page', () => {
	const page = read('docs/errors.md').replaceAll(/\s+/g, ' ');

	it.each([
		'nodes/errors/network-failures.ts',
		'nodes/errors/tls-failures.ts',
		'nodes/partners-services/failures.ts',
		'nodes/access-point/failures.ts',
	])('has each message of %s', (table) => {
		const messages = [...read(table).matchAll(/\bmessage:\s*(?:'((?:[^'\\]|\\.)*)'|"([^"]*)")/g)];
		const texts = messages.map(([, single, double]) => (single ?? double ?? '').replaceAll("\\'", "'"));
		expect(texts.length).toBeGreaterThan(5);
		expect(texts.filter((text) => !page.includes(text))).toEqual([]);
	});
});
