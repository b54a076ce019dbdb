import { readClientIdentity } from '../../nodes/shared/partners-services/client-identity';
import { textOf } from '../package/support/pages';
import { CA, CLIENT, Openssl } from './support/openssl';

/** The commands in the cells of the page's table, by the file they write. */
const page = textOf('docs/credential.md');
const commands = [...page.matchAll(/`(openssl [^`]+ -out \S+)`/g)].map(([, command = '']) => command);

let openssl: Openssl;

beforeAll(() => {
	openssl = new Openssl();
	const root = openssl.sign({ name: 'root', extensions: CA });
	openssl.sign({ name: 'given', issuer: root, extensions: CLIENT, algorithm: ['-algorithm', 'RSA'] });
	const pair = ['-inkey', 'given.key', '-in', 'given.crt', '-certfile', 'root.crt'];
	openssl.run('pkcs12', '-export', ...pair, '-passout', 'pass:old', '-out', 'hospital.p12');
	openssl.run('x509', '-in', 'given.crt', '-outform', 'der', '-out', 'hospital.cer');
	openssl.run('pkey', '-in', 'given.key', '-outform', 'der', '-out', 'hospital.der');
});
afterAll(() => {
	openssl.close();
});

/** Adds the passwords that a person types. */
const typed = (command: string): string =>
	command + (command.includes('pkcs12') || command.includes('pkey -provider') ? ' -passin pass:old' : '');

describe('the commands that convert files, on the page of the credential', () => {
	it('exist: the search finds them', () => {
		expect(commands.length).toBeGreaterThanOrEqual(8);
	});

	// OpenSSL's legacy provider is not on every machine; a machine that wrote such a file has it.
	const everywhere = commands.filter((command) => !/legacy/.test(command));

	it.each(everywhere)('%s: its output can be pasted', (command) => {
		const form = command.includes('-inform der') ? 'der' : 'pem';
		openssl.run('crl2pkcs7', '-nocrl', '-certfile', 'given.crt', '-outform', form, '-out', 'hospital.p7b');
		openssl.shell(typed(command));
		const written = openssl.read(/-out (\S+)$/.exec(command)?.[1] ?? '');
		const given = { clientCertificate: openssl.read('given.crt'), privateKey: openssl.read('given.key') };
		if (command.endsWith('.key')) Object.assign(given, { privateKey: written });
		else if (command.endsWith('ca.pem')) Object.assign(given, { caCertificates: written });
		else Object.assign(given, { clientCertificate: written });
		const { privateKey, authorities } = readClientIdentity(given);
		expect(privateKey).toBe(openssl.read('given.key'));
		expect(authorities).toHaveLength(command.endsWith('ca.pem') ? 1 : 0);
	});
});
