import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { InvalidInputError } from '../errors/invalid-input-error';
import { type PemBlock, readPemBlocks } from './pem';

/** The fields of the credential that make up the client's identity, as the user pasted them. */
export interface IdentityFields {
	clientCertificate: string;
	privateKey: string;
	passphrase?: string;
	caCertificates?: string;
}

/** What mutual TLS needs, checked. Every PEM text is canonical. */
export interface ClientIdentity {
	/** Leaf first, then its issuers. */
	certificateChain: string;
	/** PKCS#8, decrypted: it stays in memory. */
	privateKey: string;
	/** CA certificates for the API host beside the public ones; empty when the user gave none. */
	authorities: string[];
	/** End of the certificate's validity. */
	expiresAt: Date;
}

const CERTIFICATE = 'Client Certificate';
const KEY = 'Private Key';
const AUTHORITIES = 'CA Certificates';

/** Labels that a user pastes by mistake, and what they are. */
const MISTAKEN_LABELS: ReadonlyArray<{ label: RegExp; what: string; advice: string }> = [
	{
		label: /CERTIFICATE REQUEST$/,
		what: 'a certificate request (CSR)',
		advice: 'Send the CSR to Roche and paste the certificate that Roche signed for it.',
	},
	{
		label: /PUBLIC KEY$/,
		what: 'a public key',
		advice:
			'Paste the certificate (-----BEGIN CERTIFICATE-----) or the private key that was made together with the CSR.',
	},
	{
		label: /^OPENSSH PRIVATE KEY$/,
		what: 'a key in OpenSSH format',
		advice:
			'Convert a copy of it with "ssh-keygen -p -m PKCS8 -f KEYFILE", or use the key that openssl made for the CSR.',
	},
	{
		label: /PRIVATE KEY$/,
		what: 'a private key',
		advice: 'Certificate and key may be swapped: the certificate begins with "-----BEGIN CERTIFICATE-----".',
	},
	{
		label: /^CERTIFICATE$/,
		what: 'a certificate',
		advice: 'Certificate and key may be swapped: the key begins with "-----BEGIN PRIVATE KEY-----" or similar.',
	},
	{
		label: /^PKCS7$/,
		what: 'a PKCS#7 bundle',
		advice: 'Convert it with "openssl pkcs7 -print_certs -in FILE".',
	},
];

/** id-kp-clientAuth and anyExtendedKeyUsage (RFC 5280, 4.2.1.12). */
const CLIENT_USAGES = ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0'];

/**
 * Repairs and checks certificate, key, passphrase and CA bundle, so that whatever is wrong with them is said before a request
 * and not by a TLS handshake.
 * @param now the moment at which the certificate has to be valid
 * @throws InvalidInputError that names the field and what is wrong with it
 */
export function readClientIdentity(fields: IdentityFields, now = new Date()): ClientIdentity {
	const certificates = blocksOf(CERTIFICATE, fields.clientCertificate, /^CERTIFICATE$/).map((block, index, all) =>
		parseCertificate(CERTIFICATE, block, index, all.length),
	);
	const [keyBlock] = blocksOf(KEY, fields.privateKey, /^((RSA|EC|DSA|ENCRYPTED) )?PRIVATE KEY$/);
	const key = parseKey(keyBlock, fields.passphrase ?? '');
	const own = certificates.filter((certificate) => certificate.checkPrivateKey(key));
	// The old and the renewed certificate of one key may be in the field, one below the other.
	const leaf = own.find((certificate) => isValidAt(certificate, now)) ?? own[0];
	if (!leaf) {
		throw new InvalidInputError(
			KEY,
			`${KEY} does not belong to ${CERTIFICATE}`,
			'Use the key that was made together with the CSR: "openssl x509 -in CERT -noout -pubkey" and "openssl pkey -in KEY -pubout" must print the same.',
		);
	}
	checkLeaf(leaf, now);
	const identity = {
		certificateChain: chainFrom(leaf, certificates),
		privateKey: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
		authorities: readAuthorities(fields.caCertificates ?? ''),
		expiresAt: new Date(leaf.validTo),
	};
	checkUsable(identity);
	return identity;
}

