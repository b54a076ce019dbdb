import type { Dispatcher } from 'undici';

/** Why the proxy cannot be used, as a code for the table of network failures. Never contains the proxy's URL, which may contain a password. */
export class ProxyError extends Error {
	override readonly name = 'ProxyError';

	constructor(readonly code: `PROXY_${string}`) {
		super(code);
	}
}

/** A proxy, in the form that undici takes. */
export interface Proxy {
	/** Scheme, host and port. */
	uri: string;
	/** Value of the header `Proxy-Authorization`. */
	token?: string;
}

/**
 * Returns the proxy for an https URL, by the rules of proxy-from-env (2.1), which n8n's own requests use: an empty variable counts as not set,
 * and a proxy without a scheme gets https://.
 * @returns the variable's value with a scheme; an empty string if no proxy applies
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): string {
	if (isExempt(url, variable(env, 'no_proxy').toLowerCase())) return '';
	const proxy = variable(env, 'https_proxy') || variable(env, 'all_proxy');
	return proxy === '' || proxy.includes('://') ? proxy : `https://${proxy}`;
}

/** Whether NO_PROXY matches the URL: `host` is only that host, `.domain` and `*.domain` all hosts below, `*` every host; `:port` limits an entry. */
function isExempt({ hostname, port }: URL, noProxy: string): boolean {
	return noProxy.split(/[,\s]/).some((entry) => {
		const [, pattern = entry, onlyPort] = /^(.+):(\d+)$/.exec(entry) ?? [];
		// Port 0 in an entry means every port.
		if (Number(onlyPort ?? 0) !== 0 && Number(onlyPort) !== Number(port || 443)) return false;
		return /^[.*]/.test(pattern)
			? hostname.endsWith(pattern.replace(/^\*/, ''))
			: pattern !== '' && hostname === pattern;
	});
}

function variable(env: NodeJS.ProcessEnv, name: string): string {
	return env[name] || env[name.toUpperCase()] || '';
}

/**
 * Reads the URL of a proxy.
 * @throws ProxyError when it is not the URL of an HTTP proxy, or when /, ?, # or \ stands before the last @: such a character in user or password
 *   ends the host too early, and the URL could as well name another host
 */
export function readProxy(text: string): Proxy {
	try {
		const { protocol, hostname, host, username, password } = new URL(text);
		const account = text.slice(text.indexOf('://') + 3, text.lastIndexOf('@'));
		const isHttp = /^https?:$/.test(protocol) && hostname !== '';
		if (!isHttp || (text.includes('@') && /[/?#\\]/.test(account))) throw new ProxyError('PROXY_INVALID');
		const uri = `${protocol}//${host}`;
		if (username === '' && password === '') return { uri };
		const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
		return { uri, token: `Basic ${Buffer.from(pair).toString('base64')}` };
	} catch {
		// The URL parser's error contains the proxy's URL and so the password: it is not passed on.
		throw new ProxyError('PROXY_INVALID');
	}
}

/**
 * Returns a dispatcher that sends each request directly or through a proxy, as the environment variables say at that moment.
 * @param direct for hosts without a proxy
 * @param open creates the dispatcher for a proxy when it is first needed
 */
export function byProxy(direct: Dispatcher, open: (proxy: Proxy) => Dispatcher): Dispatcher {
	const opened = new Map<string, Dispatcher>();
	return direct.compose((dispatch) => (options, handler) => {
		const proxy = proxyFor(new URL(String(options.origin)), process.env);
		if (proxy === '') return dispatch(options, handler);
		const through = opened.get(proxy) ?? open(readProxy(proxy));
		opened.set(proxy, through);
		return through.dispatch(options, handler);
	});
}
