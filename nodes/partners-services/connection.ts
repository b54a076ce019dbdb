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
	/** Stands for the whole connection in caches; a hash, so that it gives no secret away. */
	fingerprint: string;
}

/** Connections that are remembered: credentials in use at a time, and some that were edited. */
const KEPT_CONNECTIONS = 20;
/** Without it nobody could find out from a key whether a credential was guessed right. */
const KEY_SECRET = randomBytes(32);
/** To read certificate and key takes 2 to 4 ms, and every node of every run needs them. */
const opened = new LruCache<Connection>(KEPT_CONNECTIONS);

/**
 * Checks the credential. One that has not changed is checked once, and again when its certificate has expired.
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
