import { lost, row, type NetworkRow } from './network-row';

const CA_FIELD = 'into the field "CA Certificates" of the credential';
const CLIENT_CERTIFICATE = 'Check that the certificate is the one that Roche signed';

const CLIENT_REFUSED: readonly NetworkRow[] = [
	row(
		['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
		'HOST requires a client certificate and received none',
		'mutual TLS must pass through it unchanged',
		false,
	),
	row(
		['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'ERR_SSL_SSL/TLS_ALERT_UNKNOWN_CA'],
		'HOST does not know the CA that signed the client certificate',
		CLIENT_CERTIFICATE,
		false,
	),
	row(
		['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED'],
		'HOST says that the client certificate has expired',
		'Ask Roche to sign a new CSR',
		false,
	),
	row(
		[
			'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
			'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
			'ERR_SSL_TLSV1_ALERT_ACCESS_DENIED',
			'ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE',
		],
		'HOST refused the client certificate during the TLS handshake',
		CLIENT_CERTIFICATE,
		false,
	),
];

const DEVICE = 'ask the network team to exempt HOST from inspection';

const TLS: readonly NetworkRow[] = [
	row(
		['ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED', 'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_REVOKED'],
		'HOST says that the client certificate has been revoked',
		'with a new key',
		false,
	),
	row(
		[
			'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
			'ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY',
			'ERR_SSL_TLSV13_ALERT_MISSING_EXTENSION',
		],
		'HOST aborted the TLS handshake: it does not accept what n8n offers',
		'HOST may refuse the client certificate',
		false,
	),
	row(
		['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'ERR_SSL_TLSV1_ALERT_UNRECOGNIZED_NAME'],
		'The server that was reached does not know the name HOST',
		'Check the base URL',
		false,
	),
	lost(
		['ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', 'ERR_SSL_TLSV1_ALERT_USER_CANCELLED'],
		'HOST closed the TLS connection because of an internal error',
		'Try again later',
		true,
	),
	lost(
		[
			'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC',
			'ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC',
			'ERR_SSL_TLSV1_ALERT_DECODE_ERROR',
			'ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR',
			'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
			'ERR_SSL_BAD_RECORD_TYPE',
		],
		'The TLS connection to HOST was damaged on the way',
		'Try again later',
		true,
	),
	row(
		['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'ERR_SSL_UNSUPPORTED_PROTOCOL', 'ERR_SSL_NO_PROTOCOLS_AVAILABLE'],
		'HOST and n8n have no TLS version in common',
		'n8n speaks TLS 1.2 and 1.3',
		false,
	),
	lost(
		['HPE_INVALID', 'HPE_INVALID_CONSTANT', 'UND_ERR_HEADERS_OVERFLOW'],
		'HOST sent an answer that is not HTTP',
		'Try again later',
		true,
	),
];

const SERVER_REFUSED: readonly NetworkRow[] = [
	row(
		[
			'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
			'UNABLE_TO_GET_ISSUER_CERT',
			'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
			'SELF_SIGNED_CERT_IN_CHAIN',
			'DEPTH_ZERO_SELF_SIGNED_CERT',
			'CERT_UNTRUSTED',
		],
		'The server certificate of HOST is signed by a CA that n8n does not trust',
		CA_FIELD,
		false,
	),
	row(['CERT_HAS_EXPIRED'], 'The server certificate of HOST has expired', 'Check the clock of the n8n server', false),
	row(
		['CERT_NOT_YET_VALID'],
		'The server certificate of HOST is not valid yet',
		'Check the clock of the n8n server',
		false,
	),
	row(
		['INVALID_PURPOSE', 'X509_UNSUITABLE_CERTIFICATE_PURPOSE'],
		'The server certificate of HOST is not meant for servers, or was signed by a certificate that is not a CA',
		'serverAuth',
		false,
	),
	row(
		[
			'CA_MD_TOO_WEAK',
			'EE_KEY_TOO_SMALL',
			'X509_CA_SIGNATURE_DIGEST_ALGORITHM_TOO_WEAK',
			'X509_EE_CERTIFICATE_KEY_TOO_WEAK',
			'ERR_SSL_DH_KEY_TOO_SMALL',
		],
		'The TLS of HOST is too weak: its certificate, or a CA above it, has a short key or a SHA-1 or MD5 signature',
		DEVICE,
		false,
	),
	row(
		['INVALID_CA', 'PATH_LENGTH_EXCEEDED', 'X509_PERMITTED_SUBTREE_VIOLATION'],
		'The server certificate of HOST is signed by a certificate that may not sign it',
		DEVICE,
		false,
	),
	row(['CERT_SIGNATURE_FAILURE'], 'The signature of the server certificate of HOST is wrong', DEVICE, false),
	row(['CERT_REVOKED'], 'The server certificate of HOST has been revoked', DEVICE, false),
	row(
		['UNABLE_TO_GET_CRL', 'CRL_HAS_EXPIRED', 'ERROR_IN_CRL_NEXT_UPDATE_FIELD'],
		'n8n cannot find out whether the server certificate of HOST has been revoked',
		'renew the list',
		false,
	),
	row(
		['X509_UNHANDLED_CRITICAL_EXTENSION', 'CERT_SOMETHING_NEW', 'ERROR_IN_CERT_NOT_AFTER_FIELD'],
		'The server certificate of HOST cannot be accepted',
		DEVICE,
		false,
	),
	row(
		['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH', 'X509_HOSTNAME_MISMATCH'],
		'The server certificate is not for HOST',
		'Check the base URL',
		false,
	),
	row(
		['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'EPROTO', 'ERR_TLS_HANDSHAKE_TIMEOUT'],
		'HOST does not speak TLS as expected',
		'Check host and port of the base URL',
		false,
	),
];

export const TLS_FAILURES: readonly NetworkRow[] = [...CLIENT_REFUSED, ...SERVER_REFUSED, ...TLS];
