import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { IdentityFields } from '../../nodes/shared/partners-services/client-identity';
import { listening, type Running, TOKEN } from './support/api-server';
import { nodePrograms } from './support/nodes';
import { CA, CLIENT, Openssl, SERVER, type Signed } from './support/openssl';

const DIST = join(__dirname, '..', '..', 'dist');
const PROBE = join(__dirname, 'support', 'trust-probe.js');

/** How a CA is configured; `stranger`: not at all. */
const WAYS = ['extra', 'mounted', 'file', 'field', 'stranger'] as const;
type Way = (typeof WAYS)[number];

let openssl: Openssl;
let identity: IdentityFields;
let authorities: Record<Way, Signed>;
let running: Record<Way, Running>;
let mounted: string;

const ofEach = <T>(make: (way: Way) => T) => Object.fromEntries(WAYS.map((way) => [way, make(way)])) as Record<Way, T>;

async function serve(way: Way): Promise<Running> {
	const { key, certificate } = openssl.sign({ name: `of-${way}`, issuer: authorities[way], extensions: SERVER });
	const tls = { key: openssl.read(key), cert: openssl.read(certificate) };
	return await listening(createServer(tls, (_request, response) => response.end(TOKEN)));
}

beforeAll(async () => {
	openssl = new Openssl();
	authorities = ofEach((way) => openssl.sign({ name: way, extensions: CA }));
	const client = openssl.sign({ name: 'client', extensions: CLIENT });
	identity = { clientCertificate: openssl.read(client.certificate), privateKey: openssl.read(client.key) };
	mounted = openssl.path('custom-certificates');
	mkdirSync(mounted);
	openssl.write('custom-certificates/mounted.crt', openssl.read(authorities.mounted.certificate));
	openssl.run('rehash', 'custom-certificates');
	const entries = WAYS.map(async (way) => [way, await serve(way)] as const);
	running = Object.fromEntries(await Promise.all(entries)) as Record<Way, Running>;
});
afterAll(async () => {
	await Promise.all(Object.values(running).map(async ({ close }) => await close()));
	openssl.close();
});

interface Setting {
	/** Arguments of Node. */
	args?: string[];
	env?: () => Record<string, string>;
}

type Answers = Record<Way, string>;

/** Returns the CAs trusted by a Node started with this setting, with the credential's CA field filled and then empty. */
async function trustOf(node: string, { args = [], env = () => ({}) }: Setting) {
	const { PATH = '' } = process.env;
	const child = spawn(node, [...args, PROBE, DIST], { env: { PATH, ...env() }, stdio: ['pipe', 'pipe', 'inherit'] });
	const caCertificates = openssl.read(authorities.field.certificate);
	const ports = Object.fromEntries(WAYS.map((way) => [way, running[way].port]));
	child.stdin.end(JSON.stringify({ identity, caCertificates, ports }));
	const { filled, empty } = JSON.parse(await text(child.stdout)) as { filled: Answers; empty: Answers };
	const codes = new Set([...Object.values(filled), ...Object.values(empty)]);
	expect([...codes].sort()).toEqual(['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'trusted']);
	const trusted = (answers: Answers) => WAYS.filter((way) => answers[way] === 'trusted');
	return { filled: trusted(filled), empty: trusted(empty) };
}

const certificate = (way: Way) => openssl.path(authorities[way].certificate);
const extra = () => ({ NODE_EXTRA_CA_CERTS: certificate('extra') });
const folder = () => ({ SSL_CERT_DIR: mounted });
const file = () => ({ SSL_CERT_FILE: certificate('file') });

/** A setting of Node, and the CAs that Node itself then trusts, regardless of the field. */
type Row = [string, Setting, Way[]];

const OPENSSL = ['--use-openssl-ca'];
const SYSTEM = ['--use-system-ca'];
const EVERY_NODE: Row[] = [
	['nothing', {}, []],
	['--use-bundled-ca', { args: ['--use-bundled-ca'] }, []],
	['NODE_EXTRA_CA_CERTS', { env: extra }, ['extra']],
	['NODE_EXTRA_CA_CERTS of a missing file', { env: () => ({ NODE_EXTRA_CA_CERTS: '/no/such.pem' }) }, []],
	['--use-openssl-ca, SSL_CERT_DIR', { args: OPENSSL, env: folder }, ['mounted']],
	['--use-openssl-ca, SSL_CERT_FILE', { args: OPENSSL, env: file }, ['file']],
	[
		'--use-openssl-ca, SSL_CERT_DIR, SSL_CERT_FILE and NODE_EXTRA_CA_CERTS',
		{ args: OPENSSL, env: () => ({ ...folder(), ...file(), ...extra() }) },
		['extra', 'mounted', 'file'],
	],
	[
		"NODE_OPTIONS=--use-openssl-ca and SSL_CERT_DIR, as n8n's Docker image sets them",
		{ env: () => ({ NODE_OPTIONS: '--use-openssl-ca', ...folder() }) },
		['mounted'],
	],
	['SSL_CERT_DIR and SSL_CERT_FILE alone', { env: () => ({ ...folder(), ...file() }) }, []],
];
/** Settings that Node 24 has and Node 20 lacks. */
const NEWER: Row[] = [
	['--use-system-ca, SSL_CERT_FILE', { args: SYSTEM, env: file }, ['file']],
	['--use-system-ca, SSL_CERT_DIR', { args: SYSTEM, env: folder }, ['mounted']],
	['NODE_OPTIONS=--use-system-ca', { env: () => ({ NODE_OPTIONS: '--use-system-ca', ...file() }) }, ['file']],
	[
		'--use-system-ca and NODE_EXTRA_CA_CERTS',
		{ args: SYSTEM, env: () => ({ ...file(), ...extra() }) },
		['extra', 'file'],
	],
	[
		'tls.setDefaultCACertificates by another package',
		{ args: ['--require', join(__dirname, 'support', 'other-default.js')], env: extra },
		['extra'],
	],
];

describe.each(nodePrograms())('Node $version', ({ path, isNewer }) => {
	const rows = [...EVERY_NODE, ...(isNewer ? NEWER : [])];

	it.each(rows)('%s', async (_name, setting, trusted) => {
		expect(await trustOf(path, setting)).toEqual({ filled: [...trusted, 'field'], empty: trusted });
	});
});

it('the machine has at least one supported Node', () => {
	expect(nodePrograms().length).toBeGreaterThan(0);
});
