import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';

/** What mutual TLS needs, in PEM. */
export interface TlsMaterial {
	certificateChain: string;
	privateKey: string;
	/** CA certificates that are trusted in addition to Node's. */
	authorities: string[];
}

/**
 * Creates one secure context (certificate, key and trusted CAs) for all connections of a dispatcher. Otherwise `tls.connect` creates one for each
 * connection, which costs some 45 ms of CPU and 1 MB on Node 20.
 *
 * The CAs are added one by one, because Node's option `ca` would replace Node's own CAs. Passing those along is not possible, since they cannot be
 * listed: `getCACertificates('default')` omits what `--use-openssl-ca` reads from SSL_CERT_FILE and SSL_CERT_DIR, and Node 20 has no such
 * function. Node implements `ca` with `addCACert`, a member of `context`, which is untyped in Node's types.
 * @throws OpenSSL's error when it refuses the certificate, the key or a CA
 */
export function makeSecureContext(material?: TlsMaterial): tls.SecureContext {
	if (!material) return tls.createSecureContext();
	const { certificateChain: cert, privateKey: key, authorities } = material;
	const secureContext = tls.createSecureContext({ cert, key });
	if (authorities.length === 0) return secureContext;
	const context = secureContext.context as { addCACert(pem: string): void };
	for (const pem of [...extraAuthorities(), ...authorities]) context.addCACert(pem);
	return secureContext;
}

/** The CAs of NODE_EXTRA_CA_CERTS. Node 20 drops them as soon as a CA is added to a context, and cannot list them. */
function extraAuthorities(): string[] {
	const { getCACertificates } = tls as { getCACertificates?: (type: 'extra') => string[] };
	return getCACertificates?.('extra') ?? [extraFile(process.env.NODE_EXTRA_CA_CERTS)].filter((text) => text !== '');
}

/** Returns the file's content; an empty string if it cannot be read, of which Node warned at startup. */
function extraFile(path = ''): string {
	try {
		return path === '' ? '' : readFileSync(path, 'utf8');
	} catch {
		return '';
	}
}
