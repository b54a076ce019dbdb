import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { readClientIdentity } from '../../nodes/shared/partners-services/client-identity';
import { readPemBlocks } from '../../nodes/shared/partners-services/pem';
import { CA, CLIENT, Openssl, type Signed } from './support/openssl';
import { label, PASTED } from './support/pasted';

const PASSPHRASE = 'old but good';
const RSA = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'];

let openssl: Openssl;
let root: Signed;
let client: Signed;
let certificate: string;
let key: string;
let encryptedKey: string;
let identity: ReturnType<typeof readClientIdentity>;

beforeAll(() => {
	openssl = new Openssl();
	root = openssl.sign({ name: 'root', extensions: CA });
	client = openssl.sign({ name: 'client', issuer: root, extensions: CLIENT, algorithm: RSA });
	[certificate, key] = [openssl.read(client.certificate), openssl.read(client.key)];
	openssl.run('pkey', '-in', client.key, '-aes256', '-passout', `pass:${PASSPHRASE}`, '-out', 'locked.key');
	encryptedKey = openssl.read('locked.key');
	identity = readClientIdentity({ clientCertificate: certificate, privateKey: key });
});
afterAll(() => {
	openssl.close();
});

const der = (pem: string) => new X509Certificate(pem).raw;
/** Returns the certificates that are read. */
const certificatesOf = (text: string) => readPemBlocks('Client Certificate', text).map(({ pem }) => der(pem));
/** Returns the identity read from a pasted certificate and key. */
const identityOf = (clientCertificate: string, privateKey: string, passphrase = '') =>
	readClientIdentity({ clientCertificate, privateKey, passphrase });

describe.each(PASTED)('%s', (_name, paste) => {
	it('a certificate and its chain', () => {
		const chain = certificate + openssl.read(root.certificate);
		expect(certificatesOf(paste(chain))).toEqual([der(certificate), der(openssl.read(root.certificate))]);
	});

	it('a key, encrypted and not', () => {
		expect(identityOf(paste(certificate), paste(key))).toEqual(identity);
		expect(identityOf(paste(certificate), paste(encryptedKey), PASSPHRASE)).toEqual(identity);
	});
});

it('two programs, one after the other', () => {
	// The output of one program can be the input of another. In base64 alone, letters instead of line breaks cannot be recognized.
	const carried = PASTED.filter(([name]) =>
		/JSON, escaped twice|quoted|mail|dashes|Kubernetes|URL-encoded|fence/.test(name),
	);
	const paste = fc.constantFrom(...carried);
	fc.assert(
		fc.property(paste, ([, first]) => {
			for (const second of [JSON.stringify, encodeURIComponent, (text: string) => text.replaceAll('\n', '\r\n')]) {
				expect(certificatesOf(second(first(certificate)))).toEqual([der(certificate)]);
			}
		}),
		{ numRuns: 30 },
	);
});

describe('the content counts, not the label', () => {
	const pkcs1 = () => openssl.run('rsa', '-in', client.key, '-traditional');

	it.each<[string, () => string]>([
		['PKCS#1 under PRIVATE KEY', () => label(pkcs1(), 'PRIVATE KEY')],
		['PKCS#8 under RSA PRIVATE KEY', () => label(key, 'RSA PRIVATE KEY')],
		['PKCS#8 under EC PRIVATE KEY', () => label(key, 'EC PRIVATE KEY')],
		['PKCS#8 under ENCRYPTED PRIVATE KEY', () => label(key, 'ENCRYPTED PRIVATE KEY')],
		['a key under CERTIFICATE, as certutil -encode writes it', () => label(key, 'CERTIFICATE')],
		['a label at one end only', () => pkcs1().replace('BEGIN RSA PRIVATE', 'BEGIN PRIVATE')],
		['PKCS#1', pkcs1],
	])('%s', (_name, file) => {
		expect(identityOf(certificate, file())).toEqual(identity);
	});

	it('an encrypted PKCS#8 key under PRIVATE KEY', () => {
		expect(identityOf(certificate, label(encryptedKey, 'PRIVATE KEY'), PASSPHRASE)).toEqual(identity);
		expect(() => identityOf(certificate, label(encryptedKey, 'PRIVATE KEY'))).toThrow('Passphrase is missing');
	});

	it('a SEC1 key under PRIVATE KEY, and PKCS#8 under EC PRIVATE KEY', () => {
		const ec = openssl.sign({ name: 'ec', issuer: root, extensions: CLIENT });
		const sec1 = openssl.run('ec', '-in', ec.key);
		const expected = identityOf(openssl.read(ec.certificate), openssl.read(ec.key));
		for (const file of [sec1, label(sec1, 'PRIVATE KEY'), label(openssl.read(ec.key), 'EC PRIVATE KEY')]) {
			expect(identityOf(openssl.read(ec.certificate), file)).toEqual(expected);
		}
	});

	it.each(['TRUSTED CERTIFICATE', 'X509 CERTIFICATE', 'PKCS7', 'PRIVATE KEY'])('a certificate under %s', (words) => {
		expect(certificatesOf(label(certificate, words))).toEqual([der(certificate)]);
	});

	it('a certificate with the trust settings of openssl', () => {
		const trusted = openssl.run(
			'x509',
			'-in',
			client.certificate,
			'-trustout',
			'-addtrust',
			'clientAuth',
			'-setalias',
			'x',
		);
		expect(trusted).toContain('BEGIN TRUSTED CERTIFICATE');
		expect(identityOf(trusted, key)).toEqual(identity);
	});
});

