import { readPemBlocks } from '../../nodes/shared/partners-services/pem';
import { invalidInput } from './support/expect-error';
import {
	armour,
	encryptedPkcs1,
	encryptedPkcs8,
	makeAuthority,
	makeIdentity,
	pkcs12Bytes,
	type Identity,
} from './support/identity-samples';

/** Damage to a pasted PEM text by single-line fields, JSON, editors and mail programs. */
const DAMAGES: ReadonlyArray<[string, (pem: string) => string]> = [
	['unchanged', (pem) => pem],
	['newlines as spaces', (pem) => pem.replaceAll('\n', ' ')],
	['newlines as literal \\n', (pem) => pem.replaceAll('\n', '\\n')],
	['newlines as literal \\r\\n', (pem) => pem.replaceAll('\n', '\\r\\n')],
	['newlines removed', (pem) => pem.replaceAll('\n', '')],
	['CRLF', (pem) => pem.replaceAll('\n', '\r\n')],
	['CR alone', (pem) => pem.replaceAll('\n', '\r')],
	['blank lines between the lines', (pem) => pem.replaceAll('\n', '\n\n')],
	['indented by spaces', (pem) => pem.replaceAll(/^/gm, '    ')],
	['indented by tabs', (pem) => pem.replaceAll(/^/gm, '\t')],
	['double quotes around', (pem) => `"${pem.trim()}"`],
	['single quotes around', (pem) => `'${pem.trim()}'`],
	['a JSON string', (pem) => JSON.stringify(pem)],
	['every line in quotes', (pem) => pem.replaceAll(/^.+$/gm, '"$&"')],
	['a BOM in front', (pem) => `\ufeff${pem}`],
	['a BOM and CRLF', (pem) => `\ufeff${pem.replaceAll('\n', '\r\n')}`],
	['spaces at the ends of lines', (pem) => pem.replaceAll('\n', '  \n')],
	['non-breaking spaces from a web page', (pem) => pem.replaceAll('\n', '\u00a0')],
	['openssl\'s "Bag Attributes" in front', (pem) => `Bag Attributes\n    localKeyID: 01 02\nsubject=CN = x\n${pem}`],
	['openssl\'s "Certificate:" dump in front', (pem) => `Certificate:\n    Data:\n        Version: 3 (0x2)\n${pem}`],
	['a name in the wrong encoding in front', (pem) => `friendlyName: Z\ufffdrich\n${pem}`],
	['a mail around', (pem) => `Dear partner, here it is:\n\n${pem}\n--\nRoche, Zürich\n`],
];

const FIELD = 'Client Certificate';
let identity: Identity;
let authority: string;

beforeAll(async () => {
	const issuer = await makeAuthority();
	authority = issuer.pem;
	identity = await makeIdentity(issuer);
});

const canonical = (pem: string) => [{ label: 'CERTIFICATE', pem, encrypted: false }];

