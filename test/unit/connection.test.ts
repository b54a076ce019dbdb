import { type CredentialFields, openConnection } from '../../nodes/shared/partners-services/connection';
import { inDays } from '../sandbox/pki';
import { invalidInput } from './support/expect-error';
import { fieldsOf, makeAuthority, makeIdentity } from './support/identity-samples';

const OWN = { environment: 'demo', orgId: '3.16.724.4.41', clientId: 'client', clientSecret: 'secret' };
const HOUR = 3_600_000;

afterEach(() => {
	jest.useRealTimers();
});

async function credential(notAfter = inDays(30)): Promise<CredentialFields> {
	return { ...OWN, ...fieldsOf(await makeIdentity(await makeAuthority(), { notBefore: inDays(-30), notAfter })) };
}

describe('a connection', () => {
	it('is cached as long as the credential is the same', async () => {
		const fields = await credential();
		expect(openConnection({ ...fields })).toBe(openConnection({ ...fields }));
	});

	it.each(['orgId', 'clientId', 'clientSecret', 'environment'] as const)(
		'is a new one when %s has changed',
		async (field) => {
			const fields = await credential();
			const before = openConnection(fields);
			const changed = { orgId: '1.2.3', clientId: 'other', clientSecret: 'other', environment: 'live' };
			expect(openConnection({ ...fields, [field]: changed[field] })).not.toBe(before);
			expect(openConnection(fields)).toBe(before);
		},
	);

	it('is a new one when certificate and key were renewed', async () => {
		const [old, renewed] = [await credential(), await credential()];
		expect(openConnection(renewed).identity).not.toEqual(openConnection(old).identity);
	});

	it('is no longer returned when the certificate has expired', async () => {
		const fields = await credential(new Date(Date.now() + HOUR));
		openConnection(fields);
		jest.useFakeTimers({ now: Date.now() + 2 * HOUR });
		expect(invalidInput(() => openConnection(fields)).message).toMatch(/^Client Certificate expired on/);
	});

	it('is refused every time, not only the first time', async () => {
		const fields = { ...(await credential()), privateKey: 'x' };
		const message = invalidInput(() => openConnection(fields)).message;
		expect(invalidInput(() => openConnection(fields)).message).toBe(message);
	});
});
