import { openInAccessPoint } from '../../../../nodes/shared/access-point/open-file';
import type { ObjectSource } from '../../../../nodes/shared/access-point/file-source';
import { s3Client } from '../../../../nodes/shared/wire/s3-client';

/** The request to S3 for an object. */
export interface RequestedObject {
	protocol: string;
	hostname: string;
	/** Percent-encoded, with the leading slash. */
	path: string;
	/** The query, which would follow the path. */
	query: Record<string, unknown>;
}

const TOKEN = {
	awsCredentials: { AccessKeyId: 'ASIA', SecretAccessKey: 'secret', SessionToken: 'session', Expiration: '2999-01-01' },
	awsResources: [],
	originRequestId: '',
};

/** Returns the request that would be sent for an object. It is stopped before the AWS SDK sends it. */
export async function requestedObject(source: ObjectSource): Promise<RequestedObject> {
	const {
		AccessKeyId: accessKeyId,
		SecretAccessKey: secretAccessKey,
		SessionToken: sessionToken,
	} = TOKEN.awsCredentials;
	// The same settings return the same client, so this is the one used below.
	const client = await s3Client({ region: source.accessPoint.region, accessKeyId, secretAccessKey, sessionToken });
	let requested: RequestedObject | undefined;
	client.middlewareStack.add(
		() =>
			async ({ request }) => {
				requested = request as RequestedObject;
				throw new Error('Stopped before the connection');
			},
		{ step: 'deserialize', name: 'stopBeforeConnection', override: true },
	);
	const options = { timeout: 10_000, signal: new AbortController().signal };
	const failure = await openInAccessPoint(source, TOKEN, options).catch((error: unknown) => error);
	// If an input is accepted and the SDK then refuses it, the error is about the network.
	if (requested === undefined) throw new Error(`Nothing was sent: ${String(failure)}`, { cause: failure });
	return requested;
}
