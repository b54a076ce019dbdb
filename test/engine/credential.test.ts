import type { ClientIdentity, IdentityName } from '../sandbox/types';
import { Roche } from './roche';

const TOKEN = 'rocheGetToken';
const roche = Roche.forAllTests();

const test = async (changes: object) =>
	await roche.engine.testCredential('rochePartnersServicesApi', roche.freshCredential({ ...changes }) as never);

describe('the Test button of the credential', () => {
	it('states the number of access points and until when the certificate is valid', async () => {
		const { status, message } = await test({});
		expect({ status, message }).toEqual({
			status: 'OK',
			message: expect.stringMatching(
				/^Roche gave a token for 1 access point\(s\)\. The client certificate is valid until \d{4}-\d\d-\d\d\. x-origin-request-id: [\da-f-]{36}$/,
			) as string,
		});
	});

	it.each<[string, IdentityName]>([
		['an EC key', 'ecdsa'],
		['an encrypted PKCS#8 key', 'encrypted'],
		['a PKCS#1 key', 'pkcs1'],
		['an encrypted PKCS#1 key', 'encryptedPkcs1'],
		['a chain', 'chained'],
		['a chain in reverse order', 'reversedChain'],
	])('accepts %s', async (_name, identity) => {
		expect(await test(roche.sandbox.info.identities[identity])).toMatchObject({ status: 'OK' });
	});

	it.each<[string, (pem: string) => string]>([
		['spaces for line breaks', (pem) => pem.replaceAll('\n', ' ')],
		['no line breaks', (pem) => pem.replaceAll('\n', '')],
		['literal \\n', (pem) => pem.replaceAll('\n', '\\n')],
	])('repairs PEM with %s', async (_name, damage) => {
		const { clientCertificate, privateKey, caCertificates } = roche.sandbox.info.credential;
		const changes = {
			clientCertificate: damage(clientCertificate),
			privateKey: damage(privateKey),
			caCertificates: damage(caCertificates),
		};
		expect(await test(changes)).toMatchObject({ status: 'OK' });
	});

	it.each<[string, (identities: Record<IdentityName, ClientIdentity>) => object, RegExp]>([
		['an expired certificate', ({ expired }) => expired, /^Client Certificate expired on \d{4}-\d\d-\d\d\./],
		['a certificate of tomorrow', ({ notYetValid }) => notYetValid, /^Client Certificate is valid only from \d{4}-/],
		['a server certificate', ({ serverAuthOnly }) => serverAuthOnly, /lacks clientAuth/],
		[
			'the key of another certificate',
			({ ecdsa }) => ({ privateKey: ecdsa.privateKey }),
			/^Private Key does not belong to Client Certificate/,
		],
		['a missing passphrase', ({ encrypted }) => ({ ...encrypted, passphrase: '' }), /^Passphrase is missing/],
		['a wrong passphrase', ({ encrypted }) => ({ ...encrypted, passphrase: 'wrong' }), /^Passphrase is wrong/],
		['a CA that is not PEM', () => ({ caCertificates: 'hello' }), /^CA Certificates is not PEM/],
		[
			'an http base URL',
			() => ({ environment: 'custom', baseUrl: 'http://HOST/partners/services/api/' }),
			/^Base URL is not an https URL/,
		],
		['a line break in the client secret', () => ({ clientSecret: 'a\r\nb' }), /^Client Secret contains a line break/],
		['no client id', () => ({ clientId: ' ' }), /^Client ID is empty/],
		['an organization that is no OID', () => ({ orgId: 'St. Mary' }), /^Organization ID is not an organization OID/],
	])('refuses %s, and nothing is sent', async (_name, changes, message) => {
		const connections = (await roche.sandbox.state()).connections.proxy;
		const result = await test(changes(roche.sandbox.info.identities));
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(message);
		expect((await roche.sandbox.state()).connections.proxy).toBe(connections);
	});

	it.each<[string, object, RegExp]>([
		['a wrong client secret', { clientSecret: 'wrong' }, /^Client ID or Client Secret is wrong \(401\)\./],
		['an unknown organization', { orgId: '9.9.9' }, /^Organization ID is not valid/],
		['no CA bundle', { caCertificates: '' }, /is signed by a CA that n8n does not trust\./],
	])('recognizes %s in the answer', async (_name, changes, message) => {
		const result = await test(changes);
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(message);
	});

	it('gives the request id, so Roche can find the call', async () => {
		await roche.reset();
		const { message } = await test({ clientSecret: 'wrong' });
		const [request] = await roche.sandbox.requests('token');
		expect(message).toContain(`x-origin-request-id: ${String(request?.headers['x-origin-request-id'])}`);
	});

	it.each<[IdentityName, RegExp]>([
		['wrongCa', /closed the connection .* may refuse the client certificate/],
		['refused', /^Roche does not accept the client certificate \(403\)/],
	])('recognizes the refusal of the identity "%s"', async (identity, message) => {
		expect((await test(roche.sandbox.info.identities[identity])).message).toMatch(message);
	});
});

describe('a run with a credential that cannot be used', () => {
	it('fails with the field and the date, and nothing is sent', async () => {
		const credential = roche.freshCredential({ ...roche.sandbox.info.identities.expired });
		const run = await roche.run([{}], [{ type: TOKEN }], { credential });
		expect(run.error).toMatchObject({
			name: 'NodeOperationError',
			message: expect.stringMatching(/^Client Certificate expired on/) as string,
		});
		expect(await roche.sandbox.requests()).toEqual([]);
	});

	it('becomes an error of each item when the node continues on errors', async () => {
		const credential = roche.freshCredential({ caCertificates: 'hello' });
		const run = await roche.run([{ a: 1 }, { a: 2 }], [{ type: TOKEN, onError: 'continueRegularOutput' }], {
			credential,
		});
		expect(run.json(TOKEN)).toMatchObject([
			{ a: 1, error: expect.stringContaining('CA Certificates') as string },
			{ a: 2, error: expect.stringContaining('CA Certificates') as string },
		]);
	});
});
