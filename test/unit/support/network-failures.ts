import { lost, row, type NetworkRow } from './network-row';
import { TLS_FAILURES } from './tls-failures';

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
	...TLS_FAILURES,
	...REQUEST,
];
