import { rootCertificates } from 'node:tls';

let made = 0;

/**
 * A credential that differs from all others that were made so, and does the same: public CAs beside the sandbox's do no harm. No token that
 * another one has got is used for it, and no connection.
 */
export function freshCredential<T extends { caCertificates: string }>(credential: T): T {
	made += 1;
	const more = [made % 100, 100 + Math.floor(made / 100)].map((index) => rootCertificates[index]);
	return { ...credential, caCertificates: [credential.caCertificates, ...more].join('\n') };
}
