import type { AccessToken } from './access-token';
import { type CallOptions, getToken } from './client';
import type { Connection } from './connection';
import { organizationId } from './header-value';
import { TokenStore } from './token-store';

/** One for the process: workflows with the same credential and organization share tokens. */
const store = new TokenStore();

/**
 * A token that lives for more than five minutes, obtained only when none is kept.
 * @throws InvalidInputError before any request; ServiceError; CancelledError
 */
export async function sharedToken(connection: Connection, options: CallOptions): Promise<AccessToken> {
	const { signal } = options;
	const obtain = (untilNobodyWaits: AbortSignal): Promise<AccessToken> =>
		getToken(connection, { ...options, signal: untilNobodyWaits });
	return await store.get(keyOf(connection, options), obtain, signal);
}

/**
 * A token in place of one that AWS refused as expired.
 * @throws as `sharedToken`
 */
export async function tokenInPlaceOf(
	refused: AccessToken,
	connection: Connection,
	options: CallOptions,
): Promise<AccessToken> {
	store.forget(keyOf(connection, options), refused.awsCredentials.AccessKeyId);
	return await sharedToken(connection, options);
}

function keyOf(connection: Connection, { orgId }: CallOptions): string {
	return `${connection.fingerprint} ${orgId ? organizationId('Organization ID', orgId) : connection.orgId}`;
}
