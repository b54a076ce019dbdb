import { type IdentityFields, readClientIdentity } from '../../nodes/shared/partners-services/client-identity';
import type { Certified } from '../sandbox/pki';
import { invalidInput, textOf } from './support/expect-error';
import {
	armour,
	base64Of,
	certificateRequest,
	encryptedPkcs1,
	encryptedPkcs8,
	fieldsOf,
	makeAuthority,
	makeEcIdentity,
	makeIdentity,
	PASSPHRASE,
	pkcs1,
	pkcs12Bytes,
	publicKeyPem,
	sec1,
	type Identity,
} from './support/identity-samples';

const CERTIFICATE = 'Client Certificate';
const KEY = 'Private Key';
const CA = 'CA Certificates';
const BASE64_DAMAGE = 'contains characters that are not base64';

let root: Certified;
let rsa: Identity;
let ec: Identity;
let another: Identity;
let csr: string;

beforeAll(async () => {
	root = await makeAuthority();
	[rsa, ec, another] = await Promise.all([makeIdentity(root), makeEcIdentity(root), makeIdentity(root)]);
	csr = await certificateRequest(rsa);
});

/** Valid fields with one or two changes. */
type Sample = () => Partial<IdentityFields>;
type Row = [what: string, sample: Sample, field: string, message: string, advice: RegExp];

const cert = (clientCertificate: string): Partial<IdentityFields> => ({ clientCertificate });
const key = (privateKey: string, passphrase?: string): Partial<IdentityFields> => ({ privateKey, passphrase });
const ca = (caCertificates: string): Partial<IdentityFields> => ({ caCertificates });
const swapped = /^Certificate and key may be swapped/;

const WRONG_KIND: Row[] = [
	['a key', () => cert(rsa.keyPem), CERTIFICATE, 'Client Certificate contains a private key', swapped],
	['a PKCS#1 key', () => cert(pkcs1(rsa.key)), CERTIFICATE, 'Client Certificate contains a private key', swapped],
	['a certificate', () => key(rsa.certificate), KEY, 'Private Key contains a certificate', swapped],
	[
		'a CSR',
		() => cert(csr),
		CERTIFICATE,
		'Client Certificate contains a certificate request (CSR)',
		/Send the CSR to Roche/,
	],
	[
		'an old CSR',
		() => cert(csr.replaceAll('CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST')),
		CERTIFICATE,
		'Client Certificate contains a certificate request (CSR)',
		/Send the CSR to Roche/,
	],
	['a CSR', () => key(csr), KEY, 'Private Key contains a certificate request (CSR)', /CSR/],
	[
		'a public key',
		() => cert(publicKeyPem(rsa.key)),
		CERTIFICATE,
		'Client Certificate contains a public key',
		/BEGIN CERTIFICATE/,
	],
	['a public key', () => key(publicKeyPem(rsa.key)), KEY, 'Private Key contains a public key', /private key/],
	[
		'an OpenSSH key',
		() => key(armour('OPENSSH PRIVATE KEY', Buffer.from('openssh-key-v1\0none').toString('base64'))),
		KEY,
		'Private Key contains a key in OpenSSH format',
		/ssh-keygen -p -m PKCS8/,
	],
	[
		'a PKCS#7 bundle',
		() => cert(armour('PKCS7', base64Of(rsa.certificate).slice(0, 400))),
		CERTIFICATE,
		'Client Certificate contains a PKCS#7 bundle without a readable certificate',
		/openssl pkcs7 -print_certs/,
	],
	[
		'another kind of block',
		() => cert(armour('DH PARAMETERS', 'MAYCAQUCAQI=')),
		CERTIFICATE,
		'Client Certificate contains a block of another type (DH PARAMETERS)',
		/belongs in the field/,
	],
	[
		'a .p12 file',
		() => cert(pkcs12Bytes(rsa.key).toString('latin1')),
		CERTIFICATE,
		'Client Certificate contains binary data: it has no "-----BEGIN ...-----" block',
		/openssl pkcs12 -in FILE.p12 -clcerts/,
	],
	[
		'a .p12 file',
		() => key(pkcs12Bytes(rsa.key).toString('utf8')),
		KEY,
		'Private Key contains binary data: it has no "-----BEGIN ...-----" block',
		/openssl pkcs12 -in FILE.p12 -nocerts/,
	],
	['a key', () => ca(rsa.keyPem), CA, 'CA Certificates contains a private key', /swapped/],
	[
		'the word "hello"',
		() => ca('hello'),
		CA,
		'CA Certificates is not PEM: it has no "-----BEGIN ...-----" block',
		/PEM file/,
	],
	['nothing', () => cert(''), CERTIFICATE, 'Client Certificate is empty', /Paste the PEM text into the field/],
	['spaces', () => cert(' \n\t'), CERTIFICATE, 'Client Certificate is empty', /Paste the PEM text into the field/],
	['nothing', () => key(''), KEY, 'Private Key is empty', /Paste the PEM text into the field/],
];

const cutInBase64 = (pem: string) => armour(/BEGIN ([^-]+)-/.exec(pem)?.[1] ?? '', base64Of(pem).slice(0, 400));

