import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import { acknowledge } from '../../nodes/shared/partners-services/client';
import { type Connection, openConnection } from '../../nodes/shared/partners-services/connection';
import { certify, ecdsaKeys, privateKeyPem } from '../sandbox/pki';
import { closeServer, httpsServer, listen } from '../sandbox/servers';
import { fieldsOf, makeEcIdentity } from './support/identity-samples';

const HANDLE = 'handle-of-an-older-delivery';
const REFUSED = JSON.stringify({ error: `The input receipt handle "${HANDLE}" is not a valid receipt handle.` });

let server: Server;
let connection: Connection;
/** Whether the first connection, or the first request, is cut; later requests are refused. */
let cutConnection: boolean;
let cutRequest: boolean;
let requests: number;

beforeAll(async () => {
	const keys = await ecdsaKeys();
	const { pem } = await certify({ subject: 'CN=localhost', keys, usage: 'server', hosts: ['localhost'] });
	server = httpsServer({ key: await privateKeyPem(keys), cert: pem });
	server.on('connection', (socket) => {
		if (cutConnection) socket.destroy();
		cutConnection = false;
	});
	server.on('request', (_request: IncomingMessage, response: ServerResponse) => {
		requests += 1;
		if (cutRequest) response.destroy();
		else response.writeHead(400, { Connection: 'close' }).end(REFUSED);
		cutRequest = false;
	});
	const port = await listen(server);
	const baseUrl = `https://localhost:${port}/partners/services/api/`;
	const fields = { orgId: '1.2.3', clientId: 'id', clientSecret: 'geheim', ...fieldsOf(await makeEcIdentity()) };
	connection = openConnection({ environment: 'custom', baseUrl, ...fields, caCertificates: pem });
});

afterAll(async () => await closeServer(server));

beforeEach(() => {
	cutConnection = false;
	cutRequest = false;
	requests = 0;
});

const ack = async () => await acknowledge(connection, { receiptHandle: HANDLE }, { timeout: 10_000, maxAttempts: 2 });

describe('a receipt handle refused at the second attempt', () => {
	it('counts as acknowledged if Roche received the first request and its answer was lost', async () => {
		cutRequest = true;
		expect(await ack()).toMatchObject({ alreadyAcknowledged: true, attempts: 2 });
		expect(requests).toBe(2);
	});

	it('does not if the first connection was closed before any request was sent', async () => {
		cutConnection = true;
		await expect(ack()).rejects.toMatchObject({ statusCode: 400, attempts: 2 });
		expect(requests).toBe(1);
	});
});
