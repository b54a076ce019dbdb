import type { Failure } from '../errors/failure';

/** One row: a failure of the network or of TLS. `HOST` in its texts stands for the host that was called. */
export interface NetworkFailure extends Failure {
	/** As `failureCode` names it. */
	code: RegExp;
}

const CLIENT_CERTIFICATE_ADVICE =
	'Check that the certificate is the one that Roche signed for this environment (demo and live differ), and that it has not been revoked.';
/** Mutual TLS does not survive inspection, so trusting the device's CA would not be enough. */
const DEVICE =
	'A device that inspects TLS may answer instead of HOST: ask the network team to exempt HOST from inspection.';
const CA_ADVICE =
	'Put the CA certificates of the server (root and intermediates, several PEM blocks) into the field "CA Certificates" of the credential; for S3 hosts behind an inspecting proxy use NODE_EXTRA_CA_CERTS. TLS verification cannot be switched off.';

/**
 * Alerts that the server sent (RFC 8446, 6.2). OpenSSL's names for them begin with `SSLV3_ALERT_`, `SSL/TLS_ALERT_` (since 3.2),
 * `TLSV1_ALERT_`, `TLSV13_ALERT_`, or lack ALERT. Only alerts that report damage or an internal error are retried: the others would recur.
 */
const ALERTS: readonly NetworkFailure[] = [
	{
		code: /ALERT_CERTIFICATE_REQUIRED$/,
		message: 'HOST requires a client certificate and received none',
		advice: 'A device between n8n and HOST may terminate TLS: mutual TLS must pass through it unchanged.',
		retry: false,
		causedBy: 'credential',
	},
	{
		code: /ALERT_UNKNOWN_CA$/,
		message: 'HOST does not know the CA that signed the client certificate',
		advice: CLIENT_CERTIFICATE_ADVICE,
		retry: false,
		causedBy: 'credential',
	},
	{
		code: /ALERT_CERTIFICATE_EXPIRED$/,
		message: 'HOST says that the client certificate has expired',
		advice: 'Ask Roche to sign a new CSR, and put the new certificate into the credential.',
		retry: false,
		causedBy: 'credential',
	},
	{
		code: /ALERT_CERTIFICATE_REVOKED$/,
		message: 'HOST says that the client certificate has been revoked',
		advice:
			'Ask Roche for the reason. Then have Roche sign a CSR made with a new key, and put the new certificate and key into the credential.',
		retry: false,
		causedBy: 'credential',
	},
	{
		code: /ALERT_(NO_CERTIFICATE|(BAD|UNSUPPORTED)_CERTIFICATE|CERTIFICATE_\w+|ACCESS_DENIED)$/,
		message: 'HOST refused the client certificate during the TLS handshake',
		advice: CLIENT_CERTIFICATE_ADVICE,
		retry: false,
		causedBy: 'credential',
	},
	{
		// Servers also send these alerts if they do not accept the client certificate.
		code: /ALERT_(HANDSHAKE_FAILURE|INSUFFICIENT_SECURITY|MISSING_EXTENSION|NO_APPLICATION_PROTOCOL)$/,
		message: 'HOST aborted the TLS handshake: it does not accept what n8n offers',
		advice: `HOST may refuse the client certificate, or require ciphers that Node does not offer. ${CLIENT_CERTIFICATE_ADVICE} ${DEVICE}`,
		retry: false,
	},
	{
		code: /_UNRECOGNIZED_NAME$/,
		message: 'The server that was reached does not know the name HOST',
		advice: 'Check the base URL; a proxy or DNS entry may lead to another server.',
		retry: false,
	},
	{
		code: /ALERT_(INTERNAL_ERROR|USER_CANCELLED)$/,
		message: 'HOST closed the TLS connection because of an internal error',
		advice: 'Try again later. If it always happens, tell the operator of HOST: the TLS alert is "internal error".',
		retry: true,
		answerLost: true,
	},
	{
		code: /ALERT_(BAD_RECORD_MAC|DEC\w+|RECORD_OVERFLOW|UNEXPECTED_MESSAGE|ILLEGAL_PARAMETER)$|^ERR_SSL_(DECRYPTION_FAILED_OR_BAD_RECORD_MAC|BAD_(RECORD\w*|LENGTH|PACKET\w*|DIGEST_LENGTH)|UNEXPECTED_(MESSAGE|RECORD)|(DATA_)?LENGTH_\w+|ENCRYPTED_LENGTH_TOO_LONG|DIGEST_CHECK_FAILED)$/,
		message: 'The TLS connection to HOST was damaged on the way',
		advice:
			'Try again later. If it always happens, ask the network team about a device that changes the traffic to HOST.',
		retry: true,
		answerLost: true,
	},
];

/**
 * What Node and OpenSSL find wrong with the server's certificate. If Node has no code for an OpenSSL error, the code is `X509_` and OpenSSL's text
 * (`failureCode`).
 */