describe('bundles and other forms that openssl and other programs write', () => {
	it.each(['PKCS7', 'CERTIFICATE', 'PKCS #7 SIGNED DATA', 'CMS'])('PKCS#7 under %s', (words) => {
		const bundle = openssl.run('crl2pkcs7', '-nocrl', '-certfile', client.certificate, '-certfile', root.certificate);
		const found = certificatesOf(label(bundle, words)).map(String).sort();
		expect(found).toEqual([der(certificate), der(openssl.read(root.certificate))].map(String).sort());
		expect(identityOf(label(bundle, words), key).certificateChain).toContain(identity.certificateChain);
	});

	it('PKCS#7 with indefinite lengths, as written to streams', () => {
		openssl.write('text', 'x');
		const signed = openssl.run(
			...['cms', '-sign', '-binary', '-nodetach', '-stream', '-in', 'text', '-outform', 'pem'],
			...['-signer', client.certificate, '-inkey', client.key],
		);
		expect(
			Buffer.from(signed.split('\n')[1] ?? '', 'base64')
				.subarray(0, 2)
				.toString('hex'),
		).toBe('3080');
		expect(identityOf(signed, key)).toEqual(identity);
	});

	it('the Bag Attributes of openssl pkcs12, certificate and key in one file', () => {
		const args = ['-inkey', client.key, '-in', client.certificate, '-certfile', root.certificate, '-name', 'Zürich'];
		openssl.run('pkcs12', '-export', ...args, '-passout', 'pass:x', '-out', 'client.p12');
		const all = openssl.run('pkcs12', '-in', 'client.p12', '-nodes', '-passin', 'pass:x');
		expect(all).toContain('Bag Attributes');
		expect(identityOf(all, all)).toEqual({
			...identity,
			certificateChain: expect.stringContaining(certificate) as string,
		});
	});

	it.each(['latin1', 'base64'] as const)('DER in %s', (encoding) => {
		openssl.run('x509', '-in', client.certificate, '-outform', 'der', '-out', 'client.der');
		openssl.run('pkcs8', '-topk8', '-nocrypt', '-in', client.key, '-outform', 'der', '-out', 'key.der');
		const text = (name: string) => openssl.bytes(name).toString(encoding);
		expect(identityOf(text('client.der'), text('key.der'))).toEqual(identity);
		expect(
			certificatesOf(`<X509Certificate>\n${openssl.bytes('client.der').toString('base64')}</X509Certificate>`),
		).toEqual([der(certificate)]);
	});

	it('the text that openssl s_client and openssl x509 -text print around it', () => {
		expect(identityOf(openssl.run('x509', '-in', client.certificate, '-text'), key)).toEqual(identity);
		const shown = `CONNECTED(00000003)\n---\nCertificate chain\n 0 s:CN = x\n${certificate}---\nServer certificate\n---\n`;
		expect(certificatesOf(shown)).toEqual([der(certificate)]);
	});

	it('a CA that is twice in the field, with two labels, is once in the chain', () => {
		const ca = openssl.read(root.certificate);
		const { certificateChain } = identityOf(
			ca + certificate + label(ca, 'TRUSTED CERTIFICATE') + certificate + ca,
			key,
		);
		expect(certificateChain).toBe(new X509Certificate(certificate).toString() + new X509Certificate(ca).toString());
	});

	it('if a CA was renewed with its key, the valid certificate is in the chain', () => {
		const renew = (name: string, days: string) => {
			openssl.run('x509', '-in', root.certificate, '-signkey', root.key, '-days', days, '-out', name);
			return openssl.read(name);
		};
		const [expired, renewed] = [renew('expired.crt', '-1'), renew('renewed.crt', '60')];
		const { certificateChain } = identityOf(expired + certificate + renewed, key);
		expect(certificateChain).toBe(certificate + renewed);
	});
});
