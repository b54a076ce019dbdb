import { createPrivateKey } from 'node:crypto';
import fc from 'fast-check';
import { readClientIdentity } from '../../nodes/shared/partners-services/client-identity';
import { CA, CLIENT, Openssl, type Signed } from './support/openssl';
import { label } from './support/pasted';

let openssl: Openssl;
let root: Signed;
let client: Signed;
let certificate: string;
let key: string;

beforeAll(() => {
	openssl = new Openssl();
	root = openssl.sign({ name: 'root', extensions: CA });
	const algorithm = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'];
	client = openssl.sign({ name: 'client', issuer: root, extensions: CLIENT, algorithm });
	[certificate, key] = [openssl.read(client.certificate), openssl.read(client.key)];
});
afterAll(() => {
	openssl.close();
});

describe('unusable text is identified, with advice', () => {
	const refusal = (privateKey: string) => {
		try {
			return readClientIdentity({ clientCertificate: certificate, privateKey });
		} catch (error) {
			return error as Error & { advice: string };
		}
	};

	it.each<[string, () => string, string, string]>([
		['a .p12 in base64', () => openssl.bytes('named.p12').toString('base64'), 'a PKCS#12 file', 'openssl pkcs12 -in'],
		['a .p12 as bytes', () => openssl.bytes('named.p12').toString('latin1'), 'a PKCS#12 file', 'openssl pkcs12 -in'],
		[
			'a .p12 under CERTIFICATE',
			() => `-----BEGIN CERTIFICATE-----\n${openssl.bytes('named.p12').toString('base64')}\n-----END CERTIFICATE-----`,
			'a PKCS#12 file',
			'-legacy',
		],
		['a .p12, decoded as UTF-8', () => openssl.bytes('named.p12').toString('utf8'), 'binary data', 'openssl pkcs12'],
		['a Java keystore', () => Buffer.from('feedfeed00000002', 'hex').toString('base64'), 'a Java keystore', 'keytool'],
		['a public key', () => openssl.run('pkey', '-in', client.key, '-pubout'), 'a public key', 'private key'],
		[
			'a public key under PRIVATE KEY',
			() => label(openssl.run('pkey', '-in', client.key, '-pubout'), 'PRIVATE KEY'),
			'a public key',
			'private key',
		],
		[
			'a CSR under CERTIFICATE',
			() => label(openssl.read('client.csr'), 'CERTIFICATE'),
			'a certificate request',
			'Send the CSR',
		],
		['a PuTTY key', () => 'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n', 'PuTTY', 'puttygen'],
		[
			'an OpenSSH key',
			() =>
				label(
					`-----BEGIN PRIVATE KEY-----\n${Buffer.from('openssh-key-v1\0none').toString('base64')}\n-----END PRIVATE KEY-----`,
					'PRIVATE KEY',
				),
			'OpenSSH',
			'ssh-keygen',
		],
		[
			'a PGP key',
			() =>
				'-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\nlQ==\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----',
			'a PGP key',
			'PEM',
		],
		['a JWK', () => JSON.stringify(createPrivateKey(key).export({ format: 'jwk' })), 'JWK', 'PEM'],
		['a path of Windows', () => 'C:\\certs\\hospital.demo.key', 'the name of a file', 'paste its whole text'],
	])('%s', (_name, file, what, advice) => {
		openssl.run(
			...['pkcs12', '-export', '-inkey', client.key, '-in', client.certificate],
			'-passout',
			'pass:x',
			'-out',
			'named.p12',
		);
		const error = refusal(file());
		expect(error).toMatchObject({ message: expect.stringContaining(`Private Key contains`) as string });
		expect(error).toMatchObject({ message: expect.stringContaining(what) as string });
		expect(error).toMatchObject({ advice: expect.stringContaining(advice) as string });
	});

	it.each([/==\n-/, /[^=]=\n-/])('two certificates in one block, the first ending in %s', (end) => {
		let first = '';
		for (let n = 0; !end.test(first); n += 1) {
			first = openssl.read(
				openssl.sign({ name: `first${'x'.repeat(n % 9)}`, issuer: root, extensions: CLIENT }).certificate,
			);
		}
		const both = first.replace(/-----END.*\n/, '') + certificate.replace(/-----BEGIN.*\n/, '');
		expect(() => readClientIdentity({ clientCertificate: both, privateKey: key })).toThrow(
			'Client Certificate is damaged',
		);
	});

	it('a key with one extra character, which is not a whole byte', () => {
		const ec = openssl.sign({ name: 'short', issuer: root, extensions: CLIENT });
		const file = openssl.read(ec.key);
		// 138 bytes: no padding, so the character is alone.
		expect(file).not.toContain('=');
		const longer = file.replace('\n-----END', 'A\n-----END');
		expect(() => readClientIdentity({ clientCertificate: openssl.read(ec.certificate), privateKey: longer })).toThrow(
			'Private Key is damaged',
		);
	});

	it('a key in which a character was lost or added is not read as another one', () => {
		const at = fc.integer({ min: 40, max: key.length - 60 });
		fc.assert(
			fc.property(at, fc.constantFrom('', '…', 'AA', ' '), (place, sign) => {
				const spoiled = key.slice(0, place) + sign + key.slice(place + 1);
				const read = refusal(spoiled);
				expect(read instanceof Error || key.charAt(place) === '\n').toBe(true);
			}),
			{ numRuns: 300 },
		);
	});
});
