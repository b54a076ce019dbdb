import type { Token } from './token';
import { type CallOptions, getToken } from './client';
import type { Connection } from './connection';
import { organizationId } from './header-value';
import { type ObtainToken, TokenCache } from './token-cache';

/** One cache for the process: workflows with the same credential and organization share tokens. */
const store = new TokenCache();

/**
 * Returns a token that is valid for more than five minutes; obtains one only if none is cached.
 * @throws InvalidInputError before any request; ServiceError; CancelledError
 */
export async function sharedToken(connection: Connection, options: CallOptions): Promise<Token> {
	return await store.get(keyOf(connection, options), obtaining(connection, options), options.signal);
}

/**
 * Returns a token to replace one that AWS refused as expired.
 * @throws as `sharedToken`
 */
export async function replaceExpired(refused: Token, connection: Connection, options: CallOptions): Promise<Token> {
	store.forget(keyOf(connection, options), refused.awsCredentials.AccessKeyId);
	return await sharedToken(connection, options);
}

/**
 * Returns a token to replace one that grants too little, or that AWS does not know; obtains at most one per minute and credential for this reason.
 * @returns undefined if one was obtained less than a minute ago
 * @throws as `sharedToken`
 */
export async function replaceDoubtful(
	doubtful: Token,
	connection: Connection,
	options: CallOptions,
): Promise<Token | undefined> {
	const obtain = obtaining(connection, options);
	return await store.getOther(keyOf(connection, options), connection.fingerprint, doubtful, obtain, options.signal);
}

function obtaining(connection: Connection, options: CallOptions): ObtainToken {
	return (untilNobodyWaits) => getToken(connection, { ...options, signal: untilNobodyWaits });
}

function keyOf(connection: Connection, { orgId }: CallOptions): string {
	return `${connection.fingerprint} ${orgId ? organizationId('Organization ID', orgId) : connection.orgId}`;
}
