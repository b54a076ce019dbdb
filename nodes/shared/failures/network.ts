import type { NetworkFailure } from './tls';
import { ServiceError } from '../errors/service-error';
import { TLS_FAILURES } from './tls';

const PROXY_URL_ADVICE =
	'Correct host and port in the variable. If n8n must reach HOST without a proxy, add it to NO_PROXY.';
const PROXY_ADVICE =
	'The environment variables HTTPS_PROXY (or ALL_PROXY) and NO_PROXY of the n8n process define the proxy. Ask the network team to allow connections to HOST, or correct the variables.';
/**
 * Failures below HTTP; the first row that matches counts. Those whose cause may pass are retried.
 * Codes come from Node, undici and OpenSSL, or from this package: from `failureCode` (`PROXY_407`), from `tunnelClient` (`PROXY_CLOSED`, or `PROXY_`
 * before the code of a failed connection to the proxy) and from the sender of a request (`ATTEMPT_TIMEOUT`). TLS failures have their own table.
 */
const NETWORK_FAILURES: readonly NetworkFailure[] = [
	{
		code: /^ENOTFOUND$/,
		message: 'The host HOST is not known to DNS',
		advice: 'Check the environment and base URL, and the DNS of the n8n server. Behind a proxy, set HTTPS_PROXY.',
		retry: false,
		causedBy: 'configuration',
	},
	{
		code: /^EAI_AGAIN$/,
		message: 'DNS did not answer for HOST',
		advice: 'Check the DNS of the n8n server. Behind a proxy, set HTTPS_PROXY.',
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
		advice:
			'A firewall may drop the packets: ask the network team whether the n8n server may reach HOST, or set HTTPS_PROXY.',
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
		code: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|UND_ERR_DESTROYED|UND_ERR_CLOSED|ERR_SSL_UNEXPECTED_EOF_WHILE_READING)$/,
		message: 'HOST closed the connection before the answer was complete',
		advice:
			'Try again later. If it always happens, HOST may refuse the client certificate or the public IP address of the n8n server: ask Roche about both, and check for a device that inspects TLS.',
		retry: true,
		answerLost: true,
	},
	{
		code: /^PROXY_407$/,
		message: 'The proxy asks for a user name and password (407)',
		advice:
			'Put them into HTTPS_PROXY of the n8n process: http://user:password@proxy:port. They are sent with Basic authentication. If they are already there, the proxy does not accept them.',
		retry: false,
		causedBy: 'configuration',
	},
	{
		code: /^PROXY_NO_BASIC$/,
		message: 'The proxy does not offer Basic authentication, the only method that is supported (407)',
		advice:
			'It offers only other methods, such as Negotiate (Kerberos) or NTLM. Run cntlm or px beside n8n: they sign in to such a proxy. Set HTTPS_PROXY to their address, such as http://127.0.0.1:3128. Or ask the network team to let the n8n server reach HOST without signing in.',
		retry: false,
		causedBy: 'configuration',
	},
	{
		// tinyproxy's answer to a wrong password.
		code: /^PROXY_401$/,
		message: 'The proxy does not accept the user name and password (401)',
		advice: 'Correct them in HTTPS_PROXY of the n8n process: http://user:password@proxy:port.',
		retry: false,
		causedBy: 'configuration',
	},
	{
		code: /^PROXY_403$/,
		message: 'The proxy does not allow connections to HOST (403)',
		advice: PROXY_ADVICE,
		retry: false,
		causedBy: 'configuration',
	},
	{
		code: /^PROXY_429$/,
		message: 'The proxy could not connect to HOST',
		advice: PROXY_ADVICE,
		retry: true,
		causedBy: 'load',
	},
	{
		code: /^PROXY_(5\d\d|CLOSED|TIMEOUT|ECONNRESET|EPIPE)$/,
		message: 'The proxy could not connect to HOST',
		advice: PROXY_ADVICE,
		retry: true,
	},
	{
		code: /^PROXY_ENOTFOUND$/,
		message: 'The proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process is not known to DNS',
		advice: PROXY_URL_ADVICE,
		retry: false,
		causedBy: 'configuration',
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
			'It must be valid, be issued for the host in the variable, and be signed by a CA that n8n trusts: NODE_EXTRA_CA_CERTS of the n8n process names a file with more CA certificates. TLS verification cannot be switched off.',
		retry: false,
	},
	{
		code: /^PROXY_(ERR_SSL_\w+|EPROTO)$/,
		message:
			'The proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process does not speak TLS, although its URL calls for it',
		advice:
			'The URL of most proxies is http://proxy:port, also for https requests. A URL without a scheme counts as https://, as in requests of n8n itself.',
		retry: false,
	},
	{
		code: /^PROXY_HPE_/,
		message: 'The proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process does not speak HTTP',
		advice: 'Check its port. Write https://proxy:port for a proxy that expects TLS. SOCKS proxies are not supported.',
		retry: false,
	},
	{
		code: /^EGRESS_BLOCKED$/,
		message: "n8n's protection against requests to internal addresses does not allow HOST",
		advice:
			'Check the host. If it is right, add it to N8N_SSRF_ALLOWED_HOSTNAMES of the n8n process, or its addresses to N8N_SSRF_ALLOWED_IP_RANGES.',
		retry: false,
		causedBy: 'configuration',
	},
	{
		code: /^EGRESS_FILTER_MISSING$/,
		message: "HOST was not called: n8n's protection against requests to internal addresses is not available here",
		advice:
			'Only running nodes can use it. Run Roche Get Token with this credential instead; after that, the editor can call it until n8n restarts.',
		retry: false,
	},
	{
		code: /^PROXY_INVALID$/,
		message: 'HTTPS_PROXY (or ALL_PROXY) of the n8n process is not the URL of an HTTP proxy',
		advice:
			'Write http://proxy:port or http://user:password@proxy:port. In user and password, percent-encode the characters with a meaning in URLs: %23 for #, %5C for \\, %2F for /, %3F for ?, %40 for @, %25 for %. SOCKS proxies are not supported.',
		retry: false,
		causedBy: 'configuration',
	},
	{ code: /^PROXY_/, message: 'The proxy refused to connect to HOST', advice: PROXY_ADVICE, retry: false },
	...TLS_FAILURES,
	{
		// The request was sent, and the server that answered has presented the certificate of HOST.
		code: /^(HPE_\w+|UND_ERR_HEADERS_OVERFLOW)$/,
		message: 'HOST sent an answer that is not HTTP',
		advice:
			'Try again later. If it always happens, check host and port of the base URL, and look for a device in between that changes answers.',
		retry: true,
		answerLost: true,
	},
	{
		code: /^UND_ERR_INVALID_ARG$|^ERR_INVALID_CHAR$/,
		message: 'A header of the request contains a character that HTTP does not allow',
		advice: 'Look for line breaks and invisible characters in the fields of node and credential.',
		retry: false,
	},
];

const UNKNOWN: Omit<NetworkFailure, 'code'> = {
	message: 'The request to HOST failed',
	advice: 'Check the network between the n8n server and HOST.',
	retry: false,
};

/**
 * Returns the error for a network-level failure.
 * @param code a code that `failureCode` returns, or one from this package
 * @param host the host that was called, without a path, for the message
 * @param sent whether any part of the request was sent: only then can the host have carried it out
 */
export function networkFailure(code: string, host: string, sent = true): ServiceError {
	const row = NETWORK_FAILURES.find((failure) => failure.code.test(code)) ?? UNKNOWN;
	// Whole words only: N8N_SSRF_ALLOWED_HOSTNAMES must stay unchanged.
	const withHost = (text: string): string => text.replaceAll(/\bHOST\b/g, () => host);
	return new ServiceError(withHost(row.message), {
		advice: withHost(row.advice),
		code,
		retry: row.retry,
		causedBy: row.causedBy,
		answerLost: sent && row.answerLost,
	});
}