describe('a pasted PEM text is repaired', () => {
	it.each(DAMAGES)('a certificate: %s', (_name, damage) => {
		expect(readPemBlocks(FIELD, damage(identity.certificate))).toEqual(canonical(identity.certificate));
	});

	it.each(DAMAGES)('a chain of two: %s', (_name, damage) => {
		const blocks = readPemBlocks(FIELD, damage(identity.certificate + authority));
		expect(blocks).toEqual([...canonical(identity.certificate), ...canonical(authority)]);
	});

	it.each(DAMAGES)('a private key: %s', (_name, damage) => {
		const blocks = readPemBlocks('Private Key', damage(identity.keyPem));
		expect(blocks).toEqual([{ label: 'PRIVATE KEY', pem: identity.keyPem, encrypted: false }]);
	});

	it.each(DAMAGES)('an encrypted PKCS#8 key: %s', (_name, damage) => {
		const pem = encryptedPkcs8(identity.key);
		const blocks = readPemBlocks('Private Key', damage(pem));
		expect(blocks).toEqual([{ label: 'ENCRYPTED PRIVATE KEY', pem, encrypted: true }]);
	});

	describe.each(['aes-256-cbc', 'aes-128-cbc', 'des-ede3-cbc'])('an encrypted PKCS#1 key (%s)', (cipher) => {
		it.each(DAMAGES)('%s', (_name, damage) => {
			const pem = encryptedPkcs1(identity.key, cipher);
			const blocks = readPemBlocks('Private Key', damage(pem));
			expect(blocks).toEqual([{ label: 'RSA PRIVATE KEY', pem, encrypted: true }]);
		});
	});

	it.each([
		['AES-256-CBC', '0123456789ABCDEF0123456789ABCDEF'],
		['DES-EDE3-CBC', '0123456789ABCDEF'],
	])('an encrypted PKCS#1 key without line breaks whose base64 looks like a part of its IV (%s)', (cipher, iv) => {
		const base64 = `ABCDEF01${'x'.repeat(80)}`;
		const headers = `Proc-Type: 4,ENCRYPTED\nDEK-Info: ${cipher},${iv}\n\n`;
		const pem = armour('RSA PRIVATE KEY', base64).replace('\n', `\n${headers}`);
		const [block] = readPemBlocks('Private Key', pem.replaceAll('\n', ''));
		expect(block).toEqual({ label: 'RSA PRIVATE KEY', pem, encrypted: true });
	});

	it('a block with lines of another length is returned in 64 columns', () => {
		const oneLine = identity.certificate.replaceAll(/(?<=[^-])\n(?=[^-])/g, '');
		expect(readPemBlocks(FIELD, oneLine)).toEqual(canonical(identity.certificate));
	});
});

describe('a text that is not PEM is refused', () => {
	it.each([
		['a word', 'hello'],
		['base64 without armour', Buffer.from('some bytes of a file').toString('base64')],
		['a sentence', 'Roche will send the certificate on Monday.'],
		['a BEGIN line alone, without dashes', 'BEGIN CERTIFICATE\nMIIB'],
	])('%s', (_name, text) => {
		const error = invalidInput(() => readPemBlocks(FIELD, text));
		expect(error.field).toBe(FIELD);
		expect(error.message).toBe('Client Certificate is not PEM: it has no "-----BEGIN ...-----" block');
		expect(error.advice).toContain('Paste the text of a PEM file');
	});

	it.each([
		['latin1' as const, 'a .p12 file'],
		['utf8' as const, 'a .p12 file, decoded as UTF-8'],
	])('binary data read as %s: %s', (encoding, _name) => {
		const error = invalidInput(() => readPemBlocks(FIELD, pkcs12Bytes(identity.key).toString(encoding)));
		expect(error.message).toBe('Client Certificate contains binary data: it has no "-----BEGIN ...-----" block');
		expect(error.advice).toContain('openssl pkcs12 -in FILE.p12');
	});
});

describe('an incomplete PEM text is refused', () => {
	const CUT = /^Client Certificate is cut off: a BEGIN line has no matching END line$/;

	it.each<[string, (pem: string) => string]>([
		['no END line', (pem) => pem.slice(0, pem.indexOf('-----END'))],
		['half of the base64', (pem) => pem.slice(0, pem.length / 2)],
		['half of the END line', (pem) => pem.slice(0, -12)],
		['two files without a line break between them', (pem) => `${pem.slice(0, 200)}\n-----END PRIVATE KEY-----\n`],
		['the second of two blocks', (pem) => pem + pem.slice(0, 200)],
		['the first of two blocks', (pem) => `${pem.slice(0, 200)}\n${pem}`],
	])('cut off: %s', (_name, cut) => {
		const error = invalidInput(() => readPemBlocks(FIELD, cut(identity.certificate)));
		expect(error.message).toMatch(CUT);
		expect(error.advice).toMatch(/^Paste the whole file/);
	});

	it.each([
		['a character that is not base64', 'MIIB*AAA'],
		['nothing between BEGIN and END', ''],
		['dots instead of the key', '....'],
	])('damaged: %s', (_name, base64) => {
		const error = invalidInput(() => readPemBlocks(FIELD, armour('CERTIFICATE', base64)));
		expect(error.message).toBe(
			'Client Certificate is damaged: the block "CERTIFICATE" contains characters that are not base64',
		);
	});
});
