import { InvalidInputError } from '../errors/invalid-input-error';

/** A format that a user pasted by mistake, and what to do about it. */
interface Mistake {
	sign: RegExp;
	what: string;
	advice: string;
}

const PUTTY =
	'Convert it with "puttygen KEY.ppk -O private-openssh-new -o KEY" and then "ssh-keygen -p -m PKCS8 -f KEY".';
const OPENSSH =
	'Convert a copy of it with "ssh-keygen -p -m PKCS8 -f KEYFILE", or use the key that openssl created for the CSR.';
const ITS_KEY = 'Paste the private key that was created together with the CSR, in PEM format.';

/** Mistakes by the label of the block; the first that matches counts. */
const LABELS: readonly Mistake[] = [
	{
		sign: /CERTIFICATE REQUEST$/,
		what: 'a certificate request (CSR)',
		advice: 'Send the CSR to Roche and paste the certificate that Roche signed for it.',
	},
	{
		sign: /PUBLIC KEY$/,
		what: 'a public key',
		advice:
			'Paste the certificate (-----BEGIN CERTIFICATE-----) or the private key that was created together with the CSR.',
	},
	{ sign: /^OPENSSH PRIVATE KEY$/, what: 'a key in OpenSSH format', advice: OPENSSH },
	{ sign: /^SSH2 /, what: 'a key in SSH2 format', advice: ITS_KEY },
	{ sign: /^PGP /, what: 'a PGP key or message', advice: 'Paste what openssl created or Roche signed, in PEM format.' },
	{
		sign: /PRIVATE KEY$/,
		what: 'a private key',
		advice: 'Certificate and key may be swapped: the certificate begins with "-----BEGIN CERTIFICATE-----".',
	},
	{
		sign: /^CERTIFICATE$/,
		what: 'a certificate',
		advice: 'Certificate and key may be swapped: the key begins with "-----BEGIN PRIVATE KEY-----" or similar.',
	},
	{
		sign: /^(PKCS ?#?7( SIGNED DATA)?|CMS)$/,
		what: 'a PKCS#7 bundle without a readable certificate',
		advice: 'Print its certificates with "openssl pkcs7 -print_certs -in FILE", and paste the output.',
	},
	{
		sign: /^PKCS12$/,
		what: 'a PKCS#12 file (.p12, .pfx)',
		advice:
			'Convert it: "openssl pkcs12 -in FILE.p12 -clcerts -nokeys" prints the certificate, "openssl pkcs12 -in FILE.p12 -nocerts -nodes" the key. If openssl says "unsupported", add -legacy.',
	},
	{
		sign: /^JAVA KEYSTORE$/,
		what: 'a Java keystore (.jks)',
		advice:
			'Convert it with "keytool -importkeystore -srckeystore FILE.jks -destkeystore FILE.p12 -deststoretype PKCS12", and then with "openssl pkcs12 -in FILE.p12 -nodes".',
	},
	{
		sign: / CRL$/,
		what: 'a certificate revocation list (CRL)',
		advice: 'Paste certificates: they begin with "-----BEGIN CERTIFICATE-----".',
	},
];

/** Mistakes in text without armour, by its content. */
const TEXTS: readonly Mistake[] = [
	{ sign: /^\s{0,99}PuTTY-User-Key-File-/, what: 'a key in PuTTY format (.ppk)', advice: PUTTY },
	{ sign: /\bRSAKeyValue\b/, what: 'a key in .NET XML format', advice: ITS_KEY },
	{ sign: /"kty"/, what: 'a key in JSON format (JWK)', advice: ITS_KEY },
	{ sign: /^\s{0,99}(ssh-(rsa|ed25519)|ecdsa-sha2-)/, what: 'an SSH public key', advice: ITS_KEY },
	{
		sign: /^\s{0,99}[\w.:/\\~ -]{0,200}\.(pem|crt|cer|key|p12|pfx|p7b|der|jks)\s{0,99}$/i,
		what: 'the name of a file',
		advice: 'Open the file in a text editor and paste its whole text.',
	},
];

/** Returns the error for a field that contains the wrong kind of block. */
export function mistaken(field: string, label: string): InvalidInputError {
	const mistake = LABELS.find(({ sign }) => sign.test(label));
	return new InvalidInputError(
		field,
		`${field} contains ${mistake?.what ?? `a block of another type (${label})`}`,
		mistake?.advice ?? `Paste the PEM text that belongs in the field "${field}".`,
	);
}

/** Returns the error for text without armour; undefined if its format is not known. */
export function foreignFormat(field: string, text: string): InvalidInputError | undefined {
	const mistake = TEXTS.find(({ sign }) => sign.test(text));
	return mistake && new InvalidInputError(field, `${field} contains ${mistake.what}`, mistake.advice);
}
