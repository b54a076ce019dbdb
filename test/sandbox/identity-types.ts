/** A client certificate as a user pastes it into the credential: PEM text, not a path. */
export interface ClientIdentity {
	clientCertificate: string;
	privateKey: string;
	/** Empty when the key is not encrypted. */
	passphrase: string;
}

/**
 * Client identities beside the good one. Each differs from it in one property:
 * - `expired`, `notYetValid`, `serverAuthOnly`: refused in the TLS handshake, and so is `wrongCa` (signed by an unknown CA);
 * - `refused`: passes TLS, then the API answers 403 "Certificate validation failed";
 * - `ecdsa`, `encrypted` (PKCS#8), `pkcs1`, `encryptedPkcs1` (Proc-Type header), `chained`: accepted; other kinds of key, key file or chain;
 * - `expiresSoon`: accepted, valid for 10 more days;
 * - `reversedChain`: `chained` with the leaf last. Accepted only when the client puts the leaf first again.
 */
export type IdentityName =
	| 'expired'
	| 'expiresSoon'
	| 'notYetValid'
	| 'wrongCa'
	| 'serverAuthOnly'
	| 'ecdsa'
	| 'encrypted'
	| 'pkcs1'
	| 'encryptedPkcs1'
	| 'refused'
	| 'chained'
	| 'reversedChain';
