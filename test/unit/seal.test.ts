import { openConnection, type Connection } from '../../nodes/shared/partners-services/connection';
import type { AwsCredentials } from '../../nodes/shared/partners-services/token';
import { isSealed, seal, unseal } from '../../nodes/shared/partners-services/seal';
import { fieldsOf, makeIdentity, pkcs1, type Identity } from './support/identity-samples';

const CREDENTIALS: AwsCredentials = {
	AccessKeyId: 'ASIAQJARWRBBSH',
	SecretAccessKey: 'wJalrXUtnFEMI/K7MDENG+example',
	SessionToken: 'FwoGZXIvYXdzEEkaDDeTFvNtX7xj/AAvg+example==',
	Expiration: '2026-11-12T08:49:00.000Z',
};
const SECRETS = ['SecretAccessKey', 'SessionToken'] as const;
type Secret = (typeof SECRETS)[number];

let identity: Identity;
let another: Identity;
let connection: Connection;

beforeAll(async () => {
	[identity, another] = await Promise.all([makeIdentity(), makeIdentity()]);
	connection = connect();
});

function connect(more: Partial<Parameters<typeof openConnection>[0]> = {}, owner = identity): Connection {
	const own = { environment: 'demo', orgId: '3.16.724.4.41', clientId: 'client', clientSecret: 'secret' };
	return openConnection({ ...own, ...fieldsOf(owner), ...more });
}

/** Returns sealed credentials with changed bytes in one of the sealed values. */
function withBytes(sealed: AwsCredentials, name: Secret, change: (bytes: Buffer) => Buffer): AwsCredentials {
	const bytes = Buffer.from(sealed[name].replace(/^sealed:v1:/, ''), 'base64url');
	return { ...sealed, [name]: `sealed:v1:${change(bytes).toString('base64url')}` };
}

describe('sealed AWS credentials', () => {
	it('are decrypted with the credential that sealed them', () => {
		expect(unseal(connection, seal(connection, CREDENTIALS))).toEqual(CREDENTIALS);
	});

	it('are decrypted after a restart, and if the key was pasted in another form', () => {
		const sealed = JSON.parse(JSON.stringify(seal(connection, CREDENTIALS))) as AwsCredentials;
		const pasted = connect({ privateKey: pkcs1(identity.key).replaceAll('\n', ' ') });
		expect(unseal(pasted, sealed)).toEqual(CREDENTIALS);
	});

	it('keep key id and expiration readable, and do not change the input', () => {
		const given = { ...CREDENTIALS };
		const { AccessKeyId, Expiration } = seal(connection, given);
		expect({ AccessKeyId, Expiration }).toEqual({
			AccessKeyId: CREDENTIALS.AccessKeyId,
			Expiration: CREDENTIALS.Expiration,
		});
		expect(given).toEqual(CREDENTIALS);
	});

	it('contain no secret, in any common encoding', () => {
		const sealed = seal(connection, CREDENTIALS);
		const decoded = SECRETS.map((name) => Buffer.from(sealed[name].slice(10), 'base64url').toString('latin1'));
		const text = [JSON.stringify(sealed), ...decoded].join('\n');
		for (const secret of SECRETS.map((name) => CREDENTIALS[name])) {
			const forms = [
				secret,
				secret.slice(0, 8),
				...(['base64', 'base64url', 'hex'] as const).map((form) => Buffer.from(secret).toString(form).slice(0, 12)),
			];
			expect(forms.filter((form) => text.includes(form))).toEqual([]);
		}
	});

	it('differ each time, even for the same credentials', () => {
		const [a, b] = [seal(connection, CREDENTIALS), seal(connection, CREDENTIALS)];
		expect(SECRETS.filter((name) => a[name] === b[name])).toEqual([]);
	});

	it('support a non-ASCII secret and an empty one', () => {
		const odd = { ...CREDENTIALS, SecretAccessKey: 'ä€😀', SessionToken: '' };
		expect(unseal(connection, seal(connection, odd))).toEqual(odd);
	});
});

