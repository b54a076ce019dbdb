import { openInAccessPoint } from '../../../../nodes/shared/access-point/open-file';
import type { ObjectSource } from '../../../../nodes/shared/access-point/file-source';
import { s3Client } from '../../../../nodes/shared/wire/s3-client';

/** What goes to S3 for an object. */
export interface RequestedObject {
	protocol: string;
	hostname: string;
	/** Percent-encoded, with the slash in front. */
	path: string;
	/** What else would follow the path. */
	query: Record<string, unknown>;
}

const TOKEN = {
	awsCredentials: { AccessKeyId: 'ASIA', SecretAccessKey: 'secret', SessionToken: 'session', Expiration: '2999-01-01' },
	awsResources: [],
	originRequestId: '',
};

/** The request that would be sent for an object; it is stopped where the AWS SDK hands it to the connection. */
export async function requestedObject(source: ObjectSource): Promise<RequestedObject> {
	const {
		AccessKeyId: accessKeyId,
		SecretAccessKey: secretAccessKey,
		SessionToken: sessionToken,
	} = TOKEN.awsCredentials;
	// The same settings give the same client, so that this is the one that is asked below.
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
	// An input that was accepted and that the SDK then refuses ends in an error about the network.
	if (requested === undefined) throw new Error(`Nothing was sent: ${String(failure)}`, { cause: failure });
	return requested;
}
