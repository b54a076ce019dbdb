import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { AwsCredentials } from './token';
import type { Connection } from './connection';

/** Marks a sealed string and its version. AWS secrets contain no colon. */
const PREFIX = 'sealed:v1:';
const CIPHER = 'aes-256-gcm';
/** 96 bits, as NIST SP 800-38D recommends for GCM. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const SALT = 'n8n-nodes-roche-partners-services';

/** The secret parts of the AWS credentials; the access key id only identifies them. */
const SECRETS = ['SecretAccessKey', 'SessionToken'] as const;

/**
 * Encrypts the two secrets, so that n8n may store the item: only a node with the same credential can decrypt them.
 * The key is derived from the credential's own secrets by HKDF (RFC 5869), so there is no key to manage.
 */
export function seal(connection: Connection, credentials: AwsCredentials): AwsCredentials {
	const key = sealingKey(connection);
	const sealed = { ...credentials };
	for (const name of SECRETS) {
		const iv = randomBytes(IV_BYTES);
		const cipher = createCipheriv(CIPHER, key, iv).setAAD(context(credentials, name));
		const text = Buffer.concat([cipher.update(credentials[name], 'utf8'), cipher.final()]);
		sealed[name] = PREFIX + Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
	}
	return sealed;
}

/** Whether the secrets are sealed. */
export function isSealed(credentials: AwsCredentials): boolean {
	return SECRETS.some((name) => credentials[name].startsWith(PREFIX));
}

/**
 * Decrypts what `seal` encrypted.
 * @returns undefined when it was sealed with another credential, or changed since
 */
export function unseal(connection: Connection, sealed: AwsCredentials): AwsCredentials | undefined {
	const key = sealingKey(connection);
	const credentials = { ...sealed };
	try {
		for (const name of SECRETS) {
			const bytes = Buffer.from(sealed[name].slice(PREFIX.length), 'base64url');
			const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
			decipher.setAAD(context(sealed, name)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
			const text = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
			credentials[name] = Buffer.concat([text, decipher.final()]).toString('utf8');
		}
	} catch {
		return undefined;
	}
	return credentials;
}

function sealingKey({ clientId, clientSecret, identity }: Connection): Buffer {
	const secrets = JSON.stringify([clientSecret, identity.privateKey]);
	return Buffer.from(hkdfSync('sha256', secrets, SALT, `aws-credentials ${clientId}`, KEY_BYTES));
}

/** Returns the additional authenticated data, which ties a sealed string to its place: it cannot be moved to another field, key id or expiration. */
function context({ AccessKeyId, Expiration }: AwsCredentials, name: string): Buffer {
	return Buffer.from(JSON.stringify([AccessKeyId, Expiration, name]));
}