describe('sealed AWS credentials are not decrypted', () => {
	it.each<[string, () => Connection]>([
		['another client secret', () => connect({ clientSecret: 'other' })],
		['another private key', () => connect({}, another)],
		['another client id', () => connect({ clientId: 'other' })],
	])('with %s', (_name, other) => {
		expect(unseal(other(), seal(connection, CREDENTIALS))).toBeUndefined();
	});

	it.each<[string, Partial<AwsCredentials>]>([
		['another expiration, such as a later one', { Expiration: '2036-11-12T08:49:00.000Z' }],
		['another key id', { AccessKeyId: 'ASIAOTHER' }],
	])('under %s', (_name, change) => {
		expect(unseal(connection, { ...seal(connection, CREDENTIALS), ...change })).toBeUndefined();
	});

	it('when the two sealed values are swapped', () => {
		const sealed = seal(connection, CREDENTIALS);
		const swapped = { ...sealed, SecretAccessKey: sealed.SessionToken, SessionToken: sealed.SecretAccessKey };
		expect(unseal(connection, swapped)).toBeUndefined();
	});

	it.each(SECRETS)('when any one byte of %s was changed', (name) => {
		const sealed = seal(connection, CREDENTIALS);
		const { length } = Buffer.from(sealed[name].slice(10), 'base64url');
		const opened = Array.from({ length }, (_, index) => {
			const flipped = withBytes(sealed, name, (bytes) => {
				bytes[index] = (bytes[index] ?? 0) ^ 1;
				return bytes;
			});
			return unseal(connection, flipped);
		});
		expect(length).toBeGreaterThan(28);
		expect(opened.filter((result) => result !== undefined)).toEqual([]);
	});

	it.each<[string, (bytes: Buffer) => Buffer]>([
		['cut off', (bytes) => bytes.subarray(0, -1)],
		['cut down to less than its tag', (bytes) => bytes.subarray(0, 20)],
		['emptied', () => Buffer.alloc(0)],
		['made longer', (bytes) => Buffer.concat([bytes, Buffer.from('x')])],
	])('when one was %s', (_name, change) => {
		const sealed = seal(connection, CREDENTIALS);
		expect(SECRETS.map((name) => unseal(connection, withBytes(sealed, name, change)))).toEqual([undefined, undefined]);
	});

	it('when they are plain', () => {
		expect(unseal(connection, CREDENTIALS)).toBeUndefined();
	});

	it('when one is sealed and one is plain', () => {
		const half = { ...seal(connection, CREDENTIALS), SessionToken: CREDENTIALS.SessionToken };
		expect(unseal(connection, half)).toBeUndefined();
	});
});

describe('whether credentials are sealed', () => {
	it('sealed, plain and half', () => {
		const sealed = seal(connection, CREDENTIALS);
		const halves = SECRETS.map((name) => isSealed({ ...CREDENTIALS, [name]: sealed[name] }));
		expect([isSealed(sealed), isSealed(CREDENTIALS), ...halves]).toEqual([true, false, true, true]);
	});
});

describe('the fingerprint of a connection', () => {
	it('differs for another secret, key, id, environment or CA, and is the same for the same fields', () => {
		const { certificate } = another;
		const changed = [
			connect({ clientSecret: 'other' }),
			connect({ clientId: 'other' }),
			connect({ environment: 'live' }),
			connect({ caCertificates: certificate }),
			connect({}, another),
		].map(({ fingerprint }) => fingerprint);
		expect(new Set([connection.fingerprint, ...changed]).size).toBe(6);
		expect(connect({ privateKey: pkcs1(identity.key) }).fingerprint).toBe(connection.fingerprint);
	});

	it('reveals no secret', () => {
		expect(connection.fingerprint).toMatch(/^[\w-]{43}$/);
	});
});