/** The blocks of a field whose label fits; blocks of another kind are ignored only if one fits. */
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
	const label = blocks[0]?.label ?? '';
	const mistake = MISTAKEN_LABELS.find((row) => row.label.test(label));
	throw new InvalidInputError(
		field,
		`${field} holds ${mistake?.what ?? `a block of another kind (${label})`}`,
		mistake?.advice ?? `Paste the PEM text that belongs into the field "${field}".`,
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

/** The certificate, unless it is damaged; OpenSSL takes one whose dates are none, and it would never seem to expire. */
function readCertificate({ pem }: PemBlock): X509Certificate | undefined {
	try {
		const certificate = new X509Certificate(pem);
		const dates = [certificate.validFrom, certificate.validTo].map((date) => Date.parse(date));
		return dates.some(Number.isNaN) ? undefined : certificate;
	} catch {
		return undefined;
	}
}

function parseKey(block: PemBlock, passphrase: string): KeyObject {
	if (block.encrypted && passphrase === '') {
		throw new InvalidInputError(
			'Passphrase',
			`Passphrase is missing: ${KEY} is encrypted`,
			'Put the passphrase of the key into the field "Passphrase" of the credential.',
		);
	}
	try {
		return createPrivateKey({ key: block.pem, ...(block.encrypted && { passphrase }) });
	} catch {
		// OpenSSL's own words differ by cipher for a wrong passphrase, and are not for users.
		if (block.encrypted) {
			throw new InvalidInputError(
				'Passphrase',
				`Passphrase is wrong: it does not open ${KEY}`,
				'Try it with "openssl pkey -in KEY -noout"; mind spaces at the ends. If it is right, the key is damaged: paste it again.',
			);
		}
		throw new InvalidInputError(
			KEY,
			`${KEY} is damaged: it cannot be read`,
			'Paste the file again, whole and unchanged.',
		);
	}
}

function isValidAt({ validFrom, validTo }: X509Certificate, now: Date): boolean {
	return Date.parse(validFrom) <= now.getTime() && now.getTime() < Date.parse(validTo);
}

/** TLS itself would send an expired certificate without a word. */
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
	// Node's types say string[]; without the extension it is undefined, and every usage is allowed.
	const usages = leaf.keyUsage as string[] | undefined;
	if (usages && !usages.some((usage) => CLIENT_USAGES.includes(usage))) {
		throw new InvalidInputError(
			CERTIFICATE,
			`${CERTIFICATE} may not be used by a client: its extended key usage lacks clientAuth`,
			'Paste the client certificate that Roche signed for you, not a server certificate.',
		);
	}
}

/** Leaf first, each followed by its issuer: servers refuse any other order (RFC 8446, 4.4.2). */
function chainFrom(leaf: X509Certificate, certificates: X509Certificate[]): string {
	const chain = [leaf];
	for (let last: X509Certificate | undefined = leaf; last;) {
		const current: X509Certificate = last;
		last = certificates.find((candidate) => !chain.includes(candidate) && current.checkIssued(candidate));
		if (last) chain.push(last);
	}
	return chain.map(String).join('');
}

/** Each block is parsed, since TLS accepts any text as CA and then trusts nothing. */
function readAuthorities(text: string): string[] {
	if (text.trim() === '') return [];
	return blocksOf(AUTHORITIES, text, /^CERTIFICATE$/).map((block, index, all) => {
		parseCertificate(AUTHORITIES, block, index, all.length);
		return block.pem;
	});
}

/** What is left for OpenSSL to refuse, such as a key that is too short for its security level. */
function checkUsable({ certificateChain, privateKey }: ClientIdentity): void {
	try {
		createSecureContext({ cert: certificateChain, key: privateKey });
	} catch {
		throw new InvalidInputError(
			CERTIFICATE,
			`${CERTIFICATE} and ${KEY} cannot be used for TLS`,
			'Roche asks for an RSA key of 2048 bits and a SHA-256 CSR; make a new pair if yours differs.',
		);
	}
}

function day(date: Date): string {
	return date.toISOString().slice(0, 10);
}
