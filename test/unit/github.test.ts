import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const GITHUB = join(__dirname, '../../.github');
const textsIn = (folder: string) =>
	readdirSync(join(GITHUB, folder)).map((file) => [file, readFileSync(join(GITHUB, folder, file), 'utf8')] as const);

describe('the workflows', () => {
	it.each(textsIn('workflows'))('%s refers to actions by their commit, with the version beside it', (_name, text) => {
		const uses = Array.from(text.matchAll(/uses: (.+)/g), ([, action = '']) => action);
		expect(uses.filter((action) => !/^(\.\/\S+|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/.test(action))).toEqual(
			[],
		);
		expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
	});
});

describe('the issue forms', () => {
	it.each(textsIn('ISSUE_TEMPLATE').filter(([name]) => name !== 'config.yml'))(
		'%s asks for no secret',
		(_name, text) => {
			expect(text).toMatch(/Everybody can read this\.\*\* Leave out/);
			const asked = Array.from(text.matchAll(/label: (.+)/g), ([, label]) => label);
			expect(asked).toContain("There is no secret and no patient's data in it.");
			const others = asked.filter((label) => label !== "There is no secret and no patient's data in it.");
			expect(others.filter((label) => /secret|key|passphrase|token|certificate/i.test(label ?? ''))).toEqual([]);
		},
	);
});

describe('advisories', () => {
	const folder = mkdtempSync(join(tmpdir(), 'audit-'));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	/** Runs the workflow's check for an npm audit with advisories for undici, which is bundled, and for jest, which is not. */
	function audit(exceptions: object[]) {
		const via = (name: string) => [{ name, title: 'A weakness', severity: 'high', url: `https://advisories/${name}` }];
		const vulnerabilities = {
			undici: { name: 'undici', via: via('undici') },
			'@aws-sdk/client-s3': { name: '@aws-sdk/client-s3', via: ['undici'] },
			jest: { name: 'jest', via: via('jest') },
		};
		mkdirSync(join(folder, 'dist'), { recursive: true });
		const packages = ['undici 7.30.2 (MIT)', '@aws-sdk/client-s3 3.0.0 (Apache-2.0)'];
		const notices = packages.map((name) => `${'-'.repeat(80)}\n${name}\n\nits licence\n`).join('\n');
		writeFileSync(join(folder, 'dist/THIRD-PARTY-NOTICES.txt'), notices);
		writeFileSync(join(folder, 'report.json'), JSON.stringify({ vulnerabilities }));
		writeFileSync(join(folder, 'audit-exceptions.json'), JSON.stringify(exceptions));
		cpSync(join(GITHUB, 'audit-bundled.mjs'), join(folder, 'audit-bundled.mjs'));
		const { status, stdout, stderr } = spawnSync(process.execPath, ['audit-bundled.mjs', 'report.json'], {
			cwd: folder,
			encoding: 'utf8',
		});
		return { status, output: stdout + stderr };
	}

	it('fail the check for a bundled package, but not for others', () => {
		const { status, output } = audit([]);
		expect(status).toBe(1);
		expect(output).toContain('2 bundled packages, 1 advisories');
		expect(output).toContain('https://advisories/undici');
	});

	it('may be excepted until a date', () => {
		const advisory = 'https://advisories/undici';
		expect(audit([{ advisory, reason: 'not reached', until: '2999-01-01' }]).status).toBe(0);
		expect(audit([{ advisory, reason: 'not reached', until: '2020-01-01' }]).status).toBe(1);
	});
});
