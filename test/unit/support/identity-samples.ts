import { createPublicKey, type KeyObject } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { IdentityFields } from '../../../nodes/shared/partners-services/client-identity';
import { certify, ecdsaKeys, privateKeyOf, rsaKeys, type Certified } from '../../sandbox/pki';

/** Spaces at the ends and a non-ASCII character: the passphrase must not be trimmed or escaped. */
export const PASSPHRASE = ' pass phräse $1 ';

/** A certificate with its key. */
export interface Identity {
	certified: Certified;
	/** PEM. */
	certificate: string;
	key: KeyObject;
	/** PKCS#8 PEM. */
	keyPem: string;
}

type Request = Partial<Parameters<typeof certify>[0]>;

/** Creates a CA that signs client certificates, self-signed unless there is an issuer. */
export async function makeAuthority(subject = 'CN=Test Client CA', issuer?: Certified): Promise<Certified> {
	return await certify({ subject, keys: await ecdsaKeys(), usage: 'ca', issuer });
}

/** Creates a client's identity with an RSA-2048 key, as Roche requires. */
export async function makeIdentity(issuer?: Certified, more: Request = {}): Promise<Identity> {
	const keys = more.keys ?? (await rsaKeys());
	const subject = 'CN=_EMAIL.demo@clinic.example.org, O=clinic';
	const certified = await certify({ subject, keys, issuer, usage: 'client', ...more });
	const key = await privateKeyOf(keys);
	return { certified, certificate: certified.pem, key, keyPem: pkcs8(key) };
}

/** Creates a client's identity with a P-256 key. */
export async function makeEcIdentity(issuer?: Certified): Promise<Identity> {
	return await makeIdentity(issuer, { keys: await ecdsaKeys() });
}

/** Returns the fields of the credential for an identity. */
export function fieldsOf({ certificate, keyPem }: Identity): IdentityFields {
	return { clientCertificate: certificate, privateKey: keyPem };
}

function pkcs8(key: KeyObject): string {
	return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** "BEGIN RSA PRIVATE KEY". */
export function pkcs1(key: KeyObject): string {
	return key.export({ format: 'pem', type: 'pkcs1' }).toString();
}

/** "BEGIN EC PRIVATE KEY". */
export function sec1(key: KeyObject): string {
	return key.export({ format: 'pem', type: 'sec1' }).toString();
}

/** "BEGIN ENCRYPTED PRIVATE KEY". */
export function encryptedPkcs8(key: KeyObject): string {
	return key.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: PASSPHRASE }).toString();
}

/** "BEGIN RSA PRIVATE KEY" with the headers Proc-Type and DEK-Info. */
export function encryptedPkcs1(key: KeyObject, cipher = 'aes-256-cbc'): string {
	return key.export({ format: 'pem', type: 'pkcs1', cipher, passphrase: PASSPHRASE }).toString();
}

export function publicKeyPem(key: KeyObject): string {
	return createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString();
}

/** Creates a certificate request as `openssl req` writes it. */
export async function certificateRequest({ certified }: Identity): Promise<string> {
	const request = await x509.Pkcs10CertificateRequestGenerator.create({
		name: 'CN=_EMAIL.demo@clinic.example.org',
		keys: certified.keys,
		signingAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
	});
	return request.toString('pem');
}

/** Returns a PEM block with this label and base64. */
export function armour(label: string, base64: string): string {
	const lines = base64.match(/.{1,64}/g) ?? [];
	return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** Returns the base64 of a PEM text's first block. */
export function base64Of(pem: string): string {
	return (/-----BEGIN [^-]+-----([^-]+)-----END/.exec(pem)?.[1] ?? '').replaceAll(/\s/g, '');
}

/** Returns the beginning of a PKCS#12 file (RFC 7292: version 3, then PKCS#7 data) and a key in DER. */
export function pkcs12Bytes(key: KeyObject): Buffer {
	const head = Buffer.from('308209c00201033082098606092a864886f70d010701a0820977', 'hex');
	return Buffer.concat([head, key.export({ format: 'der', type: 'pkcs8' })]);
}
