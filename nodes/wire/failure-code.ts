import { isNativeError } from 'node:util/types';

/**
 * The one code that says what went wrong below HTTP, found wherever Node, undici or OpenSSL put it.
 * undici reports a proxy's refusal as an abort with the status in its message only: that becomes `PROXY_<status>`. For many a failure of a
 * server's certificate Node's code is UNSPECIFIED, and its message OpenSSL's constant text: that becomes `X509_<TEXT>`. An answer
 * that is not HTTP is `HPE_<...>`.
 * @returns Node's, undici's or OpenSSL's code, `PROXY_<status>`, `X509_<TEXT>`, `HPE_<...>`, or `UNKNOWN`
 */
export function failureCode(error: unknown): string {
	for (const link of chain(error)) {
		const proxyStatus = /^Proxy response \((\d{3})\)/.exec(link.message)?.[1];
		if (proxyStatus) return `PROXY_${proxyStatus}`;
	}
	// The innermost code is the cause; outer ones (UND_ERR_ABORTED, say) only tell what it led to.
	return chain(error).flatMap(codeOf).at(-1) ?? 'UNKNOWN';
}

function codeOf(link: Error): string[] {
	const { code, name, message } = link as Error & { code?: unknown };
	if (code === 'UNSPECIFIED') return [`X509_${message.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}`];
	if (typeof code === 'string') return [code];
	// undici's parser says in words only what it met.
	return name === 'HTTPParserError' ? ['HPE_INVALID'] : [];
}

/** The error, its causes, and the members of aggregate errors (two address families tried at once), outermost first. */
function chain(error: unknown, depth = 0): Error[] {
	// Bounded, since a cause may point back to its effect.
	if (!isNativeError(error) || depth > 5) return [];
	const inner = error instanceof AggregateError ? (error.errors as unknown[])[0] : error.cause;
	return [error, ...chain(inner, depth + 1)];
}
