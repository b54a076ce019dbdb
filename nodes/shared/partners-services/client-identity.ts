import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { InvalidInputError } from '../errors/invalid-input-error';
import { KEY, parseKey } from './client-key';
import { mistaken } from './foreign-formats';
import { type PemBlock, readPemBlocks } from './pem';

/** The fields of the credential that make up the client's identity, as the user pasted them. */
export interface IdentityFields {
	clientCertificate: string;
	privateKey: string;
	passphrase?: string;
	caCertificates?: string;
}

/** What mutual TLS needs, checked. Every PEM string is in canonical form. */
export interface ClientIdentity {
	/** Leaf first, then its issuers. */
	certificateChain: string;
	/** PKCS#8, decrypted; kept in memory only. */
	privateKey: string;
	/** CA certificates for the API host in addition to the public ones; empty if the user gave none. */
	authorities: string[];
	/** End of the certificate's validity. */
	expiresAt: Date;
}

const CERTIFICATE = 'Client Certificate';
const AUTHORITIES = 'CA Certificates';

/** id-kp-clientAuth and anyExtendedKeyUsage (RFC 5280, 4.2.1.12). */
const CLIENT_USAGES = ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0'];

/**
 * Repairs and checks certificate, key, passphrase and CA bundle, so that problems are reported before a request and not as a failed TLS
 * handshake.
 * @param now the time at which the certificate must be valid
 * @throws InvalidInputError that names the field and what is wrong with it
 */
export function readClientIdentity(fields: IdentityFields, now = new Date()): ClientIdentity {
	const pasted = parseCertificates(CERTIFICATE, fields.clientCertificate);
	const certificates = [...new Map(pasted.map((one) => [one.fingerprint256, one])).values()];
	const [keyBlock] = blocksOf(KEY, fields.privateKey, /^((RSA|EC|DSA|ENCRYPTED) )?PRIVATE KEY$/);
	const key = parseKey(keyBlock, fields.passphrase ?? '');
	const own = certificates.filter((certificate) => certificate.checkPrivateKey(key));
	// The field may contain the old and the renewed certificate of one key.
	const leaf = own.find((certificate) => isValidAt(certificate, now)) ?? own[0];
	if (!leaf) {
		throw new InvalidInputError(
			KEY,
			`${KEY} does not belong to ${CERTIFICATE}`,
			'Use the key that was created together with the CSR: "openssl x509 -in CERT -noout -pubkey" and "openssl pkey -in KEY -pubout" must print the same.',
		);
	}
	checkLeaf(leaf, now);
	const identity = {
		certificateChain: chainFrom(leaf, certificates, now),
		privateKey: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
		authorities: readAuthorities(fields.caCertificates ?? ''),
		expiresAt: new Date(leaf.validTo),
	};
	checkUsable(identity);
	return identity;
}

/** Returns the blocks of a field whose label matches. Throws if none does; otherwise ignores the other blocks. */
function blocksOf(field: string, text: string, wanted: RegExp): [PemBlock, ...PemBlock[]] {
	if (text.trim() === '') {
		throw new InvalidInputError(
			field,
			`${field} is empty`,
			`Paste the PEM text into the field "${field}" of the credential.`,
		);
	}
	const blocks = readPemBlocks(field, text);
	const [first, ...rest] = blocks.filter(({ label }) => wanted.test(label));
	if (first) return [first, ...rest];
	throw mistaken(field, blocks[0]?.label ?? '');
}

function parseCertificates(field: string, text: string): X509Certificate[] {
	return blocksOf(field, text, /^CERTIFICATE$/).map((block, index, all) =>
		parseCertificate(field, block, index, all.length),
	);
}

function parseCertificate(field: string, block: PemBlock, index: number, count: number): X509Certificate {
	const certificate = readCertificate(block);
	if (certificate) return certificate;
	const which = count > 1 ? `certificate ${index + 1} of ${count}` : 'the certificate';
	throw new InvalidInputError(
		field,
		`${field} is damaged: ${which} cannot be read`,
		'Paste the file again, whole and unchanged.',
	);
}

/** Returns the certificate; undefined if it is damaged. OpenSSL accepts one with unreadable dates, which would never seem to expire. */
function readCertificate({ pem }: PemBlock): X509Certificate | undefined {
	try {
		const certificate = new X509Certificate(pem);
		const dates = [certificate.validFrom, certificate.validTo].map((date) => Date.parse(date));
		return dates.some(Number.isNaN) ? undefined : certificate;
	} catch {
		return undefined;
	}
}

function isValidAt({ validFrom, validTo }: X509Certificate, now: Date): boolean {
	return Date.parse(validFrom) <= now.getTime() && now.getTime() < Date.parse(validTo);
}

/** Checks dates and extended key usage. TLS itself would send an expired certificate without an error. */
function checkLeaf(leaf: X509Certificate, now: Date): void {
	const [from, to] = [new Date(leaf.validFrom), new Date(leaf.validTo)];
	if (to.getTime() <= now.getTime()) {
		throw new InvalidInputError(
			CERTIFICATE,
			`${CERTIFICATE} expired on ${day(to)}`,
			'Ask Roche to sign a new CSR and put the new certificate into the credential.',
		);
	}
	if (from.getTime() > now.getTime()) {
		throw new InvalidInputError(
			CERTIFICATE,
			`${CERTIFICATE} is valid only from ${day(from)}`,
			'Wait until then, or correct the clock of the n8n server.',
		);
	}
	// The extended key usage. Node's types say string[], but it is undefined without the extension, and then every usage is allowed.
	const usages = leaf.keyUsage as string[] | undefined;
	if (usages && !usages.some((usage) => CLIENT_USAGES.includes(usage))) {
		throw new InvalidInputError(
			CERTIFICATE,
			`${CERTIFICATE} may not be used by a client: its extended key usage lacks clientAuth`,
			'Paste the client certificate that Roche signed for you, not a server certificate.',
		);
	}
}

/**
 * Returns the leaf and its issuers, each followed by its own issuer (RFC 8446, 4.4.2): servers may refuse any other order. A CA may be there with
 * several certificates: an old and a renewed one, or one from each CA that signed it.
 */
function chainFrom(leaf: X509Certificate, certificates: X509Certificate[], now: Date): string {
	const chain = [leaf];
	for (let last: X509Certificate | undefined = leaf; last;) {
		const current: X509Certificate = last;
		const issuers = certificates.filter((candidate) => !chain.includes(candidate) && current.checkIssued(candidate));
		// The issuer of a root is the root itself, or its cross-certificate, which no server needs.
		last = current.checkIssued(current) ? undefined : (issuers.find((one) => isValidAt(one, now)) ?? issuers[0]);
		if (last) chain.push(last);
	}
	return chain.map(String).join('');
}

/** Parses each block, since TLS accepts any text as a CA, and then trusts nothing. */
function readAuthorities(text: string): string[] {
	return text.trim() === '' ? [] : parseCertificates(AUTHORITIES, text).map(String);
}

/** Finds what else OpenSSL refuses, such as a key that is too short for its security level. */
function checkUsable({ certificateChain, privateKey }: ClientIdentity): void {
	try {
		createSecureContext({ cert: certificateChain, key: privateKey });
	} catch {
		throw new InvalidInputError(
			CERTIFICATE,
			`${CERTIFICATE} and ${KEY} cannot be used for TLS`,
			'Roche asks for an RSA key of 2048 bits and a CSR with SHA-256. If yours differ, create a new key and CSR.',
		);
	}
}

function day(date: Date): string {
	return date.toISOString().slice(0, 10);
}
