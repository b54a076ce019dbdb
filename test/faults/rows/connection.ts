import { each, RECOVERED, type Row, type Stage } from '../matrix';
import { UNKNOWN_HOST } from '../rig';

const PROXY_FAILED = 'The proxy could not connect to HOST';

/** Sends the request to another host, without the proxy. */
function redirect(stage: Stage, origin: string): void {
	const { column, credential, item, options } = stage;
	if (column === 'URL') {
		item.MessageReference = { presignedUrl: `https://${origin}/a.json?X-Amz-Signature=${'5e'.repeat(32)}` };
		options.allowedHosts = origin;
		return;
	}
	credential.environment = 'custom';
	credential.baseUrl = `https://${origin}/partners/services/api/`;
}

const proxyAnswers = (status: number, expected: string, offers?: string): Row => ({
	fault: `the proxy answers ${status}${offers === undefined ? '' : `, ${offers}`}`,
	cause: ({ rig, side }) => rig.proxy.set(side, { kind: 'status', status, offers }),
	expected: each(expected),
});

/** Faults before there is a connection. S3's own host names are reached only through the proxy, so no test leaves this machine. */
export const CONNECTION: Row[] = [
	{
		fault: 'DNS does not know the host',
		cause: (stage) => {
			// The machine's own DNS answers, which asks again only after five seconds if a packet is lost.
			stage.options.timeout = 60_000;
			redirect(stage, UNKNOWN_HOST);
		},
		expected: each(['The host HOST is not known to DNS', 'DNS did not answer for HOST'], ['token', 'URL', 'ACK']),
	},
	{
		fault: 'nothing listens on the host',
		cause: (stage) => redirect(stage, '127.0.0.1:1'),
		expected: each('HOST refused the connection', ['token', 'URL', 'ACK']),
	},
	{
		fault: 'nothing listens on the proxy',
		cause: async ({ rig }) => await rig.proxy.stop(),
		expected: each('The proxy in HTTPS_PROXY (or ALL_PROXY) of the n8n process cannot be reached'),
	},
	{
		fault: 'nothing listens on the proxy for a moment',
		cause: async ({ rig, options }) => {
			await rig.proxy.stop();
			options.maxAttempts = 4;
			setTimeout(() => void rig.proxy.reset(), 200);
		},
		expected: each(RECOVERED),
	},
	proxyAnswers(407, 'The proxy asks for a user name and password (407)'),
	proxyAnswers(
		407,
		'The proxy does not offer Basic authentication, the only method that is supported (407)',
		'Negotiate, NTLM',
	),
	proxyAnswers(403, 'The proxy does not allow connections to HOST (403)'),
	proxyAnswers(404, 'The proxy refused to connect to HOST'),
	proxyAnswers(502, PROXY_FAILED),
	proxyAnswers(503, PROXY_FAILED),
	{
		fault: 'the proxy closes the connection',
		cause: ({ rig, side }) => rig.proxy.set(side, { kind: 'cut' }),
		expected: each(PROXY_FAILED),
	},
	{
		fault: 'the proxy never answers',
		cause: ({ rig, side }) => rig.proxy.set(side, { kind: 'hold' }),
		expected: each('HOST did not answer in time'),
	},
	{
		fault: 'the proxy never answers, and the node would wait longer',
		cause: ({ rig, side, options }) => {
			Object.assign(options, { timeout: 60_000, maxAttempts: 1 });
			rig.proxy.set(side, { kind: 'hold' });
		},
		expected: each(PROXY_FAILED, ['token']),
	},
];
