import type { IDataObject } from 'n8n-workflow';
import type { TokenSource } from '../access-point/attempts';
import { type Token, asAwsCredentials, timeLeft } from '../partners-services/token';
import type { CallOptions } from '../partners-services/client';
import type { Connection } from '../partners-services/connection';
import { isSealed, unseal } from '../partners-services/seal';
import { sharedToken, replaceExpired, replaceDoubtful } from '../partners-services/shared-token';

/**
 * Returns the source of a token for reading files: the item's own while it is valid, else one obtained with the credential.
 * @param connect called only if a token is needed, which is not the case for a pre-signed URL
 */
export function tokenSource(json: IDataObject, connect: () => Promise<Connection>, options: CallOptions): TokenSource {
	return {
		current: async () => {
			const connection = await connect();
			return tokenOfItem(json, connection) ?? (await sharedToken(connection, options));
		},
		replaceExpired: async (refused) => await replaceExpired(refused, await connect(), options),
		replaceDoubtful: async (doubtful) => await replaceDoubtful(doubtful, await connect(), options),
	};
}

/** Returns the token that Roche Get Token put into the item; undefined if it is missing, incomplete, expired, or sealed with another credential. */
function tokenOfItem(json: IDataObject, connection: Connection): Token | undefined {
	const given = asAwsCredentials(json.awsCredentials);
	const awsResources = json.awsResources;
	if (!given || timeLeft(given) <= 0 || !isTexts(awsResources)) return undefined;
	const awsCredentials = isSealed(given) ? unseal(connection, given) : given;
	return (
		awsCredentials && {
			awsCredentials,
			awsResources,
			originRequestId: typeof json.originRequestId === 'string' ? json.originRequestId : '',
		}
	);
}

function isTexts(value: unknown): value is string[] {
	return Array.isArray(value) && value.every((element) => typeof element === 'string');
}
