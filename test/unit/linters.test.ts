import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { forbidden } from '../../.dependency-cruiser.js';

const RULES = (forbidden ?? []).map(({ name = '' }) => name);
const ROOT = join(__dirname, '../..');
const folders: string[] = [];

/** Creates a folder with these files, beside the development packages. */
function planted(files: Readonly<Record<string, string>>): string {
	const folder = mkdtempSync(join(tmpdir(), 'planted-'));
	folders.push(folder);
	symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), text);
	}
	return folder;
}

function run(folder: string, program: string, ...args: string[]) {
	const command = [join(ROOT, 'node_modules', program), ...args];
	// Colour codes would be between the words.
	const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
	const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: folder, env, encoding: 'utf8' });
	return { status, output: stdout + stderr };
}

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

describe('each linter reports the faults that it must find', () => {
	it('layers: every rule', () => {
		// Each shared folder imports a node's file, so each breaks its own rule.
		const upward = RULES.filter((name) => name.startsWith('layer-')).map((name): [string, string] => [
			`nodes/shared/${name.slice('layer-'.length)}/up.ts`,
			`import { hint } from '../../RocheOne/hint';\nexport const up = hint;\n`,
		]);
		const folder = planted({
			...Object.fromEntries(upward),
			'nodes/RocheOne/hint.ts': 'export const hint = 1;\n',
			'nodes/RocheTwo/across.ts': `export { hint } from '../RocheOne/hint';\n`,
			'nodes/RocheTwo/odd.ts': `export { odd } from '../unlisted/odd';\n`,
			'nodes/unlisted/odd.ts': `export { tool } from '../../test/tool';\nexport const odd = import('../RocheOne/hint');\n`,
			'nodes/shared/fhir/n8n.ts': `import { NodeApiError } from 'n8n-workflow';\nexport const error = NodeApiError;\n`,
			'nodes/shared/fhir/package.ts': `import { z } from 'zod';\nexport const text = z.string();\n`,
			'nodes/shared/wire/early.ts': `export { request } from './vendor/undici';\nexport { Agent } from 'undici';\n`,
			'nodes/shared/wire/vendor/undici.ts': `export { request } from 'undici';\n`,
			'nodes/shared/wire/one.ts': `import { two } from './two';\nexport const one = () => two;\n`,
			'nodes/shared/wire/two.ts': `import { one } from './one';\nexport const two = () => one;\n`,
			'nodes/shared/wire/lost.ts': `export { lost } from './nowhere';\n`,
			'test/tool.ts': 'export const tool = 1;\n',
		});
		const config = join(ROOT, '.dependency-cruiser.js');
		const { status, output } = run(
			folder,
			'dependency-cruiser/bin/dependency-cruiser.mjs',
			'nodes',
			'--config',
			config,
		);
		expect(status).not.toBe(0);
		const broken = new Set(Array.from(output.matchAll(/error ([\w-]+): /g), ([, name]) => name));
		expect([...broken].sort()).toEqual([...RULES].sort());
	});

	it('layers: types may be imported from anywhere below, and cycles of types are allowed', () => {
		const folder = planted({
			'nodes/shared/wire/vendor/undici.ts': `export { request } from 'undici';\n`,
			'nodes/shared/wire/late.ts': `import type { Agent } from 'undici';\nexport const late = async (agent: Agent) => [agent, await import('./vendor/undici')];\n`,
			'nodes/shared/wire/one.ts': `import type { Two } from './two';\nexport const one = (two: Two) => two;\n`,
			'nodes/shared/wire/two.ts': `import { one } from './one';\nexport type Two = number;\nexport const two = one;\n`,
		});
		const config = join(ROOT, '.dependency-cruiser.js');
		const { status, output } = run(
			folder,
			'dependency-cruiser/bin/dependency-cruiser.mjs',
			'nodes',
			'--config',
			config,
		);
		expect(output).toContain('no dependency violations');
		expect(status).toBe(0);
	});

	it('dead code', () => {
		const folder = planted({
			'package.json': JSON.stringify({ name: 'planted', main: 'main.js', dependencies: { undici: '*' } }),
			'main.js': `const { used } = require('./used');\nmodule.exports = used;\n`,
			'used.js': 'exports.used = 1;\nexports.dead = 2;\n',
			'forgotten.js': '',
		});
		const { status, output } = run(folder, 'knip/bin/knip.js', '--max-issues', '0');
		expect(status).not.toBe(0);
		for (const found of ['forgotten.js', 'undici', 'dead']) expect(output).toContain(found);
	});

	it('the shape of the package', () => {
		const manifest = { name: 'planted', version: '1.0.0', type: 'commonjs', main: 'index.js', files: ['index.js'] };
		const folder = planted({ 'package.json': JSON.stringify(manifest), 'index.js': 'export const one = 1;\n' });
		const { status, output } = run(folder, 'publint/src/cli.js', '--strict');
		expect(output).toContain('is written in ESM, but is interpreted as CJS');
		expect(status).not.toBe(0);
	});
});
