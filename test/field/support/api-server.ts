import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { ServiceError } from '../../../nodes/shared/errors/service-error';
import { getToken } from '../../../nodes/shared/partners-services/client';
import type { IdentityFields } from '../../../nodes/shared/partners-services/client-identity';
import { openConnection } from '../../../nodes/shared/partners-services/connection';

/** The body of a token as documented. */
export const TOKEN = JSON.stringify({
	awsCredentials: {
		AccessKeyId: 'ASIAEXAMPLE',
		SecretAccessKey: 'secret',
		SessionToken: 'session',
		Expiration: '2099-01-01T00:00:00Z',
	},
	awsResources: ['arn:aws:s3:us-east-1:019364481091:accesspoint/2291405'],
});

export interface Running {
	port: number;
	close: () => Promise<void>;
}

/** Starts a server of any kind on loopback. */
export async function listening(server: Server): Promise<Running> {
	const sockets = new Set<Socket>();
	server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => socket.destroy())));
	server.on('tlsClientError', () => undefined);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const close = async (): Promise<void> => {
		const closed = once(server, 'close');
		server.close();
		for (const socket of sockets) socket.destroy();
		await closed;
	};
	return { port: (server.address() as AddressInfo).port, close };
}

/** Calls Get Token once, as the credential's test does. @returns the error */
export async function failureOf(port: number, identity: IdentityFields, maxAttempts = 1): Promise<ServiceError> {
	const error: unknown = await askForToken(port, identity, maxAttempts).then(
		() => new Error('there was an answer'),
		(reason: unknown) => reason,
	);
	if (error instanceof ServiceError) return error;
	throw error;
}

/** Calls Get Token once on a server on loopback. */
export async function askForToken(port: number, identity: IdentityFields, maxAttempts = 1): Promise<unknown> {
	const connection = openConnection({
		environment: 'custom',
		baseUrl: `https://localhost:${port}/partners/services/api/`,
		orgId: '1.2.3',
		clientId: 'client',
		clientSecret: 'secret',
		...identity,
	});
	return await getToken(connection, { timeout: 10_000, maxAttempts });
}
