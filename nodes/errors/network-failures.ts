import { ServiceError } from './service-error';

/** One row: what a network-level failure means to the user. `HOST` stands for the host that was called. */
interface NetworkFailure {
	code: RegExp;
	message: string;
	advice: string;
	retry: boolean;
	/** The request may have reached the server before the failure. */
	answerLost?: true;
}

const PROXY_URL_ADVICE =
	'Correct host and port in the variable. If HOST is to be reached without a proxy, name it in NO_PROXY.';
const PROXY_ADVICE =
	'The proxy comes from the environment variables HTTPS_PROXY (or ALL_PROXY) and NO_PROXY of the n8n process. Ask the network team to let HOST through, or correct the variables.';
const CLIENT_CERTIFICATE_ADVICE =
	'Check that the certificate is the one that Roche signed for this environment (demo and live differ), and that it has not been revoked.';
const CA_ADVICE =
	'Put the CA certificates of the server (root and intermediates, several PEM blocks) into the field "CA Certificates" of the credential; for S3 hosts behind an inspecting proxy use NODE_EXTRA_CA_CERTS. TLS verification cannot be switched off.';

/**
 * Failures below HTTP. Which may be retried: those that say nothing about the request itself.
 * Codes are Node's, undici's and OpenSSL's, or made here: by `failureCode` (`PROXY_407`), `tunnelClient` (`PROXY_CLOSED`; `PROXY_` before a code
 * that befell the connection to the proxy) and whoever sends a request (`ATTEMPT_TIMEOUT`; `TLS_ALERT_UNKNOWN_CA` for an alert of TLS 1.3; one of TLS 1.2 is `ERR_SSL_TLSV1_ALERT_UNKNOWN_CA`).
 */
