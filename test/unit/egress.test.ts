import { once } from 'node:events';
import * as net from 'node:net';
import { openConnection } from '../../nodes/shared/partners-services/connection';
import { post } from '../../nodes/shared/partners-services/post';
import { type EgressFilter, obeyEgressFilter } from '../../nodes/shared/wire/egress';
import { fieldsOf, makeAuthority, makeIdentity, type Identity } from './support/identity-samples';

/** A name that does not exist: only the filter's lookup returns an address for it. */
const HOST = 'roche.invalid';

let identity: Identity;
let server: net.Server;
let port: number;
let connections: number;

beforeAll(async () => (identity = await makeIdentity(await makeAuthority())));

beforeEach(async () => {
	connections = 0;
	server = net.createServer((socket) => {
		connections += 1;
		socket.destroy();
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	({ port } = server.address() as net.AddressInfo);
});

afterEach(async () => {
	obeyEgressFilter(undefined);
	server.close();
	await once(server, 'close');
});

/** Returns a filter that accepted the name when the URL was checked. */
function filter(lookup: net.LookupFunction): EgressFilter {
	return { validateUrl: async () => await Promise.resolve({ ok: true }), createSecureLookup: () => lookup };
}

async function send(): Promise<unknown> {
	const connection = openConnection({
		...fieldsOf(identity),
		environment: 'custom',
		baseUrl: `https://${HOST}:${port}/partners/services/api/`,
		orgId: '3.16.724.4.41',
		clientId: 'client',
		clientSecret: 'secret',
	});
	return await post(connection, { path: 'v1/token', headers: {}, timeout: 10_000 });
}

describe('a filter for internal addresses', () => {
	it('checks the address of the connection again, because DNS may have changed since the URL was checked', async () => {
		obeyEgressFilter(
			filter((_hostname, _options, callback) => {
				callback(new Error('127.0.0.1 is blocked'), []);
			}),
		);
		await expect(send()).rejects.toThrow(
			`n8n's protection against requests to internal addresses does not allow ${HOST}:${port}`,
		);
		expect(connections).toBe(0);
	});

	it('returns the address of the connection', async () => {
		obeyEgressFilter(
			filter((_hostname, _options, callback) => {
				callback(null, [{ address: '127.0.0.1', family: 4 }]);
			}),
		);
		await expect(send()).rejects.toThrow(`${HOST}:${port}`);
		expect(connections).toBe(1);
	});

	it('passes on an error of DNS unchanged', async () => {
		const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
		obeyEgressFilter(
			filter((_hostname, _options, callback) => {
				callback(unknown, []);
			}),
		);
		await expect(send()).rejects.toThrow(/DNS/);
		expect(connections).toBe(0);
	});
});
