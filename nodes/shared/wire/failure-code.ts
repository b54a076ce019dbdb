import { isNativeError } from 'node:util/types';

/**
 * Returns the code that best says what went wrong below HTTP, wherever in the error Node, undici or OpenSSL put it.
 * undici reports a proxy's refusal as an abort, with the status only in the message: this becomes `PROXY_<status>`. For many failures of a
 * server certificate, Node's code is UNSPECIFIED and its message is a constant text of OpenSSL: this becomes `X509_<TEXT>`. An answer
 * that is not HTTP becomes `HPE_<...>`.
 * @returns Node's, undici's or OpenSSL's code, `PROXY_<status>`, `X509_<TEXT>`, `HPE_<...>`, or `UNKNOWN`
 */
export function failureCode(error: unknown): string {
	for (const link of chain(error)) {
		const proxyStatus = /^Proxy response \((\d{3})\)/.exec(link.message)?.[1];
		if (proxyStatus) return `PROXY_${proxyStatus}`;
	}
	// The innermost code is the cause; outer ones (such as UND_ERR_ABORTED) are its consequences.
	return chain(error).flatMap(codeOf).at(-1) ?? 'UNKNOWN';
}

function codeOf(link: Error): string[] {
	const { code, name, message } = link as Error & { code?: unknown };
	if (code === 'UNSPECIFIED') return [`X509_${message.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}`];
	if (typeof code === 'string') return [code];
	// Some errors of undici's parser have no code, only a message.
	return name === 'HTTPParserError' ? ['HPE_INVALID'] : [];
}

/** The error and its causes, outermost first. Of an aggregate error (several addresses tried), only the first member is followed. */
function chain(error: unknown, depth = 0): Error[] {
	// Bounded, since causes may form a cycle.
	if (!isNativeError(error) || depth > 5) return [];
	const inner = error instanceof AggregateError ? (error.errors as unknown[])[0] : error.cause;
	return [error, ...chain(inner, depth + 1)];
}