const DAMAGED: Row[] = [
	[
		'a wrong character',
		() => cert(rsa.certificate.replace('MII', '*II')),
		CERTIFICATE,
		`Client Certificate is damaged: the block "CERTIFICATE" ${BASE64_DAMAGE}`,
		/again/,
	],
	[
		'a wrong character',
		() => key(rsa.keyPem.replace('MII', 'M…I')),
		KEY,
		`Private Key is damaged: the block "PRIVATE KEY" ${BASE64_DAMAGE}`,
		/again/,
	],
	[
		'lines that are missing',
		() => cert(cutInBase64(rsa.certificate)),
		CERTIFICATE,
		'Client Certificate is damaged: the certificate cannot be read',
		/whole/,
	],
	[
		'lines that are missing in the second',
		() => cert(rsa.certificate + cutInBase64(root.pem)),
		CERTIFICATE,
		'Client Certificate is damaged: certificate 2 of 2 cannot be read',
		/whole/,
	],
	[
		'lines that are missing',
		() => key(cutInBase64(rsa.keyPem)),
		KEY,
		'Private Key is damaged: it cannot be read',
		/whole/,
	],
	[
		'no matching END line',
		() => key(rsa.keyPem.slice(0, 900)),
		KEY,
		'Private Key is cut off: a BEGIN line has no matching END line',
		/from the first "-----BEGIN" to the last/,
	],
	[
		'one bad certificate of three',
		() => ca(root.pem + armour('CERTIFICATE', base64Of(root.pem).slice(0, 200)) + root.pem),
		CA,
		'CA Certificates is damaged: certificate 2 of 3 cannot be read',
		/whole/,
	],
	[
		'a block that is cut off',
		() => ca(root.pem + root.pem.slice(0, 300)),
		CA,
		'CA Certificates is cut off: a BEGIN line has no matching END line',
		/whole file/,
	],
];

const MISSING = 'Passphrase is missing: Private Key is encrypted';
const WRONG = 'Passphrase is wrong: it does not open Private Key';

const PASSPHRASES: Row[] = [
	['PKCS#8 without passphrase', () => key(encryptedPkcs8(rsa.key)), 'Passphrase', MISSING, /field "Passphrase"/],
	['PKCS#8, empty passphrase', () => key(encryptedPkcs8(rsa.key), ''), 'Passphrase', MISSING, /field "Passphrase"/],
	['PKCS#1 without passphrase', () => key(encryptedPkcs1(rsa.key)), 'Passphrase', MISSING, /field "Passphrase"/],
	['PKCS#8, wrong passphrase', () => key(encryptedPkcs8(rsa.key), 'nope'), 'Passphrase', WRONG, /openssl pkey/],
	['PKCS#1, wrong passphrase', () => key(encryptedPkcs1(rsa.key), 'nope'), 'Passphrase', WRONG, /openssl pkey/],
	[
		'without the spaces at its ends',
		() => key(encryptedPkcs8(rsa.key), PASSPHRASE.trim()),
		'Passphrase',
		WRONG,
		/look for spaces at its ends/,
	],
];

const NOT_ITS_KEY = 'Private Key does not belong to Client Certificate';

const STRANGERS: Row[] = [
	['RSA key, RSA certificate of another', () => key(another.keyPem), KEY, NOT_ITS_KEY, /must print the same/],
	['EC key, RSA certificate', () => key(ec.keyPem), KEY, NOT_ITS_KEY, /must print the same/],
	['SEC1 key, RSA certificate', () => key(sec1(ec.key)), KEY, NOT_ITS_KEY, /must print the same/],
	['RSA key, EC certificate', () => cert(ec.certificate), KEY, NOT_ITS_KEY, /must print the same/],
	['the CA instead of the certificate', () => cert(root.pem), KEY, NOT_ITS_KEY, /must print the same/],
];

const refusal = (sample: Sample) => {
	const fields = { ...fieldsOf(rsa), ...sample() };
	return { fields, error: invalidInput(() => readClientIdentity(fields)) };
};

/** Returns pieces of 12 characters of the secrets: too long to match by chance. */
function piecesOf({ privateKey, passphrase }: IdentityFields): string[] {
	const lines = privateKey.split('\n').filter((line) => !line.startsWith('---'));
	const pieces = lines.flatMap((line) => [line.slice(0, 12), line.slice(-12)]).filter(({ length }) => length === 12);
	return passphrase ? [...pieces, passphrase] : pieces;
}

describe.each<[string, Row[]]>([
	['another kind of text is pasted', WRONG_KIND],
	['the pasted text is damaged', DAMAGED],
	['the passphrase does not fit', PASSPHRASES],
	['the key belongs to another certificate', STRANGERS],
])('%s', (_title, rows) => {
	it.each(rows.map(([what, sample, field, ...rest]) => [`${field}: ${what}`, { sample, field, rest }] as const))(
		'%s',
		(_name, { sample, field, rest: [message, advice] }) => {
			const { error } = refusal(sample);
			expect({ field: error.field, message: error.message }).toEqual({ field, message });
			expect(error.advice).toMatch(advice);
		},
	);

	it('no error contains a piece of the key or of the passphrase', () => {
		for (const [, sample] of rows) {
			const { fields, error } = refusal(sample);
			const text = textOf(error);
			expect(
				piecesOf({ ...fields, privateKey: fields.privateKey + rsa.keyPem }).filter((p) => text.includes(p)),
			).toEqual([]);
		}
	});
});
