import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { LruCache } from './lru-cache';
import { resumingDispatcher } from './resuming-dispatcher';
import { onceMade } from './once';

/** Clients kept: one per token and region in use. They share their connections. */
const KEPT_CLIENTS = 20;

/** Temporary credentials and where they are used. */
export interface S3Access {
	region: string;
	accessKeyId: string;
	secretAccessKey: string;
	sessionToken: string;
}

const clients = new LruCache<() => Promise<S3Client>>(KEPT_CLIENTS);

/** Returns the S3 client for a token. It is never destroyed, since that would close the connections of all clients. */
export function s3Client(access: S3Access): Promise<S3Client> {
	const key = createHash('sha256').update(JSON.stringify(access)).digest('base64url');
	return clients.getOrMake(key, () => onceMade(() => makeClient(access)))();
}

async function makeClient({ region, ...credentials }: S3Access): Promise<S3Client> {
	const [dispatcher, { S3Client, UndiciHttpHandler }] = await Promise.all([
		resumingDispatcher(),
		import('./vendor/aws-s3'),
	]);
	const client = new S3Client({
		region,
		credentials,
		requestHandler: new UndiciHttpHandler({ dispatcher }),
		// `withRetries` makes the attempts, since it can be cancelled while it waits.
		maxAttempts: 1,
		retryMode: 'standard',
		// Overrides the n8n server's environment and ~/.aws/config: the session token goes to the access point and nowhere else.
		defaultsMode: 'standard',
		ignoreConfiguredEndpointUrls: true,
		useArnRegion: true,
		useFipsEndpoint: false,
		useDualstackEndpoint: false,
		useAccelerateEndpoint: false,
		forcePathStyle: false,
		disableMultiregionAccessPoints: true,
		responseChecksumValidation: 'WHEN_SUPPORTED',
	});
	// The SDK's checksum stream stops listening to the raw body before it destroys it. The body's error event would then have no
	// listener and end the n8n process. The reader of the checksum stream still receives the failure there.
	client.middlewareStack.add(
		(next) => async (args) => {
			const result = await next(args);
			const { body } = result.response as { body?: unknown };
			if (body instanceof Readable) body.on('error', () => undefined);
			return result;
		},
		{ step: 'deserialize', priority: 'low' },
	);
	return client;
}
