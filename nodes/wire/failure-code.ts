import { isNativeError } from 'node:util/types';

/**
 * The one code that says what went wrong below HTTP, found wherever Node, undici or OpenSSL put it.
 * undici reports a proxy's refusal as an abort with the status in its message only: that becomes `PROXY_<status>`.
 * @returns Node's, undici's or OpenSSL's code, `PROXY_<status>`, or `UNKNOWN`
 */
export function failureCode(error: unknown): string {
	for (const link of chain(error)) {
		const proxyStatus = /^Proxy response \((\d{3})\)/.exec(link.message)?.[1];
		if (proxyStatus) return `PROXY_${proxyStatus}`;
	}
	// The innermost code is the cause; outer ones (UND_ERR_ABORTED, say) only tell what it led to.
	const codes = chain(error).flatMap((link) => {
		// undici's parser of HTTP has lost the codes that Node's gives.
		if (link.name === 'HTTPParserError') return ['HPE_INVALID'];
		return 'code' in link && typeof link.code === 'string' ? [link.code] : [];
	});
	return codes.at(-1) ?? 'UNKNOWN';
}

/** The error, its causes, and the members of aggregate errors (two address families tried at once), outermost first. */
function chain(error: unknown, depth = 0): Error[] {
	// Bounded, since a cause may point back to its effect.
	if (!isNativeError(error) || depth > 5) return [];
	const inner = error instanceof AggregateError ? (error.errors as unknown[])[0] : error.cause;
	return [error, ...chain(inner, depth + 1)];
}
