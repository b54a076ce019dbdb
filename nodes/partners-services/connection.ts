import { createHash } from 'node:crypto';
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

/**
 * Checks the credential.
 * @throws InvalidInputError for the first field that cannot be used
 */
export function openConnection(fields: CredentialFields, now = new Date()): Connection {
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
