import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readClientIdentity } from '../../nodes/shared/partners-services/client-identity';
import { invalidInput, textOf } from '../unit/support/expect-error';
import { CLIENT, Openssl } from './support/openssl';

/**
 * A disposable RSA key, encrypted by OpenSSL 3.0 with "openssl pkcs8 -topk8 -v1 METHOD" (PBE...), "openssl pkcs8 -topk8 -v2 METHOD" (v2-...)
 * and "openssl pkey -traditional -METHOD" (PEM headers), each with "-provider legacy -provider default" and this passphrase. The files
 * exist because not every openssl has the legacy provider.
 */
const FILES = join(__dirname, 'support', 'retired-ciphers');
const PASSPHRASE = 'secret';
const RETIRED = [
	...['PBE-MD5-DES', 'PBE-SHA1-DES', 'PBE-SHA1-RC2-40', 'PBE-SHA1-RC4-128', 'v2-des', 'v2-rc2-cbc'],
	...['traditional-des', 'traditional-rc2-cbc', 'traditional-bf-cbc', 'traditional-seed'],
];

let openssl: Openssl;
let clientCertificate: string;

beforeAll(() => {
	openssl = new Openssl();
	clientCertificate = openssl.read(openssl.sign({ name: 'client', extensions: CLIENT }).certificate);
});
afterAll(() => {
	openssl.close();
});

const refusal = (privateKey: string, passphrase: string) =>
	invalidInput(() => readClientIdentity({ clientCertificate, privateKey, passphrase }));

describe.each(RETIRED)('a key that is encrypted with %s', (name) => {
	const file = readFileSync(join(FILES, `${name}.pem`), 'utf8');

	it.each([PASSPHRASE, 'wrong', ''])('passphrase "%s": the cipher is named as the reason', (passphrase) => {
		const error = refusal(file, passphrase);
		expect(error.field).toBe('Private Key');
		expect(error.message).toMatch(/is encrypted with a method that is no longer supported/);
		expect(error.advice).toContain('openssl pkey -provider legacy -provider default -in KEY -aes256 -out NEWKEY');
		expect(textOf(error)).not.toContain(PASSPHRASE);
	});

	it('also without line breaks, and with a wrong label', () => {
		const spoiled = file.replaceAll('\n', ' ').replaceAll('ENCRYPTED PRIVATE', 'PRIVATE');
		expect(refusal(spoiled, PASSPHRASE).message).toMatch(/no longer supported/);
	});
});

it.each(['-aes256', '-des3', '-camellia256'])(
	'for a key encrypted with %s the cipher is not the reason: its passphrase is wrong',
	(cipher) => {
		for (const form of [[], ['-traditional']]) {
			const out = ['-passout', `pass:${PASSPHRASE}`, '-out', 'locked.key'];
			openssl.run('genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', 'open.key');
			openssl.run('pkey', '-in', 'open.key', ...form, cipher, ...out);
			expect(refusal(openssl.read('locked.key'), 'wrong').message).toMatch(/^Passphrase is wrong/);
			expect(refusal(openssl.read('locked.key'), PASSPHRASE).message).toMatch(/does not belong to/);
		}
	},
);