const SERVER_CERTIFICATE: readonly NetworkFailure[] = [
	{
		code: /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_UNTRUSTED|CERT_REJECTED)$/,
		message: 'The server certificate of HOST is signed by a CA that n8n does not trust',
		advice: CA_ADVICE,
		retry: false,
	},
	{
		code: /^CERT_HAS_EXPIRED$/,
		message: 'The server certificate of HOST has expired',
		advice:
			'Check the clock of the n8n server. If it is right, the operator of HOST must renew the certificate, or a certificate in the field "CA Certificates" has expired: add its successor.',
		retry: false,
	},
	{
		code: /^CERT_NOT_YET_VALID$/,
		message: 'The server certificate of HOST is not valid yet',
		advice: `Check the clock of the n8n server. ${DEVICE}`,
		retry: false,
	},
	{
		code: /^(ERR_TLS_CERT_ALTNAME_INVALID|ERR_TLS_CERT_ALTNAME_FORMAT|(X509_)?(HOSTNAME|IP_ADDRESS)_MISMATCH)$/,
		message: 'The server certificate is not for HOST',
		advice: `Check the base URL; a proxy or DNS entry may lead to another server. ${DEVICE}`,
		retry: false,
	},
	{
		code: /^(INVALID_PURPOSE|X509_UNSUITABLE_CERTIFICATE_PURPOSE)$/,
		// Node reports the last error that OpenSSL finds, which hides INVALID_CA.
		message: 'The server certificate of HOST is not meant for servers, or was signed by a certificate that is not a CA',
		advice: `Its extended key usage lacks serverAuth, or the certificate above it lacks "basicConstraints = CA:TRUE". ${DEVICE} If HOST is your own server, give it a certificate for servers.`,
		retry: false,
	},
	{
		code: /TOO_WEAK$|^((EE|CA)_KEY_TOO_SMALL|ERR_SSL_(DH|EE|CA)_KEY_TOO_SMALL|ERR_SSL_LEGACY_SIGALG_\w+)$/,
		message:
			'The TLS of HOST is too weak: its certificate, or a CA above it, has a short key or a SHA-1 or MD5 signature',
		advice: `RSA keys need 2048 bits and signatures SHA-256. ${DEVICE} If HOST is your own server, renew its certificate.`,
		retry: false,
	},
	{
		code: /^(INVALID_CA|INVALID_NON_CA|PATH_LENGTH_EXCEEDED|CERT_CHAIN_TOO_LONG|KEYUSAGE_NO_CERTSIGN|X509_(KEY_USAGE_DOES_NOT_INCLUDE_CERTIFICATE_SIGNING|\w+_SUBTREE_VIOLATION|INVALID_CA_CERTIFICATE|PATH_LENGTH_CONSTRAINT_EXCEEDED))$/,
		message: 'The server certificate of HOST is signed by a certificate that may not sign it',
		advice: `It is not a CA, or not one for this name or depth. ${DEVICE} Your own CA needs "basicConstraints = CA:TRUE" and "keyUsage = keyCertSign".`,
		retry: false,
	},
	{
		code: /^(CERT_SIGNATURE_FAILURE|UNABLE_TO_DECRYPT_CERT_SIGNATURE|UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY)$/,
		message: 'The signature of the server certificate of HOST is wrong',
		advice: `n8n may trust a CA certificate with the same name but another key: put the current one into the field "CA Certificates". ${DEVICE}`,
		retry: false,
	},
	{
		code: /^CERT_REVOKED$/,
		message: 'The server certificate of HOST has been revoked',
		advice: `The operator of HOST must renew it. ${DEVICE}`,
		retry: false,
	},
	{
		code: /(^|_)CRL(_|$)/,
		message: 'n8n cannot find out whether the server certificate of HOST has been revoked',
		advice:
			'Node.js is configured here to check a certificate revocation list (CRL): renew the list, or correct the settings.',
		retry: false,
	},
	{
		code: /^(X509_|CERT_|ERR_TLS_CERT_|ERROR_IN_CERT_)/,
		message: 'The server certificate of HOST cannot be accepted',
		advice: `${DEVICE} If HOST is your own server, check its certificate with "openssl verify".`,
		retry: false,
	},
];

/** Failures that keep the two sides from speaking TLS at all. */
const PROTOCOL: readonly NetworkFailure[] = [
	{
		code: /ALERT_(PROTOCOL_VERSION|INAPPROPRIATE_FALLBACK)$|^ERR_SSL_(UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|VERSION_TOO_LOW|WRONG_SSL_VERSION)$/,
		message: 'HOST and n8n have no TLS version in common',
		advice: `n8n speaks TLS 1.2 and 1.3 unless NODE_OPTIONS says otherwise. ${DEVICE}`,
		retry: false,
	},
	{
		code: /^(ERR_SSL_|ERR_TLS_|EPROTO$)/,
		message: 'HOST does not speak TLS as expected',
		advice: 'Check host and port of the base URL, and look for a device in between that answers instead of HOST.',
		retry: false,
	},
];

/** TLS failures, the specific before the general, since the first row that matches counts. */
export const TLS_FAILURES: readonly NetworkFailure[] = [...ALERTS, ...SERVER_CERTIFICATE, ...PROTOCOL];
