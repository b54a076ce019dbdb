import { createServer } from 'node:tls';
import { type Block, blocksOf, PAGES } from '../package/support/pages';
import { listening, type Running } from './support/api-server';
import { CA, CLIENT, Openssl, SERVER, type Signed } from './support/openssl';
import { inShell } from './support/shell';

/** The expected output of commands. A block without an entry must only succeed. */
const PRINTED: ReadonlyArray<readonly [command: string, output: RegExp]> = [
	[
		'openssl genrsa',
		/verify OK[\s\S]*_interfaces\.demo@hospital\.example|_interfaces\.demo@hospital\.example[\s\S]*verify OK/,
	],
	[
		'openssl x509 -in hospital.demo.crt -noout -subject',
		/subject=.*Example Hospital[\s\S]*issuer=.*intermediate1[\s\S]*notAfter=/,
	],
	['openssl sha256', /^(.+)\n\1\n$/],
	['openssl crl2pkcs7', /subject=CN ?= ?root[\s\S]*subject=CN ?= ?intermediate1[\s\S]*subject=CN ?= ?intermediate2/],
	['openssl s_client', /Verification: OK/],
	['openssl verify', /hospital\.demo\.crt: OK/],
];

const usesOpenssl = ({ language, code }: Block) => language === 'sh' && /(^|[|(] ?)openssl |^cat root\.crt/m.test(code);
const blocks = PAGES.flatMap(blocksOf).filter(usesOpenssl);

let openssl: Openssl;
let intermediate: Signed;
let server: Running;

beforeAll(async () => {
	openssl = new Openssl();
	const root = openssl.sign({ name: 'root', extensions: CA });
	intermediate = openssl.sign({ name: 'intermediate1', issuer: root, extensions: CA });
	const issuer = openssl.sign({ name: 'intermediate2', issuer: root, extensions: CA });
	const own = openssl.sign({ name: 'api', issuer, extensions: SERVER });
	const ca = ['root.crt', 'intermediate1.crt'].map((name) => openssl.read(name));
	const pair = { key: openssl.read(own.key), cert: openssl.read(own.certificate) };
	server = await listening(createServer({ ...pair, ca, requestCert: true }, (socket) => socket.end()));
});
afterAll(async () => {
	await server.close();
	openssl.close();
});

/** Signs the request as Roche does. */
function signRequest(): void {
	openssl.write('client.ext', `${CLIENT.join('\n')}\n`);
	const by = ['-CA', intermediate.certificate, '-CAkey', intermediate.key, '-CAcreateserial', '-extfile', 'client.ext'];
	openssl.run('x509', '-req', '-in', 'hospital.demo.csr', '-days', '30', ...by, '-out', 'hospital.demo.crt');
}

/** Returns the block with Roche's host on loopback, with the passphrase as an option, and without commands that need Docker. */
const here = (code: string): string =>
	code
		.replaceAll(/api-services-demo\.rochedcplatform-sandbox\.com:443/g, `127.0.0.1:${server.port}`)
		.replaceAll('-aes256', '-aes256 -passout pass:typed')
		.replaceAll(/^docker .*$/gm, '')
		// The test does not install system packages.
		.replaceAll(/^apt-get .*$/gm, '');

describe('the blocks with openssl, in order', () => {
	it('exist: the search finds them', () => {
		expect(blocks.length).toBeGreaterThanOrEqual(9);
		for (const [command] of PRINTED) expect(blocks.filter(({ code }) => code.includes(command))).not.toEqual([]);
	});

	it.each(blocks.map(({ page, code }) => [`${page}: ${code.split('\n')[0] ?? ''}`, code]))(
		'%s',
		async (_name, code) => {
			const printed = await inShell(here(code), openssl.folder);
			for (const [command, output] of PRINTED) if (code.includes(command)) expect(printed).toMatch(output);
			if (code.includes('-out hospital.demo.csr')) signRequest();
			if (code.includes('> .env'))
				expect(openssl.read('.env')).toMatch(/^POSTGRES_PASSWORD=\w{48}\nN8N_ENCRYPTION_KEY=\w{48}\n$/);
		},
	);
});
