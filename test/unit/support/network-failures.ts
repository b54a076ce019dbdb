/** Network error codes with the same meaning for the user. */
export interface NetworkRow {
	codes: readonly string[];
	/** HOST represents the called host. */
	message: string;
	/** Part of the advice. */
	advice: string;
	retry: boolean;
	answerLost?: true;
}

const CA_FIELD = 'into the field "CA Certificates" of the credential';
const CLIENT_CERTIFICATE = 'Check that the certificate is the one that Roche signed';
const row = (codes: readonly string[], message: string, advice: string, retry: boolean): NetworkRow => ({
	codes,
	message,
	advice,
	retry,
});
const lost = (...args: Parameters<typeof row>): NetworkRow => ({ ...row(...args), answerLost: true });

const UNREACHABLE: readonly NetworkRow[] = [
	row(['ENOTFOUND'], 'The host HOST is not known to DNS', 'Check the environment and base URL, and the DNS', false),
	row(['EAI_AGAIN'], 'DNS did not answer for HOST', 'Check the DNS of the n8n server', true),
	row(['ECONNREFUSED'], 'HOST refused the connection', 'the proxy settings (HTTPS_PROXY, NO_PROXY)', true),
	row(
		['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'],
		'No network route to HOST',
		'Check the network of the n8n server',
		true,
	),
	row(
		['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'],
		'HOST did not accept a connection in time',
		'A firewall may drop the packets',
		true,
	),
];

const ANSWER_LOST: readonly NetworkRow[] = [
	lost(
		['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ATTEMPT_TIMEOUT'],
		'HOST did not answer in time',
		'raise the option "Timeout"',
		true,
	),
	lost(
		[
			'ECONNRESET',
			'EPIPE',
			'UND_ERR_SOCKET',
			'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
			'UND_ERR_DESTROYED',
			'UND_ERR_CLOSED',
			'ERR_SSL_UNEXPECTED_EOF_WHILE_READING',
		],
		'HOST closed the connection before the answer was complete',
		'the public IP address of the n8n server',
		true,
	),
];

const PROXY: readonly NetworkRow[] = [
	row(['PROXY_407'], 'The proxy asks for a user name and password (407)', 'http://user:password@proxy:port', false),
	row(
		['PROXY_401'],
		'The proxy does not accept the user name and password (401)',
		'Correct them in HTTPS_PROXY',
		false,
	),
	row(['PROXY_403'], 'The proxy does not allow connections to HOST (403)', 'to allow connections to HOST', false),
	row(
		[
			'PROXY_500',
			'PROXY_502',
			'PROXY_503',
			'PROXY_504',
			'PROXY_429',
			'PROXY_CLOSED',
			'PROXY_TIMEOUT',
			'PROXY_ECONNRESET',
		],
		'The proxy could not connect to HOST',
		'HTTPS_PROXY (or ALL_PROXY) and NO_PROXY of the n8n process',
		true,
	),
	row(
		['PROXY_NO_BASIC'],
		'The proxy does not offer Basic authentication, the only method that is supported (407)',
		'cntlm or px',
		false,
	),
	row(
		['PROXY_ENOTFOUND'],
		'The proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process is not known to DNS',
		'Correct host and port in the variable',
		false,
	),
	row(
		['PROXY_EAI_AGAIN'],
		'DNS did not answer for the proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process',
		'Check the DNS of the n8n server',
		true,
	),
	row(
		['PROXY_ECONNREFUSED', 'PROXY_ETIMEDOUT', 'PROXY_UND_ERR_CONNECT_TIMEOUT', 'PROXY_EHOSTUNREACH'],
		'The proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process cannot be reached',
		'add it to NO_PROXY',
		true,
	),
	row(
		[
			'PROXY_DEPTH_ZERO_SELF_SIGNED_CERT',
			'PROXY_UNABLE_TO_VERIFY_LEAF_SIGNATURE',
			'PROXY_CERT_HAS_EXPIRED',
			'PROXY_ERR_TLS_CERT_ALTNAME_INVALID',
		],
		'The certificate of the proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process is not accepted',
		'NODE_EXTRA_CA_CERTS',
		false,
	),
	row(
		['PROXY_ERR_SSL_WRONG_VERSION_NUMBER', 'PROXY_EPROTO'],
		'The proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process does not speak TLS, although its URL calls for it',
		'http://proxy:port',
		false,
	),
	row(
		['PROXY_HPE_INVALID'],
		'The proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process does not speak HTTP',
		'https://proxy:port',
		false,
	),
	row(
		['EGRESS_BLOCKED'],
		"n8n's protection against requests to internal addresses does not allow HOST",
		'N8N_SSRF_ALLOWED_HOSTNAMES',
		false,
	),
	row(
		['EGRESS_FILTER_MISSING'],
		"HOST was not called: n8n's protection against requests to internal addresses is not available here",
		'Run Roche Get Token with this credential instead',
		false,
	),
	row(
		['PROXY_INVALID'],
		'HTTPS_PROXY (or ALL_PROXY) of the n8n process is not the URL of an HTTP proxy',
		'http://proxy:port',
		false,
	),
	row(['PROXY_400', 'PROXY_404'], 'The proxy refused to connect to HOST', 'HTTPS_PROXY', false),
];

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

const REQUEST: readonly NetworkRow[] = [
	row(
		['UND_ERR_INVALID_ARG', 'ERR_INVALID_CHAR'],
		'A header of the request contains a character that HTTP does not allow',
		'Look for line breaks and invisible characters',
		false,
	),
	row(['UNKNOWN', 'SOMETHING_NEW', ''], 'The request to HOST failed', 'Check the network', false),
];

export const NETWORK_FAILURES: readonly NetworkRow[] = [
	...UNREACHABLE,
	...ANSWER_LOST,
	...PROXY,
	...CLIENT_REFUSED,
	...SERVER_REFUSED,
	...TLS,
	...REQUEST,
];
