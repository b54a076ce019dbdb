import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readClientIdentity, type IdentityFields } from '../../nodes/shared/partners-services/client-identity';
import type { Certified } from '../sandbox/pki';
import { mutualTlsServer, type MutualTlsServer } from './support/mutual-tls';
import {
	encryptedPkcs1,
	encryptedPkcs8,
	fieldsOf,
	makeAuthority,
	makeEcIdentity,
	makeIdentity,
	PASSPHRASE,
	pkcs1,
	sec1,
	type Identity,
} from './support/identity-samples';

let root: Certified;
let first: Certified;
let second: Certified;
let rsa: Identity;
let ec: Identity;
let chained: Identity;

beforeAll(async () => {
	root = await makeAuthority('CN=Root');
	first = await makeAuthority('CN=Intermediate 1', root);
	second = await makeAuthority('CN=Intermediate 2', first);
	[rsa, ec, chained] = await Promise.all([makeIdentity(root), makeEcIdentity(root), makeIdentity(second)]);
});

/** Returns the public part of a private key in PEM, to compare keys in different forms. */
const publicPart = (privateKey: string) => createPublicKey(createPrivateKey(privateKey)).export({ format: 'jwk' });

describe('every form of private key is read', () => {
	it.each<[string, () => [Identity, string, string?]]>([
		['PKCS#8, RSA', () => [rsa, rsa.keyPem]],
		['PKCS#1', () => [rsa, pkcs1(rsa.key)]],
		['PKCS#8, EC', () => [ec, ec.keyPem]],
		['SEC1, EC', () => [ec, sec1(ec.key)]],
		[
			'SEC1 after EC PARAMETERS',
			() => [ec, `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${sec1(ec.key)}`],
		],
		['encrypted PKCS#8', () => [rsa, encryptedPkcs8(rsa.key), PASSPHRASE]],
		['encrypted PKCS#8, EC', () => [ec, encryptedPkcs8(ec.key), PASSPHRASE]],
		['encrypted PKCS#1', () => [rsa, encryptedPkcs1(rsa.key), PASSPHRASE]],
		['encrypted PKCS#1, 3DES', () => [rsa, encryptedPkcs1(rsa.key, 'des-ede3-cbc'), PASSPHRASE]],
		['encrypted PKCS#1, line breaks as spaces', () => [rsa, encryptedPkcs1(rsa.key).replaceAll('\n', ' '), PASSPHRASE]],
		['encrypted PKCS#1, no line breaks', () => [rsa, encryptedPkcs1(rsa.key).replaceAll('\n', ''), PASSPHRASE]],
		['an unnecessary passphrase', () => [rsa, rsa.keyPem, PASSPHRASE]],
		['an empty passphrase', () => [rsa, pkcs1(rsa.key), '']],
		['certificate and key in one file', () => [rsa, rsa.certificate + rsa.keyPem]],
	])('%s', (_name, sample) => {
		const [owner, privateKey, passphrase] = sample();
		const identity = readClientIdentity({ clientCertificate: owner.certificate, privateKey, passphrase });
		expect(identity.privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
		expect(publicPart(identity.privateKey)).toEqual(publicPart(owner.keyPem));
		expect(identity.certificateChain).toBe(owner.certificate);
	});

	it('certificate and key in one file, pasted into both fields', () => {
		const both = rsa.keyPem + rsa.certificate;
		const identity = readClientIdentity({ clientCertificate: both, privateKey: both });
		expect(identity.certificateChain).toBe(rsa.certificate);
		expect(identity.privateKey).toBe(rsa.keyPem);
	});
});

describe('the data of an identity', () => {
	it('contain the expiration', () => {
		const { expiresAt } = readClientIdentity(fieldsOf(rsa));
		expect(expiresAt).toEqual(new Date(new X509Certificate(rsa.certificate).validTo));
	});

	it('contain no CAs if the field is empty or blank, so the public ones remain trusted', () => {
		const fields = fieldsOf(rsa);
		const authorities = [undefined, '', ' \n '].map(
			(caCertificates) => readClientIdentity({ ...fields, caCertificates }).authorities,
		);
		expect(authorities).toEqual([[], [], []]);
	});

	it('contain every CA of a bundle, even without line breaks', () => {
		const bundle = [root, first, second].map(({ pem }) => pem);
		const caCertificates = `# Roche\n${bundle.join('\n')}`.replaceAll('\n', ' ');
		expect(readClientIdentity({ ...fieldsOf(rsa), caCertificates }).authorities).toEqual(bundle);
	});

	it('a certificate without extended key usage is accepted: every usage is allowed', async () => {
		const { certified, ...rest } = await makeIdentity(undefined, { usage: 'ca' });
		expect(readClientIdentity(fieldsOf({ certified, ...rest })).certificateChain).toBe(certified.pem);
	});
});

describe('a certificate chain is put into order', () => {
	const orders: Array<[string, () => string[]]> = [
		['leaf first', () => [chained.certificate, second.pem, first.pem]],
		['reverse', () => [first.pem, second.pem, chained.certificate]],
		['mixed', () => [second.pem, chained.certificate, first.pem]],
		['twice the same', () => [second.pem, second.pem, chained.certificate, chained.certificate, first.pem]],
		['with an unrelated certificate', () => [rsa.certificate, first.pem, second.pem, chained.certificate]],
	];
	let server: MutualTlsServer;

	beforeAll(async () => {
		server = await mutualTlsServer(root.pem);
	});
	afterAll(async () => {
		await server.close();
	});

	it.each(orders)('%s: leaf first, each followed by its issuer', (_name, order) => {
		const identity = readClientIdentity({ ...fieldsOf(chained), clientCertificate: order().join('') });
		expect(identity.certificateChain).toBe(chained.certificate + second.pem + first.pem);
	});

	it.each(orders)('%s: a TLS server that knows only the root accepts it', async (_name, order) => {
		const fields: IdentityFields = { ...fieldsOf(chained), clientCertificate: order().join('') };
		const { certificateChain, privateKey } = readClientIdentity(fields);
		expect(await server.connect({ cert: certificateChain, key: privateKey })).toBe('authorized');
	});

	it('without the reordering the same server refuses a reversed chain', async () => {
		const cert = first.pem + second.pem + chained.certificate;
		expect(await server.connect({ cert, key: chained.keyPem }).catch(() => 'refused')).not.toBe('authorized');
	});

	it('a server that knows only the root refuses the leaf alone', async () => {
		const { certificateChain, privateKey } = readClientIdentity(fieldsOf(chained));
		expect(await server.connect({ cert: certificateChain, key: privateKey })).not.toBe('authorized');
	});
});
