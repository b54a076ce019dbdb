// @peculiar/x509 needs the Reflect metadata API and loads it itself.
import * as x509 from '@peculiar/x509';
import { createPrivateKey, randomBytes, webcrypto, type KeyObject } from 'node:crypto';

const RSA = {
	name: 'RSASSA-PKCS1-v1_5',
	hash: 'SHA-256',
	publicExponent: new Uint8Array([1, 0, 1]),
	modulusLength: 2048,
} as const;
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

const DAY_MS = 24 * 60 * 60 * 1000;
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

export type KeyPair = webcrypto.CryptoKeyPair;

/** A key pair with its certificate. */
export interface Certified {
	keys: KeyPair;
	certificate: x509.X509Certificate;
	/** PEM. */
	pem: string;
}

interface CertificateRequest {
	subject: string;
	keys: KeyPair;
	/** Unset: self-signed. */
	issuer?: Certified;
	usage: 'ca' | 'client' | 'server';
	/** DNS names or IPv4 addresses of a server. */
	hosts?: readonly string[];
	notBefore?: Date;
	notAfter?: Date;
}

/** Generates an RSA-2048 key pair, the kind that Roche requires. */
export async function rsaKeys(): Promise<KeyPair> {
	return await webcrypto.subtle.generateKey(RSA, true, ['sign', 'verify']);
}

/** Generates a P-256 key pair. */
export async function ecdsaKeys(): Promise<KeyPair> {
	return await webcrypto.subtle.generateKey(ECDSA, true, ['sign', 'verify']);
}

function extensions(request: CertificateRequest): x509.Extension[] {
	if (request.usage === 'ca') {
		return [
			new x509.BasicConstraintsExtension(true, undefined, true),
			new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
		];
	}
	const list: x509.Extension[] = [
		new x509.BasicConstraintsExtension(false, undefined, true),
		new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
		new x509.ExtendedKeyUsageExtension([request.usage === 'client' ? CLIENT_AUTH : SERVER_AUTH]),
	];
	if (request.hosts) {
		const typeOf = (host: string) => (/^[\d.]+$/.test(host) ? 'ip' : 'dns');
		const names = request.hosts.map((host) => ({ type: typeOf(host), value: host }) as const);
		list.push(new x509.SubjectAlternativeNameExtension(names));
	}
	return list;
}

/** Creates a certificate. Default: valid from yesterday, because clocks in containers differ, until a year from now. */
export async function certify(request: CertificateRequest): Promise<Certified> {
	const { keys, issuer, subject } = request;
	const signingKey = (issuer?.keys ?? keys).privateKey;
	const identifiers = [
		await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
		await x509.AuthorityKeyIdentifierExtension.create((issuer?.keys ?? keys).publicKey),
	];
	const certificate = await x509.X509CertificateGenerator.create({
		// The first bit stays 0: a serial number is a positive integer (RFC 5280, 4.1.2.2).
		serialNumber: `4${randomBytes(16).toString('hex').slice(1)}`,
		subject,
		issuer: issuer?.certificate.subject ?? subject,
		notBefore: request.notBefore ?? new Date(Date.now() - DAY_MS),
		notAfter: request.notAfter ?? new Date(Date.now() + 365 * DAY_MS),
		publicKey: keys.publicKey,
		signingKey,
		signingAlgorithm: signingKey.algorithm.name === ECDSA.name ? ECDSA : RSA,
		extensions: [...extensions(request), ...identifiers],
	});
	return { keys, certificate, pem: `${certificate.toString('pem')}\n` };
}

/** Returns the private key as Node's KeyObject, which exports every PEM form. */
export async function privateKeyOf(keys: KeyPair): Promise<KeyObject> {
	const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
	return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
}

/** Returns the private key as unencrypted PKCS#8 PEM ("BEGIN PRIVATE KEY"). */
export async function privateKeyPem(keys: KeyPair): Promise<string> {
	return (await privateKeyOf(keys)).export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** Returns the date `days` days from now; negative = past. */
export function inDays(days: number): Date {
	return new Date(Date.now() + days * DAY_MS);
}