const NETWORK_FAILURES: readonly NetworkFailure[] = [
	{
		code: /^ENOTFOUND$/,
		message: 'The host HOST is not known to DNS',
		advice: 'Check the environment and base URL, and the DNS of the n8n server. Behind a proxy set HTTPS_PROXY.',
		retry: false,
	},
	{
		code: /^EAI_AGAIN$/,
		message: 'DNS did not answer for HOST',
		advice: 'Check the DNS of the n8n server. Behind a proxy set HTTPS_PROXY.',
		retry: true,
	},
	{
		code: /^ECONNREFUSED$/,
		message: 'HOST refused the connection',
		advice: 'Check host and port, the firewall, and the proxy settings (HTTPS_PROXY, NO_PROXY) of the n8n process.',
		retry: true,
	},
	{
		code: /^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/,
		message: 'No network route to HOST',
		advice: 'Check the network of the n8n server, its firewall, and HTTPS_PROXY.',
		retry: true,
	},
	{
		code: /^UND_ERR_CONNECT_TIMEOUT$|^ETIMEDOUT$/,
		message: 'HOST did not accept a connection in time',
		advice: 'A firewall may drop the packets: ask whether the n8n server may reach HOST, or set HTTPS_PROXY.',
		retry: true,
	},
	{
		code: /^(UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|ATTEMPT_TIMEOUT)$/,
		message: 'HOST did not answer in time',
		advice: 'Try again later, or raise the option "Timeout".',
		retry: true,
		answerLost: true,
	},
	{
		code: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|UND_ERR_DESTROYED|UND_ERR_CLOSED)$/,
		message: 'HOST closed the connection before the answer was complete',
		advice:
			'Try again later. When it always happens, HOST may refuse the client certificate or the public IP address of the n8n server: ask Roche about both, and check for a device that inspects TLS.',
		retry: true,
		answerLost: true,
	},
	{
		code: /^PROXY_407$/,
		message: 'The proxy asks for a user name and password (407)',
		advice:
			'Put them into HTTPS_PROXY of the n8n process: http://user:password@proxy:port. They go by Basic authentication; where they are there already, the proxy does not accept them.',
		retry: false,
	},
	{
		code: /^PROXY_NO_BASIC$/,
		message: 'The proxy asks for a way to sign in that is not supported: only Basic is supported (407)',
		advice:
			'It offers only others, such as Negotiate (Kerberos) or NTLM. Run cntlm or px beside n8n, which sign in at such a proxy, and put their address into HTTPS_PROXY, such as http://127.0.0.1:3128. Or ask the network team to let the n8n server through to HOST without signing in.',
		retry: false,
	},
	{
		// tinyproxy's answer to a wrong password.
		code: /^PROXY_401$/,
		message: 'The proxy does not accept the user name and password (401)',
		advice: 'Correct them in HTTPS_PROXY of the n8n process: http://user:password@proxy:port.',
		retry: false,
	},
	{
		code: /^PROXY_403$/,
		message: 'The proxy does not allow connections to HOST (403)',
		advice: PROXY_ADVICE,
		retry: false,
	},
	{
		code: /^PROXY_(5\d\d|429|CLOSED|TIMEOUT|ECONNRESET|EPIPE)$/,
		message: 'The proxy could not connect to HOST',
		advice: PROXY_ADVICE,
		retry: true,
	},
	{
		code: /^PROXY_ENOTFOUND$/,
		message: 'The proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process is not known to DNS',
		advice: PROXY_URL_ADVICE,
		retry: false,
	},
	{
		code: /^PROXY_EAI_AGAIN$/,
		message: 'DNS did not answer for the proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process',
		advice: `Check the DNS of the n8n server. ${PROXY_URL_ADVICE}`,
		retry: true,
	},
	{
		code: /^PROXY_(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/,
		message: 'The proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process cannot be reached',
		advice: PROXY_URL_ADVICE,
		retry: true,
	},
	{
		code: /^PROXY_(UNABLE_TO_\w+|SELF_SIGNED_\w+|DEPTH_ZERO_\w+|CERT_\w+|ERR_TLS_CERT_\w+)$/,
		message: 'The certificate of the proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process is not accepted',
		advice:
			'It must be valid, be for the host that the variable names, and be signed by a CA that n8n knows: NODE_EXTRA_CA_CERTS of the n8n process names a file with more of them. TLS verification cannot be switched off.',
		retry: false,
	},
	{
		code: /^PROXY_(ERR_SSL_\w+|EPROTO)$/,
		message: 'The proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process does not speak TLS as its URL says',
		advice:
			'Most proxies are given as http://proxy:port, also those for https. A URL without a scheme counts as https://, as in requests of n8n itself.',
		retry: false,
	},
	{
		code: /^PROXY_HPE_/,
		message: 'The proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process does not answer in HTTP',
		advice: 'Check its port. A proxy that wants TLS is given as https://proxy:port; SOCKS proxies are not supported.',
		retry: false,
	},
	{
		code: /^EGRESS_BLOCKED$/,
		message: "n8n's protection against requests to internal addresses does not allow HOST",
		advice:
			'Check that the host is the right one. If it is, whoever runs n8n can add it to N8N_SSRF_ALLOWED_HOSTNAMES, or its addresses to N8N_SSRF_ALLOWED_IP_RANGES.',
		retry: false,
	},
	{
		code: /^EGRESS_FILTER_MISSING$/,
		message: "HOST is not tested: n8n's protection against requests to internal addresses cannot be asked here",
		advice:
			'n8n gives it to running nodes only. Run Roche Get Token with this credential instead; until n8n is started again the test works, too.',
		retry: false,
	},
	{
		code: /^PROXY_INVALID$/,
		message: 'HTTPS_PROXY (or ALL_PROXY) of the n8n process is not the URL of an HTTP proxy',
		advice:
			'Give it as http://proxy:port, or http://user:password@proxy:port with each sign of user and password that means something in a URL percent-encoded: %23 for #, %5C for \\, %2F for /, %3F for ?, %40 for @, %25 for %. SOCKS proxies are not supported.',
		retry: false,
	},
	{ code: /^PROXY_/, message: 'The proxy refused to connect to HOST', advice: PROXY_ADVICE, retry: false },
	{
		code: /ALERT_CERTIFICATE_REQUIRED$/,
		message: 'HOST requires a client certificate and received none',
		advice: 'A device between n8n and HOST may end the TLS connection; mutual TLS must pass through it unchanged.',
		retry: false,
	},
	{
		code: /ALERT_UNKNOWN_CA$/,
		message: 'HOST does not know the CA that signed the client certificate',
		advice: CLIENT_CERTIFICATE_ADVICE,
		retry: false,
	},
	{
		code: /ALERT_CERTIFICATE_EXPIRED$/,
		message: 'HOST says that the client certificate has expired',
		advice: 'Ask Roche to sign a new certificate request, and put the new certificate into the credential.',
		retry: false,
	},
	{
		code: /^TLS_ALERT_|ALERT_(NO_CERTIFICATE|(BAD|UNSUPPORTED)_CERTIFICATE|CERTIFICATE_\w+)$/,
		message: 'HOST refused the client certificate during the TLS handshake',
		advice: CLIENT_CERTIFICATE_ADVICE,
		retry: false,
	},
	{
		code: /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_UNTRUSTED)$/,
		message: 'The server certificate of HOST is signed by a CA that is unknown here',
		advice: CA_ADVICE,
		retry: false,
	},
	{
		code: /^CERT_HAS_EXPIRED$/,
		message: 'The server certificate of HOST has expired',
		advice: 'Check the clock of the n8n server; when it is right, the operator of HOST has to renew the certificate.',
		retry: false,
	},
	{
		code: /^CERT_NOT_YET_VALID$/,
		message: 'The server certificate of HOST is not valid yet',
		advice: 'Check the clock of the n8n server.',
		retry: false,
	},
	{
		code: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
		message: 'The server certificate is not for HOST',
		advice: 'Check the base URL; a proxy or DNS entry may lead to another server.',
		retry: false,
	},
	{
		code: /^(ERR_SSL_|ERR_TLS_|CERT_|EPROTO$|HPE_)/,
		message: 'HOST does not speak TLS as expected',
		advice: 'Check host and port of the base URL, and for a device in between that answers in place of HOST.',
		retry: false,
	},
	{
		code: /^UND_ERR_INVALID_ARG$|^ERR_INVALID_CHAR$/,
		message: 'A header of the request holds a character that HTTP does not allow',
		advice: 'Look for line breaks and invisible characters in the values of node and credential.',
		retry: false,
	},
];

const UNKNOWN: Omit<NetworkFailure, 'code'> = {
	message: 'The request to HOST failed',
	advice: 'Check the network between the n8n server and HOST.',
	retry: false,
};

/**
 * The error for a network-level failure.
 * @param code as `failureCode` names it
 * @param host the host that was called, without a path: it ends up in the message
 * @param sent whether any of the request went to the host: nothing else can have been carried out
 */
export function networkFailure(code: string, host: string, sent = true): ServiceError {
	const row = NETWORK_FAILURES.find((failure) => failure.code.test(code)) ?? UNKNOWN;
	// Whole words: N8N_SSRF_ALLOWED_HOSTNAMES stays what it is.
	const withHost = (text: string): string => text.replaceAll(/\bHOST\b/g, () => host);
	return new ServiceError(withHost(row.message), {
		advice: withHost(row.advice),
		code,
		retry: row.retry,
		answerLost: sent && row.answerLost,
	});
}
