import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export const ROOT = join(__dirname, '..', '..', '..');

/** Returns the text of a file of the repository. */
export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const DOCS = readdirSync(join(ROOT, 'docs'))
	.filter((name) => name.endsWith('.md'))
	.map((name) => `docs/${name}`);

/** All pages that people read, as paths in the repository. */
export const PAGES: readonly string[] = [
	'README.md',
	'SECURITY.md',
	'CONTRIBUTING.md',
	'CHANGELOG.md',
	'test/README.md',
	...DOCS,
];

/** A block of code between fences, which may be indented as part of a list. */
const BLOCK = /^( *)```(\w*)\n([\s\S]*?)^ *```$/gm;

export interface Block {
	page: string;
	/** The word after the fence, such as `sh`. */
	language: string;
	/** Without the fence's indentation. */
	code: string;
}

/** Returns the code blocks of a page, in order. */
export function blocksOf(page: string): Block[] {
	return [...textOf(page).matchAll(BLOCK)].map(([, indent = '', language = '', code = '']) => ({
		page,
		language,
		code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
	}));
}

/** Returns a page without its code, in which brackets are not links. */
const proseOf = (page: string): string =>
	textOf(page)
		.replaceAll(BLOCK, '')
		.replaceAll(/`[^`\n]+`/g, 'code');

export interface Link {
	page: string;
	/** As written on the page. */
	target: string;
	/** Path in the repository; the page itself for a bare anchor. */
	path: string;
	/** Without `#`; empty for none. */
	anchor: string;
}

/** Returns the relative links and pictures of a page. */
export function linksOf(page: string): Link[] {
	const targets = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)|<img src="([^"]+)"/g)].map(
		([, link, picture]) => link ?? picture ?? '',
	);
	return targets
		.filter((target) => !/^[a-z]+:/.test(target))
		.map((target) => {
			const [file = '', anchor = ''] = target.split('#');
			return { page, target, path: file === '' ? page : normalize(join(dirname(page), file)), anchor };
		});
}

/** Returns the anchors of a page's headings on GitHub and npm: in lower case, with hyphens for spaces, without other characters. */
export function anchorsOf(page: string): string[] {
	const seen = new Map<string, number>();
	const headings = [
		...textOf(page)
			.replaceAll(BLOCK, '')
			.matchAll(/^#{1,6} (.+)$/gm),
	].map(([, text = '']) => text);
	return headings.map((heading) => {
		const words = heading.replaceAll(/\]\([^)]*\)/g, ']').toLowerCase();
		const slug = words.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
		const before = seen.get(slug) ?? 0;
		seen.set(slug, before + 1);
		return before === 0 ? slug : `${slug}-${before}`;
	});
}
