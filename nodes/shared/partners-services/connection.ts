import { createHash, createHmac, randomBytes } from 'node:crypto';
import { LruCache } from '../wire/lru-cache';
import { type ClientIdentity, type IdentityFields, readClientIdentity } from './client-identity';
import { resolveBaseUrl } from './environments';
import { headerValue, organizationId } from './header-value';

/** The fields of the credential, as stored. */
export interface CredentialFields extends IdentityFields {
	environment: string;
	baseUrl?: string;
	orgId: string;
	clientId: string;
	clientSecret: string;
}

/** Everything that a call of the Partners Services API needs, checked. */
export interface Connection {
	/** Ends with a slash. */
	baseUrl: URL;
	orgId: string;
	clientId: string;
	clientSecret: string;
	identity: ClientIdentity;
	/** Identifies everything but the organization in caches; a hash, so that it reveals no secret. */
	fingerprint: string;
}

/** Connections kept: one per credential in use, and some for credentials that were edited. */
const KEPT_CONNECTIONS = 20;
/** Without this secret, a guessed credential could be verified against a cache key. */
const KEY_SECRET = randomBytes(32);
/** Saves the 2 to 4 ms that reading certificate and key takes, for every node of every run. */
const opened = new LruCache<Connection>(KEPT_CONNECTIONS);

/**
 * Checks the credential and returns its connection. An unchanged credential is checked only once, and again after its certificate has expired.
 * @throws InvalidInputError for the first field that cannot be used
 */
export function openConnection(fields: CredentialFields): Connection {
	const key = createHmac('sha256', KEY_SECRET).update(JSON.stringify(fields)).digest('base64url');
	const now = new Date();
	return opened.getOrMake(
		key,
		() => open(fields, now),
		({ identity }) => now < identity.expiresAt,
	);
}

function open(fields: CredentialFields, now: Date): Connection {
	const baseUrl = resolveBaseUrl(fields.environment, fields.baseUrl);
	const orgId = organizationId('Organization ID', fields.orgId);
	const clientId = headerValue('Client ID', fields.clientId);
	const clientSecret = headerValue('Client Secret', fields.clientSecret);
	const identity = readClientIdentity(fields, now);
	const parts = [
		baseUrl.href,
		clientId,
		clientSecret,
		identity.certificateChain,
		identity.privateKey,
		...identity.authorities,
	];
	const fingerprint = createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
	return { baseUrl, orgId, clientId, clientSecret, identity, fingerprint };
}
