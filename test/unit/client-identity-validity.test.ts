import { webcrypto } from 'node:crypto';
import { readClientIdentity } from '../../nodes/shared/partners-services/client-identity';
import { inDays, rsaKeys } from '../sandbox/pki';
import { invalidInput } from './support/expect-error';
import { fieldsOf, makeAuthority, makeIdentity, type Identity } from './support/identity-samples';

const now = new Date('2026-06-15T12:00:00Z');
const signed = async (more: Parameters<typeof makeIdentity>[1]) => await makeIdentity(await makeAuthority(), more);
const messageOf = (identity: Identity, at: Date) =>
	invalidInput(() => readClientIdentity(fieldsOf(identity), at)).message;

describe('a certificate that is not valid now', () => {
	it('expired: the message states the day', async () => {
		const identity = await signed({ notBefore: new Date('2025-06-15Z'), notAfter: new Date('2026-06-14T23:59:00Z') });
		expect(messageOf(identity, now)).toBe('Client Certificate expired on 2026-06-14');
	});

	it('expired: exactly from the second on', async () => {
		const notAfter = new Date('2026-06-15T12:00:00Z');
		const identity = await signed({ notBefore: new Date('2025-06-15Z'), notAfter });
		expect(messageOf(identity, notAfter)).toBe('Client Certificate expired on 2026-06-15');
		expect(readClientIdentity(fieldsOf(identity), new Date(notAfter.getTime() - 1)).expiresAt).toEqual(notAfter);
	});

	it('expired, according to the clock of this computer', async () => {
		const notAfter = inDays(-1);
		const identity = await signed({ notBefore: inDays(-30), notAfter });
		const error = invalidInput(() => readClientIdentity(fieldsOf(identity)));
		expect(error.message).toBe(`Client Certificate expired on ${notAfter.toISOString().slice(0, 10)}`);
		expect(error.field).toBe('Client Certificate');
	});

	it('not valid yet: the message states the day', async () => {
		const identity = await signed({ notBefore: new Date('2026-07-01Z'), notAfter: new Date('2027-07-01Z') });
		expect(messageOf(identity, now)).toBe('Client Certificate is valid only from 2026-07-01');
	});

	it('is ignored if a renewed one of the same key is pasted, in any order', async () => {
		const authority = await makeAuthority();
		const keys = await rsaKeys();
		const old = await makeIdentity(authority, {
			keys,
			notBefore: new Date('2025-06-15Z'),
			notAfter: new Date('2026-06-14Z'),
		});
		const notAfter = new Date('2027-06-14Z');
		const renewed = await makeIdentity(authority, { keys, notBefore: new Date('2026-06-01Z'), notAfter });
		for (const texts of [
			[old.certificate, renewed.certificate],
			[renewed.certificate, old.certificate],
		]) {
			const fields = { ...fieldsOf(renewed), clientCertificate: texts.join('') };
			expect(readClientIdentity(fields, now).expiresAt).toEqual(notAfter);
		}
	});

	it('a server certificate lacks clientAuth', async () => {
		const identity = await signed({ usage: 'server' });
		expect(messageOf(identity, new Date())).toBe(
			'Client Certificate may not be used by a client: its extended key usage lacks clientAuth',
		);
	});

	it('an RSA key of 512 bits is too short for TLS', async () => {
		const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]) };
		const keys = await webcrypto.subtle.generateKey({ ...RSA, modulusLength: 512 }, true, ['sign', 'verify']);
		const identity = await signed({ keys });
		expect(messageOf(identity, new Date())).toBe('Client Certificate and Private Key cannot be used for TLS');
	});
});
