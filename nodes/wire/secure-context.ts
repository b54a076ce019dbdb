import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';

/** What mutual TLS needs, in PEM. */
export interface TlsMaterial {
	certificateChain: string;
	privateKey: string;
	/** CA certificates that are trusted beside those that Node trusts anyway. */
	authorities: string[];
}

/**
 * Certificate, key and trusted CAs, for all connections of a dispatcher: where it is left to `tls.connect`, each connection makes its own,
 * which costs some 45 ms of CPU and 1 MB on Node 20.
 *
 * The CAs are added one by one. Node's option `ca` would replace those of Node instead, and they cannot be listed to be given along:
 * `getCACertificates('default')` leaves out what `--use-openssl-ca` reads from SSL_CERT_FILE and SSL_CERT_DIR, and Node 20 has no such function.
 * `addCACert` is what Node makes `ca` of; Node's types have it as a member of the untyped `context`.
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

/** What NODE_EXTRA_CA_CERTS names. Node 20 loses it as soon as a CA is added to a context, and cannot list it. */
function extraAuthorities(): string[] {
	const { getCACertificates } = tls as { getCACertificates?: (type: 'extra') => string[] };
	return getCACertificates?.('extra') ?? [extraFile(process.env.NODE_EXTRA_CA_CERTS)].filter((text) => text !== '');
}

/** A file that cannot be read adds nothing; Node has warned of it at its start. */
function extraFile(path = ''): string {
	try {
		return path === '' ? '' : readFileSync(path, 'utf8');
	} catch {
		return '';
	}
}
