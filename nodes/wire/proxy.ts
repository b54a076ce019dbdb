import type { Dispatcher } from 'undici';

/** Why there is no way through the proxy, as a code for the table of network failures. It never holds the proxy's URL, which may hold a password. */
export class ProxyError extends Error {
	override readonly name = 'ProxyError';

	constructor(readonly code: `PROXY_${string}`) {
		super(code);
	}
}

/** A proxy, as undici takes it. */
export interface Proxy {
	/** Scheme, host and port. */
	uri: string;
	/** Value of the header `Proxy-Authorization`. */
	token?: string;
}

/**
 * The proxy for an https URL as n8n's own requests find it, which ask the library proxy-from-env (2.1): an empty variable counts as one that is
 * not set, a proxy without a scheme is one that speaks TLS.
 * @returns the variable's value with a scheme; empty: none
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): string {
	if (isExempt(url, variable(env, 'no_proxy').toLowerCase())) return '';
	const proxy = variable(env, 'https_proxy') || variable(env, 'all_proxy');
	return proxy === '' || proxy.includes('://') ? proxy : `https://${proxy}`;
}

/** Whether NO_PROXY names the URL: `host` is that host alone; `.domain` and `*.domain` are all hosts below; `*` is every host; `:port` limits it. */
function isExempt({ host, port }: URL, noProxy: string): boolean {
	// Not `hostname`: it, too, has the brackets around an IPv6 address, which an entry must have.
	const name = host.replace(/:\d*$/, '');
	return noProxy.split(/[,\s]/).some((entry) => {
		const [, pattern = entry, onlyPort] = /^(.+):(\d+)$/.exec(entry) ?? [];
		// An entry for the port 0 is one for every port.
		if (Number(onlyPort ?? 0) !== 0 && Number(onlyPort) !== Number(port || 443)) return false;
		return /^[.*]/.test(pattern) ? name.endsWith(pattern.replace(/^\*/, '')) : pattern !== '' && name === pattern;
	});
}

function variable(env: NodeJS.ProcessEnv, name: string): string {
	return env[name] || env[name.toUpperCase()] || '';
}

/**
 * Reads the URL of a proxy.
 * @throws ProxyError when it is none of an HTTP proxy, or a sign in user or password ends its host too early: that could as well be a host of another name
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
		// The URL parser's error holds the proxy's URL, and with it the password: it goes no further.
		throw new ProxyError('PROXY_INVALID');
	}
}

/**
 * A dispatcher that takes each request the way that the environment says at that moment.
 * @param direct for hosts without a proxy
 * @param open makes the dispatcher for a proxy, when it is first needed
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
